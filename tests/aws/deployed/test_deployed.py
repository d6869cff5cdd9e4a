"""The whole loop on the deployed stack: its Lambdas run from the built package, called by its queues and by its API."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from invited.domain.invitation import Partstat
from invited.imip import clients
from invited.imip.clients import Client
from tests.aws import ses
from tests.aws.deployed.stack import until
from tests.conversations.script import moments
from tests.corpus import ABSENT, CORPUS

pytestmark = pytest.mark.timeout(600)

CLIENTS = (
    ("bob", Client.GOOGLE, Partstat.ACCEPTED),
    ("cid", Client.OUTLOOK, Partstat.DECLINED),
    ("dan", Client.APPLE, Partstat.TENTATIVE),
)


def request(organizer, uid, **changes):
    start, end = moments("2031-12-05", "19:00", "22:00", "Europe/Paris")
    facts = {"organizer": organizer, "organizer_name": "Ann", "to": "create@invites.test", "uid": uid}
    facts |= {"summary": "Game", "start": start, "end": end, "rrule": "", "sequence": 0, "now": datetime.now(UTC)}
    return clients.request(Client.GOOGLE, **(facts | changes))


def planned(stack, organizer, uid="u1", **changes):
    """The event that an organizer's invite becomes."""
    known = len(events_of(stack, organizer))
    stack.receive(organizer, "create@invites.test", request(organizer, uid, **changes))
    return until(lambda: events_of(stack, organizer)[known:])[0]


def events_of(stack, organizer):
    return stack.api("GET", f"/organizers/{organizer}/events")["events"]


def invited(stack, event, *addresses):
    stack.api("POST", f"/events/{event['id']}/invitations", {"attendees": [{"email": one} for one in addresses]})
    return [stack.mail(address) for address in addresses]


def text_of(raw):
    return message_from_bytes(raw, policy=policy.default).get_body(("plain",)).get_content()


def answered(stack, invite, client, partstat):
    sender, to, raw = clients.reply(invite, client, partstat, now=datetime.now(UTC))
    stack.receive(sender, to, raw)


def counted(stack, event, expected):
    """The figures, once they say what is expected."""
    names = list(expected)
    figures = {}

    def agree():
        told = stack.figures(event["id"])
        figures.update(told | told["receipts"])
        return {name: figures[name] for name in names} == expected

    try:
        until(agree)
    except AssertionError:
        raise AssertionError({name: figures[name] for name in names}) from None
    return figures


@pytest.mark.skipif(CORPUS is None, reason=ABSENT)
def test_an_invite_of_the_corpus_becomes_an_event(deployed):
    raw = (CORPUS / "organizer-request" / "bluemind__google.invite.new.eml").read_bytes()
    mail = message_from_bytes(raw, policy=policy.default)
    organizer = mail["From"].addresses[0].addr_spec
    deployed.receive(organizer, "create@invites.test", raw)
    (event,) = until(lambda: events_of(deployed, organizer))
    told = deployed.api("GET", f"/events/{event['id']}")
    assert (told["subject"], told["status"], told["organizer"]["email"]) == (
        event["subject"],
        "CONFIRMED",
        organizer,
    )
    assert told["start"].startswith("2012-05-30T")


def test_from_an_invite_to_the_figures(deployed):
    event = planned(deployed, "ann@club.test")
    links = text_of(deployed.mail("ann@club.test"))
    assert f"{deployed.outputs['Url']}/" in links
    guests = [f"{name}@loop.test" for name in ("bob", "cid", "dan", "eve", "fay")]
    invites = dict(zip(guests, invited(deployed, event, *guests), strict=True))
    for name, client, partstat in CLIENTS:
        answered(deployed, invites[f"{name}@loop.test"], client, partstat)
    tags = deployed.relay.tags["eve@loop.test"]
    assert tags.pop("set") == deployed.outputs["ConfigurationSet"]
    deployed.tells(ses.bounce(tags))
    answers_on_the_web(deployed, invites["fay@loop.test"])
    figures = {"invitations": 5, "bounced": 1, "accepted": 2, "declined": 1, "tentative": 1, "none": 1}
    told = counted(deployed, event, figures)
    assert told["by_client"]["Google Calendar"] == {"accepted": 1}
    assert told["by_client"]["Outlook"] == {"declined": 1}
    # Each mail is whole: what SES is handed has the calendar part.
    assert all(b"method=REQUEST" in raw for raw in invites.values())
    assert deployed.relay.refused == []


def answers_on_the_web(stack, invite):
    """By the link in the invite, as a browser does behind CloudFront."""
    (path,) = set(re.findall(r"https://[^/\s\"]+(/a/[a-z0-9/-]+)", text_of(invite)))
    status, page = stack.ask("GET", f"{path}?answer=yes")
    assert (status, "Game" in page) == (200, True)
    status, page = stack.ask("POST", path, form={"answer": "yes", "comment": ""})
    assert status == 200, page


