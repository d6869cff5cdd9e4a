"""The whole loop on AWS, every record handed to its Lambda twice: from an invite in the bucket to the figures."""

import json
from dataclasses import replace

import pytest
import structlog
from botocore.exceptions import ClientError

from invited.admission import request_send
from invited.domain.errors import Temporary
from invited.domain.invitation import Partstat, State
from invited.hooks import new_hook
from invited.imip import clients
from invited.imip.clients import Client
from invited.messages import Attendee, EventCreated, ReplyArrived, from_json
from tests.aws import ses
from tests.conversations.receiver import Receiver
from tests.conversations.script import moments

GUESTS = ("bob@fan.test", "cid@fan.test", "dan@fan.test", "eve@fan.test")
REPLIES = (
    ("bob@fan.test", Client.GOOGLE, Partstat.ACCEPTED),
    ("cid@fan.test", Client.OUTLOOK, Partstat.DECLINED),
    ("dan@fan.test", Client.APPLE, Partstat.TENTATIVE),
)


def invite(house, **changes):
    start, end = moments("2026-12-05", "19:00", "22:00", "Europe/Paris")
    facts = {"organizer": "ann@club.test", "organizer_name": "Ann", "to": "create@invites.test", "uid": "u1@club.test"}
    facts |= {"summary": "Game", "start": start, "end": end, "rrule": "", "sequence": 0, "now": house.clock()}
    return clients.request(Client.GOOGLE, **(facts | changes))


def planned(house):
    house.receive("ann@club.test", "create@invites.test", invite(house))
    return house.ports.store.event_by_origin("ann@club.test", "u1@club.test")


def sent_to(house, address):
    return [raw for to, raw, _ in house.sent if to == address]


def invited(house):
    event = planned(house)
    request_send(house.ports, event, [Attendee(address) for address in GUESTS], "api")
    house.work()
    return event


@pytest.mark.parametrize(("copies", "batch"), [(1, 1), (2, 10)])
def test_from_an_invite_in_the_bucket_to_the_figures(build, copies, batch):
    house = build(copies=copies, batch=batch, inbound_auth="trust")
    event = invited(house)
    assert [len(sent_to(house, address)) for address in GUESTS] == [1, 1, 1, 1]
    for address, client, partstat in REPLIES:
        house.clock.tick()
        _, to, raw = clients.reply(sent_to(house, address)[0], client, partstat, now=house.clock())
        house.receive(address, to, raw)
    (tags,) = (tags for to, _, tags in house.sent if to == "eve@fan.test")
    house.tell(house.told, ses.bounce(tags))
    figures = house.ports.store.statistics(event.id)
    counted = (figures.invitations, figures.sent, figures.bounced, figures.accepted, figures.declined)
    assert (*counted, figures.tentative, figures.none, figures.queued) == (4, 4, 1, 1, 1, 1, 1, 0)
    assert sorted(sum(told.values()) for told in figures.by_client.values()) == [1, 1, 1]
    assert house.ports.store.suppressed(["eve@fan.test"], "ann@club.test")
    assert house.dead() == []


def test_what_came_can_be_read_again_from_the_bucket(house):
    raw = invite(house)
    house.receive("ann@club.test", ["create@invites.test", "nobody@invites.test"], raw)
    (mail,) = house.ports.archive.mails()
    assert (mail.mailbox, mail.envelope_from, mail.received) == ("create", "ann@club.test", house.clock())
    assert house.ports.archive.get(mail.key) == raw


def test_who_is_believed_is_said_by_ses_alone(build):
    house = build(inbound_auth="dmarc")
    said = b"Authentication-Results: amazonses.com; dmarc=pass header.from=club.test\r\n"
    house.receive("ann@club.test", "create@invites.test", said + invite(house))
    assert house.ports.store.event_by_origin("ann@club.test", "u1@club.test")
    house.receive("ann@club.test", "create@invites.test", invite(house, uid="u2@club.test"))
    assert house.ports.store.event_by_origin("ann@club.test", "u2@club.test") is None
    # The same words in a mail that did not come by SES are anybody's.
    (mail,) = (mail for mail in house.ports.archive.mails() if house.ports.archive.get(mail.key).startswith(said))
    raw = house.ports.archive.get(mail.key)
    assert house.ports.verifier.is_authenticated(mail, raw, "ann@club.test")
    assert not house.ports.verifier.is_authenticated(mail.__class__(**fields_of(mail, helo="")), raw, "ann@club.test")


def fields_of(mail, **changes):
    return {name: getattr(mail, name) for name in mail.__slots__} | changes


def test_throttling_puts_a_send_off(build):
    house = build(inbound_auth="trust")
    event = planned(house)
    refusal = {"Error": {"Code": "TooManyRequestsException"}, "ResponseMetadata": {"HTTPStatusCode": 429}}
    house.ses.fails_with = ClientError(refusal, "SendEmail")
    request_send(house.ports, event, [Attendee("bob@fan.test")], "api")
    for _ in range(3):
        house.poll_once()
    assert house.ports.store.statistics(event.id).queued == 1
    house.ses.fails_with = None
    house.clock.tick()
    house.work()
    assert house.ports.store.statistics(event.id).sent == 1
    assert len(sent_to(house, "bob@fan.test")) == 1


