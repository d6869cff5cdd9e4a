"""Who gets an invite that was asked for at the public door, how often, and what an organizer hears of it."""

from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from invited.admission import request_send
from invited.domain.addresses import token
from invited.domain.errors import Aside
from invited.domain.invitation import State
from invited.domain.job import Control
from invited.messages import Attendee, InviteAsked, OptInNeeded
from invited.pipelines import grant, verify
from invited.ports import Sent
from tests.facts import NOW, a_delivery

ADA = "ada@x.example"


@pytest.fixture
def ask(engine, event, work, clock):
    """Asks, and works off what comes of it."""

    def ask(address=ADA, **more):
        facts = {"event_id": event.id, "address": address, "name": "Ada", "origin": "button", "asked": clock()} | more
        engine.queue.publish([InviteAsked(**facts)])
        work()

    return ask


def test_an_invite_is_sent_once_and_once_more_a_day(engine, event, ask, relay, clock):
    ask()
    (invitation,) = engine.store.invitations(event.id)
    assert (invitation.name, invitation.origin, invitation.state) == ("Ada", "button", State.SENT)
    ask()
    ask()
    assert relay.invited == [ADA, ADA]
    clock.advance(86_400)
    ask()
    ids = [message_from_bytes(letter.raw)["Message-ID"] for letter in relay.letters]
    assert len(ids) == len(set(ids)) == 3
    assert engine.store.statistics(event.id).invitations == 1


def test_handling_a_request_twice_sends_one_invite(engine, event, work, relay):
    message = InviteAsked(event.id, ADA, "", "button", NOW)
    grant.handle(message, engine)
    grant.handle(message, engine)
    work()
    assert relay.invited == [ADA]


def test_what_failed_is_tried_again(engine, event, ask, relay, clock):
    relay.answers[ADA] = Sent(is_permanent=True, reason="550 not now")
    ask()
    del relay.answers[ADA]
    ask()
    (invitation,) = engine.store.invitations(event.id)
    assert invitation.state is State.SENT
    assert engine.store.statistics(event.id).failed == 0


@pytest.mark.parametrize("state", [State.BOUNCED, State.COMPLAINED, State.WITHDRAWN])
def test_what_is_final_stays_so(engine, event, ask, relay, state):
    ask()
    invitation = token(engine.secret, event.id, ADA)
    engine.store.mark(event.id, [a_delivery(invitation, state=state)])
    ask()
    assert relay.invited == [ADA]
    assert engine.store.invitation(event.id, invitation).state is state


@pytest.mark.parametrize("reason", ["complained: abuse", "bounced: 5.1.1", "by hand"])
def test_who_must_not_be_mailed_gets_nothing_not_even_a_question(engine, event, ask, relay, reason):
    engine.store.suppress(ADA, reason, NOW, organizer=event.organizer)
    ask()
    ask(is_confirmed=True)
    ask(needs_confirmation=True)
    ask(is_vouched=True)
    assert relay.letters == []


def test_who_stopped_an_organizers_mail_is_asked_once_a_month(engine, event, ask, relay, clock):
    engine.store.suppress(ADA, "unsubscribed", NOW, organizer=event.organizer)
    ask()
    ask()
    clock.advance(29 * 86_400)
    assert [letter.to for letter in relay.letters] == [ADA]
    assert engine.store.suppressed([ADA], event.organizer)


def test_the_question_comes_from_the_sender_of_the_invites(engine, event, ask, relay):
    ask(needs_confirmation=True)
    ask(needs_confirmation=True)
    (letter,) = relay.notices
    mail = message_from_bytes(letter.raw, policy=policy.default)
    assert mail["From"] == "Ann <rsvp@invites.localhost>"
    assert mail["Subject"] == "Do you want the invite? Ball"
    assert "text/calendar" not in [part.get_content_type() for part in mail.walk()]
    assert not engine.store.invitations(event.id)


def test_nobody_gets_more_mail_than_so_much_a_day_because_others_type_in_their_address(engine, ask, event, relay):
    engine = replace(engine, settings=engine.settings.model_copy(update={"public_per_address": 2}))
    events = [replace(event, id=f"{n}" * 16, origin_uid=f"{n}") for n in (2, 3, 4)]
    for each in events:
        engine.store.add_event(each, 10)
    requests = [InviteAsked(each.id, ADA, "", "button", NOW) for each in events]
    grant.handle(requests[0], engine)
    grant.handle(requests[1], engine)
    with pytest.raises(Aside, match="more than 2 times"):
        grant.handle(requests[2], engine)
    # Who paid for a ticket, or said so in a mail, is no victim.
    grant.handle(replace(requests[2], is_vouched=True), engine)
    grant.handle(replace(requests[2], is_confirmed=True), engine)


def test_one_job_takes_up_a_channels_day(engine, event, ask, clock):
    ask("ada@x.example")
    ask("bob@x.example")
    ask("cid@x.example", origin="link:other")
    clock.advance(86_400)
    ask("dan@x.example")
    jobs = {i.address: i.job for i in engine.store.invitations(event.id)}
    assert jobs["ada@x.example"] == jobs["bob@x.example"]
    assert len(set(jobs.values())) == 3
    assert engine.store.job(jobs["ada@x.example"]).figures.sent == 2


def test_whom_a_stopped_list_left_out_stays_so(engine, event, ask, relay):
    job, _ = request_send(engine, event, [Attendee(ADA)], "list")
    engine.store.direct_job(job, Control.STOPPED, {Control.GOING}, NOW)
    ask()
    assert relay.invited == []


def test_an_event_that_is_full_is_told_to_its_organizer_once_a_day(engine, event, ask, relay, settings):
    request_send(engine, event, [Attendee(f"fan{n}@x.example") for n in range(settings.invitation_limit)], "list")
    ask("late@x.example")
    ask("later@x.example")
    assert [letter.to for letter in relay.notices] == [event.organizer]
    assert "late@x.example" not in relay.invited


def test_nothing_comes_of_what_is_gone(engine, event):
    for message in (InviteAsked("nowhere", ADA, "", "button", NOW), OptInNeeded("nowhere", ADA, "", "button", NOW)):
        with pytest.raises(Aside):
            (grant if isinstance(message, InviteAsked) else verify).handle(message, engine)


@pytest.mark.parametrize("address", ["ann@club.example", "rsvp@invites.localhost", "create+x@invites.localhost"])
def test_the_organizer_and_our_own_mailboxes_are_neither_invited_nor_asked(ask, relay, address):
    for more in ({}, {"needs_confirmation": True}, {"is_confirmed": True}):
        ask(address, **more)
    assert relay.letters == []
