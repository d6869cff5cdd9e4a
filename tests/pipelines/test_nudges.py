"""Who is reminded, how often and with what."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from invited.admission import request_send
from invited.domain.invitation import Partstat
from invited.messages import Attendee, NudgeDue, NudgeRequested
from invited.pipelines import nudge, remind
from invited.ports import Sent
from tests.conversations.script import calendar
from tests.facts import NOW, a_receipt


@pytest.fixture
def guests(engine, event, work, relay):
    request_send(engine, event, [Attendee(f"{name}@x.example") for name in ("ada", "bob", "cid", "dan")], "api")
    work()
    relay.letters.clear()
    tokens = {i.address[:3]: i.token for i in engine.store.invitations(event.id)}
    answers = {"ada": Partstat.ACCEPTED, "bob": Partstat.DECLINED}
    engine.store.record([a_receipt(event.id, tokens[name], partstat=answer) for name, answer in answers.items()])
    return tokens


@pytest.fixture
def ask(engine, event, work):
    def ask():
        engine.queue.publish([NudgeRequested(event.id)])
        work()

    return ask


def test_who_has_not_answered_is_reminded_twice_with_pauses(engine, event, guests, ask, clock, relay):
    ask()
    clock.advance(48 * 3600 - 1)
    ask()
    assert relay.invited == []
    clock.advance(1)
    ask()
    assert relay.invited == ["cid@x.example", "dan@x.example"]
    ask()
    assert len(relay.invited) == 2
    clock.advance(48 * 3600)
    engine.store.record([a_receipt(event.id, guests["cid"], partstat=Partstat.TENTATIVE)])
    ask()
    clock.advance(48 * 3600)
    ask()
    assert relay.invited == ["cid@x.example", "dan@x.example", "dan@x.example"]
    figures = engine.store.statistics(event.id)
    assert (figures.nudges, figures.sent, figures.by_day["2026-12-03"]["nudged"]) == (3, 4, 2)


def test_a_reminder_is_the_same_invite_in_another_mail(engine, event, guests, ask, clock, relay):
    clock.advance(48 * 3600)
    ask()
    raw = relay.letters[0].raw
    mail, invite = message_from_bytes(raw, policy=policy.default), calendar(raw)
    assert mail["Subject"] == "Reminder: Ball"
    assert mail["Date"].datetime == NOW + timedelta(hours=48)
    assert ".nudge0@" in mail["Message-ID"]
    (part,) = invite.walk("VEVENT")
    assert (invite["METHOD"], part["SEQUENCE"]) == ("REQUEST", 0)
    assert guests["cid"] in part["UID"] or guests["dan"] in part["UID"]


def test_a_reminder_handled_twice_goes_out_once(engine, event, guests, relay, clock, embedded):
    clock.advance(48 * 3600)
    nudge.handle(NudgeRequested(event.id), engine)
    (due,) = [taken.message for taken in embedded.queue.take(9, 60)]
    assert isinstance(due, NudgeDue)
    remind.handle(due, engine)
    remind.handle(due, engine)
    assert len(relay.letters) == 2


def test_who_answers_or_complains_before_the_reminder_goes_is_left_in_peace(
    engine, event, guests, relay, clock, embedded
):
    clock.advance(48 * 3600)
    nudge.handle(NudgeRequested(event.id), engine)
    (due,) = [taken.message for taken in embedded.queue.take(9, 60)]
    engine.store.record([a_receipt(event.id, guests["cid"])])
    engine.store.suppress("dan@x.example", "complained", clock())
    remind.handle(due, engine)
    assert relay.letters == []


def test_what_is_put_off_is_tried_again_and_what_is_refused_is_not(engine, event, guests, ask, relay, clock):
    clock.advance(48 * 3600)
    relay.answers = {"cid@x.example": Sent(is_temporary=True, reason="421"), "dan@x.example": Sent(is_permanent=True)}
    ask()
    relay.answers = {}
    clock.advance(3600)
    ask()
    assert relay.invited == ["cid@x.example", "cid@x.example", "dan@x.example"]
    kept = {i.address[:3]: i for i in engine.store.invitations(event.id)}
    assert {name: i.nudges for name, i in kept.items()} == {"ada": 0, "bob": 0, "cid": 1, "dan": 1}
