"""Orders for one attendee: a reminder, and that their invite is taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from invited.domain.event import Status
from invited.domain.invitation import TAKEN_BACK, Delivery, Partstat, State
from invited.messages import InvitationWithdrawn, NudgeDue
from tests.api.given import NOW
from tests.facts import a_receipt

PATH = "/api/v1/events/event1/attendees"


@pytest.fixture
def ada(engine, event, invited):
    """Was sent the invite three days ago."""
    invited(event, "ada@fans.example", state=State.QUEUED)
    (ada,) = engine.store.invitations(event.id)
    engine.store.mark(event.id, [Delivery(ada.token, 0, 0, State.SENT, NOW - timedelta(days=3))])
    return ada


@pytest.fixture
def order(client, owner):
    def order(what, guest, **headers):
        return client.post(f"{PATH}/{guest.token}/{what}", headers=owner | headers)

    return order


@pytest.fixture
def life(client, owner):
    return lambda guest: client.get(f"{PATH}/{guest.token}", headers=owner).json()


def test_one_is_reminded(order, ada, engine, life):
    answer = order("remind", ada)
    assert (answer.status_code, answer.json()) == (202, {"email": "a•••@fans.example"})
    assert engine.queue == [NudgeDue("event1", (ada.token,))]
    assert life(ada)["no_reminder"] is None


def test_the_same_request_reminds_once(order, ada, engine):
    for _ in range(2):
        assert order("remind", ada, **{"Idempotency-Key": "a"}).status_code == 202
    assert len(engine.queue) == 1


def answered(engine, ada):
    engine.store.record([a_receipt("event1", ada.token, partstat=Partstat.DECLINED)])


def reminded(engine, ada):
    for days in (2.9, 2.8):
        engine.store.mark_nudged("event1", [Delivery(ada.token, 0, 0, State.SENT, NOW - timedelta(days=days))])


def mailed(engine, ada):
    engine.store.mark("event1", [Delivery(ada.token, 1, 1, State.SENT, NOW - timedelta(hours=47))])


def bounced(engine, ada):
    engine.store.mark("event1", [Delivery(ada.token, 0, 0, State.BOUNCED, NOW)])


def suppressed(engine, ada):
    engine.store.suppress(ada.address, "complained", NOW)


@pytest.mark.parametrize(
    ("happen", "why"),
    [(answered, "answered"), (reminded, "often"), (mailed, "lately"), (bounced, "unsent"), (suppressed, "suppressed")],
)
def test_who_may_not_be_reminded_is_not_and_it_says_why(order, ada, engine, life, happen, why):
    happen(engine, ada)
    answer = order("remind", ada)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-reminded")
    assert engine.queue == []
    told = life(ada)
    assert told["no_reminder"] == why
    assert told["remind_from"] == ("2026-11-20T13:00:00Z" if why == "lately" else None)


def test_one_is_taken_off_the_list(order, ada, engine):
    assert order("withdraw", ada).status_code == 202
    assert engine.queue == [InvitationWithdrawn("event1", ada.token, TAKEN_BACK)]
    (entry,) = engine.store.audit(event_id="event1")
    assert (entry.action, entry.detail) == ("event.withdraw", f"attendee {ada.token}")


def test_nobody_is_taken_off_twice(order, ada, engine):
    engine.store.mark("event1", [Delivery(ada.token, 0, 0, State.WITHDRAWN, NOW, TAKEN_BACK)])
    answer = order("withdraw", ada)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/invitation-over")
    assert engine.queue == []


@pytest.mark.parametrize("what", ["remind", "withdraw"])
def test_of_a_cancelled_event_nobody_is_mailed(order, ada, engine, event, what):
    cancelled = replace(event.head, status=Status.CANCELLED)
    engine.store.replace_event(replace(event, revision=1, sequence=1, components=(cancelled,)), 0)
    answer = order(what, ada)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/event-cancelled")
    assert engine.queue == []


@pytest.mark.parametrize("what", ["remind", "withdraw"])
def test_a_suspended_organizer_orders_nothing(order, ada, engine, event, what):
    engine.store.set_terms(event.organizer, {"suspended": NOW, "reason": "Complaints."})
    assert order(what, ada).json()["type"] == "/problems/barred"
    assert engine.queue == []