def test_a_poisoned_message_is_a_dead_letter_and_holds_up_nobody(build):
    house = build(inbound_auth="trust")
    attributes = {"kind": {"DataType": "String", "StringValue": "NoSuchKind"}}
    house.sns.publish(TopicArn=house.settings.aws_topic, Message="{}", MessageAttributes=attributes)
    event = planned(house)
    assert event is not None
    (letter,) = house.dead()
    assert (letter.body, "cannot be read" in letter.error) == ("{}", True)


def test_a_fault_of_ours_is_buried_with_its_origin(build, monkeypatch):
    from invited import pipelines

    def fails(_message, _engine):
        raise RuntimeError("a surprise, with ü")

    monkeypatch.setitem(pipelines.PIPELINES, EventCreated, fails)
    house = build(inbound_auth="trust")
    event = planned(house)
    (letter,) = house.dead()
    assert from_json("EventCreated", letter.body).event_id == event.id
    assert "RuntimeError: a surprise, with \\xfc" in letter.error


def test_one_id_goes_from_the_mail_to_the_receipt(build):
    house = build(inbound_auth="trust")
    invited(house)
    _, to, raw = clients.reply(sent_to(house, "bob@fan.test")[0], Client.GOOGLE, Partstat.ACCEPTED, now=house.clock())
    # However the log was set up by then.
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        house.receive("bob@fan.test", to, raw)
    told = [line for line in lines if "correlation" in line]
    assert {"received", "MailArrived", "ReplyArrived"} <= {line.get("message", line["event"]) for line in told}
    assert len({line["correlation"] for line in told}) == 1
    assert not [line for line in told if "fan.test" in str(line)]


def test_what_cannot_be_done_at_once_takes_its_own_way(build, monkeypatch):
    from invited import pipelines

    collect, tries = pipelines.PIPELINES[ReplyArrived], []

    def fails_first(message, engine):
        tries.append(message)
        if len(tries) == 1:
            raise Temporary("the table is busy")
        collect(message, engine)

    monkeypatch.setitem(pipelines.PIPELINES, ReplyArrived, fails_first)
    house = build(inbound_auth="trust")
    event = invited(house)
    _, to, raw = clients.reply(sent_to(house, "bob@fan.test")[0], Client.GOOGLE, Partstat.ACCEPTED, now=house.clock())
    house.receive("bob@fan.test", to, raw)
    assert len(tries) == 2
    assert house.ports.store.statistics(event.id).accepted == 1
    assert house.dead() == []


def test_a_bad_notice_comes_again_and_then_is_a_dead_letter(build):
    house = build()
    house.tell(house.inbox, "no notice")
    (letter,) = house.dead()
    assert letter.body == "no notice"


def test_a_mail_that_is_too_large_is_set_aside(build):
    house = build(inbound_auth="trust", smtp_max_bytes=10_000)
    house.receive("ann@club.test", "create@invites.test", invite(house, summary="Game" * 5000))
    assert house.ports.store.events() == []
    assert house.dead() == []


def test_the_stream_told_twice_counts_once(build):
    house = build(inbound_auth="trust")
    event = invited(house)
    before = house.ports.store.statistics(event.id)
    for _ in range(2):
        house.stream_again()
    assert house.ports.store.statistics(event.id) == before
    assert before.sent == 4


def test_a_job_is_told_to_be_done_once_that_is_known(build):
    house = build(inbound_auth="trust", is_behind=True)
    receiver = Receiver()
    house.ports = replace(house.ports, courier=receiver)
    house.ports.store.add_hook(new_hook(house.ports, "https://receiver.test/", "", kinds=["job.done"]), 5)
    event = invited(house)
    assert receiver.told() == "nothing"
    assert house.ports.store.statistics(event.id).queued == len(GUESTS)
    for _ in range(2):
        house.stream_again()
        house.work()
    assert receiver.told() == "job.done 1"
    assert house.ports.store.statistics(event.id).sent == len(GUESTS)


def test_complaints_and_delays(build):
    house = build(inbound_auth="trust")
    event = invited(house)
    tags = {to: tags for to, _, tags in house.sent}
    stamp = "2026-12-01T09:00:00.000Z"
    delay = {"delayType": "MailboxFull", "delayedRecipients": [{"emailAddress": "bob@fan.test"}], "timestamp": stamp}
    house.tell(house.told, ses.event("DeliveryDelay", tags["bob@fan.test"], **delay))
    abuse = {"complainedRecipients": [], "timestamp": stamp, "complaintFeedbackType": "abuse"}
    house.tell(house.told, ses.event("Complaint", tags["cid@fan.test"], **abuse))
    house.tell(
        house.told, ses.event("Complaint", tags["dan@fan.test"], **(abuse | {"complaintFeedbackType": "not-spam"}))
    )
    house.tell(house.told, ses.event("Bounce", {}, **json.loads(ses.bounce({}))["bounce"]))
    states = {i.address: i.state for i in house.ports.store.invitations(event.id)}
    assert [states[address] for address in GUESTS] == [State.SENT, State.COMPLAINED, State.SENT, State.SENT]
    assert house.dead() == []
