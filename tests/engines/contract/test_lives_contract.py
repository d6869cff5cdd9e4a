"""Any store must keep what happened to each invitation, and what an event was when it was sent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from invited.domain.invitation import Partstat, State
from invited.domain.step import Kind, Life, Step
from tests.facts import NOW, a_delivery, a_receipt, an_event, an_invitation


@pytest.fixture
def event(store):
    event = an_event()
    store.add_event(event, 100)
    store.admit(event.id, [an_invitation(event.id, token) for token in ("t1", "t2")], 100)
    return event


def at(minutes):
    return NOW + timedelta(minutes=minutes)


def kinds(store, event, token="t1"):
    return [step.kind for step in store.life(event.id, token).steps]


def test_a_life_has_every_step_in_order_once(store, event):
    answer = a_receipt(event.id, arrived=at(3), comment='"Yes"\nand \u2028 no', client="", mail="mail 1")
    other = a_receipt(event.id, recurrence_id="20261201", partstat=Partstat.DECLINED, arrived=at(4), mail="mail 1")
    for _ in range(2):
        store.mark(event.id, [a_delivery(state=State.QUEUED, at=at(1), reason="450 later")])
        store.mark(event.id, [a_delivery(at=at(2))])
        store.mark_nudged(event.id, [a_delivery(at=at(3))])
        store.record([answer, other])
        store.mark(event.id, [a_delivery(revision=1, sequence=1, at=at(5))])
        back = a_delivery(revision=1, sequence=1, state=State.BOUNCED, at=at(6), reason="550 no", mail="mail 2")
        store.mark(event.id, [back])
    assert store.life(event.id, "t1") == Life(
        (
            Step(Kind.QUEUED, NOW),
            Step(Kind.DEFERRED, at(1), 0, 0, "450 later"),
            Step(Kind.SENT, at(2), 0, 0),
            Step(Kind.REMINDED, at(3), 0, 0),
            Step(Kind.ANSWERED, at(3), mail="mail 1", receipt=answer),
            Step(Kind.ANSWERED, at(4), mail="mail 1", receipt=other),
            Step(Kind.SENT, at(5), 1, 1),
            Step(Kind.BOUNCED, at(6), 1, 1, "550 no", "mail 2"),
        )
    )
    assert kinds(store, event, "t2") == [Kind.QUEUED]


def test_an_answer_that_does_not_count_is_a_step_of_its_time(store, event):
    store.mark(event.id, [a_delivery(at=at(1))])
    late = a_receipt(event.id, partstat=Partstat.DECLINED, arrived=at(2), dtstamp=NOW - timedelta(days=1), mail="old")
    store.record([a_receipt(event.id, arrived=at(3), mail="new"), late])
    answers = [step.receipt.mail for step in store.life(event.id, "t1").steps if step.receipt]
    assert answers == ["old", "new"]
    assert store.invitation(event.id, "t1").partstat is Partstat.ACCEPTED


def test_what_a_relay_says_again_and_again_is_told_once(store, event):
    for minute, (revision, reason) in enumerate([(0, "a"), (0, "a"), (0, "b"), (1, "b"), (1, "b")]):
        store.mark(event.id, [a_delivery(state=State.QUEUED, revision=revision, reason=reason, at=at(minute))])
    told = [(step.revision, step.reason) for step in store.life(event.id, "t1").steps[1:]]
    assert told == [(0, "a"), (0, "b"), (1, "b")]
    assert store.statistics(event.id).queued == 2


def test_a_mail_that_is_put_off_gives_its_claim_back(store, event):
    store.claim(event.id, ["t1"], 0, NOW, 60)
    store.mark(event.id, [a_delivery(state=State.QUEUED)])
    assert [i.token for i in store.claim(event.id, ["t1"], 0, NOW, 60).claimed] == ["t1"]


def test_answers_without_end_leave_room_for_what_we_do(store, event):
    store.mark(event.id, [a_delivery()])
    assert store.life(event.id, "t1").is_whole
    for n in range(100):
        store.record([a_receipt(event.id, mail=f"mail {n}", comment="x" * 1000, arrived=at(n))])
    store.mark(event.id, [a_delivery(state=State.COMPLAINED, at=at(1000))])
    life = store.life(event.id, "t1")
    assert not life.is_whole
    assert 12 < len(life.steps) < 100
    assert life.steps[-1].kind is Kind.COMPLAINED
    assert store.receipts(event.id, ["t1"])[0].mail == "mail 99"


def test_answers_worked_out_anew_are_no_new_steps(store, event):
    receipt = a_receipt(event.id)
    store.record([receipt])
    store.replace_answers(event.id, [receipt])
    assert kinds(store, event) == [Kind.QUEUED, Kind.ANSWERED]


def test_nobody_has_no_life(store, event):
    assert store.life(event.id, "t9") == store.life("nothing", "t1") == Life(())


def test_an_event_is_kept_as_it_was(store, event):
    second = replace(event, revision=1, sequence=1, organizer_name="Anna")
    store.replace_event(second, 0)
    assert (store.event_at(event.id, 0), store.event_at(event.id, 1)) == (event, second)
    assert store.event_at(event.id, 2) is store.event_at("nothing", 0) is None


def test_of_many_versions_of_an_event_the_newest_are_kept(store, event):
    for revision in range(1, 103):
        store.replace_event(replace(event, revision=revision), revision - 1)
    assert store.event_at(event.id, 2) is None
    assert store.event_at(event.id, 3).revision == 3
