"""Any store must let reminders be claimed and counted so."""

from datetime import timedelta

import pytest

from invited.domain.invitation import Partstat, State
from tests.facts import NOW, a_delivery, a_receipt, an_event, an_invitation

LATER = NOW + timedelta(hours=48)


@pytest.fixture
def event(store):
    event = an_event()
    store.add_event(event, 10)
    store.admit(event.id, [an_invitation(event.id, token) for token in ("t1", "t2", "t3", "t4")], 10)
    store.mark(event.id, [a_delivery("t1"), a_delivery("t2"), a_delivery("t3", state=State.FAILED)])
    store.record([a_receipt(event.id, "t2", partstat=Partstat.DECLINED)])
    return event


@pytest.fixture
def claim(store, event):
    def claim(now, before, limit=2):
        found = store.claim_nudge(event.id, ["t1", "t2", "t3", "t4"], limit=limit, before=before, now=now, lease=60)
        return [i.token for i in found.claimed], list(found.busy)

    return claim


def test_only_who_holds_a_copy_and_has_not_answered_can_be_claimed(claim):
    assert claim(NOW, NOW - timedelta(seconds=1)) == ([], [])
    assert claim(LATER, NOW, limit=0) == ([], [])
    assert claim(LATER, NOW) == (["t1"], [])
    assert claim(LATER, NOW) == ([], ["t1"])


def test_a_reminder_counts_once(store, event, claim):
    claim(LATER, NOW)
    reminder = a_delivery("t1", revision=3, sequence=2, at=LATER)
    for _ in range(2):
        store.mark_nudged(event.id, [reminder, a_delivery("t3", at=LATER)], release=["t2"])
    kept = store.invitation(event.id, "t1")
    assert (kept.nudges, kept.sent, kept.sent_revision, kept.sent_sequence) == (1, LATER, 3, 2)
    assert store.invitation(event.id, "t3").nudges == 0
    figures = store.statistics(event.id)
    assert (figures.nudges, figures.sent) == (1, 2)
    assert claim(LATER, NOW) == ([], [])
    assert claim(LATER + timedelta(hours=48), LATER, limit=1) == ([], [])
    assert claim(LATER + timedelta(hours=48), LATER) == (["t1"], [])


def test_a_reminder_that_was_refused_brought_nothing(store, event, claim):
    claim(LATER, NOW)
    store.mark_nudged(event.id, [a_delivery("t1", revision=3, sequence=2, state=State.FAILED, at=LATER)])
    kept = store.invitation(event.id, "t1")
    assert (kept.nudges, kept.sent_revision, kept.state) == (1, 0, State.SENT)