def test_a_change_and_a_cancel_reach_whoever_answered(deployed):
    event = planned(deployed, "bea@club.test")
    (invite,) = invited(deployed, event, "gus@change.test")
    answered(deployed, invite, Client.OUTLOOK, Partstat.ACCEPTED)
    counted(deployed, event, {"accepted": 1})
    start, end = moments("2031-12-06", "19:00", "22:00", "Europe/Paris")
    later = request("bea@club.test", "u1", start=start, end=end, sequence=1)
    deployed.receive("bea@club.test", "create@invites.test", later)
    assert b"method=REQUEST" in deployed.mail("gus@change.test", 2)
    gone = request("bea@club.test", "u1", start=start, end=end, sequence=2, method="CANCEL")
    deployed.receive("bea@club.test", "create@invites.test", gone)
    assert b"method=CANCEL" in deployed.mail("gus@change.test", 3)
    assert deployed.api("GET", f"/events/{event['id']}")["status"] == "CANCELLED"


def test_what_is_no_invite_is_refused_by_mail(deployed):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "cleo@club.test", "create@invites.test", "Party"
    message.set_content("Come all.")
    deployed.receive("cleo@club.test", "create@invites.test", message.as_bytes())
    assert "could not be used" in text_of(deployed.mail("cleo@club.test"))


def test_the_limit_is_said_by_mail(deployed):
    for number in (1, 2):
        planned(deployed, "dora@club.test", f"u{number}")
    deployed.receive("dora@club.test", "create@invites.test", request("dora@club.test", "u3"))
    until(lambda: any("limit" in text_of(raw).lower() for raw in deployed.mails("dora@club.test")))
    assert len(events_of(deployed, "dora@club.test")) == 2


def test_a_list_that_is_mailed_is_sent_to(deployed):
    event = planned(deployed, "emma@club.test")
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = "emma@club.test", "list@invites.test", "Our guests"
    message.set_content("Here is the list.")
    rows = b"email,name\r\nhal@list.test,Hal\r\nida@list.test,Ida\r\n"
    message.add_attachment(rows, maintype="text", subtype="csv", filename="guests.csv")
    deployed.receive("emma@club.test", f"list.{event['id']}@invites.test", message.as_bytes())
    assert all(b"method=REQUEST" in deployed.mail(guest) for guest in ("hal@list.test", "ida@list.test"))
    counted(deployed, event, {"invitations": 2})


def test_a_poisoned_message_is_a_dead_letter_and_can_be_replayed(deployed):
    kind = {"kind": {"DataType": "String", "StringValue": "EventCreated"}}
    deployed.client("sns").publish(TopicArn=deployed.outputs["Topic"], Message="poison", MessageAttributes=kind)

    def letters():
        return deployed.api("GET", "/dead-letters?kind=EventCreated")["dead_letters"]

    (letter,) = until(letters)
    assert "cannot be read" in deployed.api("GET", f"/dead-letters/{letter['id']}")["trace"]
    deployed.api("POST", f"/dead-letters/{letter['id']}/replay")
    # It went to the queue in which it died, and is as bad as before.
    (again,) = until(lambda: [one for one in letters() if one["id"] != letter["id"]])
    assert deployed.api("GET", f"/dead-letters/{again['id']}")["body"] == "poison"


def test_the_gateway_wants_a_key(deployed):
    status, _ = deployed.ask("GET", "/api/v1/domain/statistics", **{"x-api-key": "none"})
    assert status == 403
    status, _ = deployed.ask("GET", "/api/v1/domain/statistics", Authorization="Bearer none")
    assert status == 401


def test_the_apps_stand_in_their_bucket(deployed):
    s3 = deployed.client("s3")
    bucket = next(one["Name"] for one in s3.list_buckets()["Buckets"] if "-apps-" in one["Name"])
    button = s3.get_object(Bucket=bucket, Key="button.js")
    assert (button["ContentType"], b"invite-button" in button["Body"].read()) == ("text/javascript", True)
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    status, page = deployed.ask("GET", "/app")
    (script,) = re.findall(r"/(app/assets/index-[^\"]+\.js)", page)
    assert (status, script in keys) == (200, True)


def test_ses_hands_the_domain_to_the_stack(deployed):
    active = deployed.client("ses").describe_active_receipt_rule_set()
    (rule,) = active["Rules"]
    (action,) = (action["S3Action"] for action in rule["Actions"])
    assert (rule["Recipients"], rule["ScanEnabled"]) == (["invites.test"], True)
    assert action["BucketName"] == deployed.outputs["Bucket"]
    assert action["TopicArn"] == deployed.outputs["ArrivalsTopic"]
