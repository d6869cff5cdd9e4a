"""Any store must let a change wait, and settle it once, together with its event or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from invited.domain.approval import Approval, ApprovalState
from invited.domain.errors import Temporary
from invited.domain.event import Change
from tests.facts import NOW, an_event

STATES = [ApprovalState.APPLIED, ApprovalState.QUIET, ApprovalState.DISCARDED, ApprovalState.EXPIRED]


def an_approval(event, approval_id="a1", **changes):
    proposed = replace(event, revision=event.revision + 1, sequence=event.sequence + 1, updates=event.updates + 1)
    facts = Approval(approval_id, event, proposed, Change.SIGNIFICANT, 600, "mail1", NOW, NOW + timedelta(hours=72))
    return replace(facts, **changes)


@pytest.fixture
def event(store):
    event = an_event()
    store.add_event(event, limit=10)
    return event


def test_a_change_waits_and_the_event_stays(store, event):
    approval = an_approval(event)
    assert store.pending(event.id) is None
    store.hold(approval)
    assert store.pending(event.id) == approval
    assert store.approval("a1") == approval
    assert store.event(event.id) == event
    assert (store.pending("nowhere"), store.approval("nothing"), store.approvals("nowhere")) == (None, None, [])


def test_a_change_that_expects_another_event_is_not_held(store, event):
    for approval in (an_approval(replace(event, revision=1)), an_approval(an_event())):
        with pytest.raises(Temporary):
            store.hold(approval)
        assert store.approval("a1") is None


def test_of_two_changes_the_second_must_know_the_first(store, event):
    store.hold(an_approval(event))
    for instead_of in ("", "other"):
        with pytest.raises(Temporary):
            store.hold(an_approval(event, "a2"), instead_of)
    assert store.approval("a2") is None
    store.hold(an_approval(event, "a2"), "a1")
    assert store.pending(event.id) == an_approval(event, "a2")
    assert store.approval("a1") == an_approval(event, state=ApprovalState.SUPERSEDED)


def test_a_change_can_be_stored_anew(store, event):
    store.hold(an_approval(event))
    for _ in range(2):
        store.hold(an_approval(event, reach=700), "a1")
    assert store.pending(event.id) == an_approval(event, reach=700)
    assert store.approvals(event.id) == [an_approval(event, reach=700)]


@pytest.mark.parametrize("state", STATES)
def test_a_change_is_settled_once(store, event, state):
    store.hold(an_approval(event))
    settled = an_approval(event, state=state)
    assert store.settle(settled)
    assert store.pending(event.id) is None
    assert not store.settle(an_approval(event, state=ApprovalState.DISCARDED))
    assert store.approval("a1") == settled
    assert store.event(event.id) == event


def test_event_and_change_move_in_one_step(store, event):
    approval = an_approval(event)
    store.hold(approval)
    settled = replace(approval, state=ApprovalState.APPLIED)
    store.replace_event(approval.proposed, 0, settled)
    assert (store.event(event.id), store.approval("a1")) == (approval.proposed, settled)
    assert store.pending(event.id) is None
    # The second click finds nothing that waits.
    with pytest.raises(Temporary):
        store.replace_event(approval.proposed, 0, replace(settled, state=ApprovalState.QUIET))
    assert not store.settle(replace(approval, state=ApprovalState.DISCARDED))
    assert store.approval("a1") == settled


def test_nothing_overtakes_what_waits(store, event):
    approval = an_approval(event)
    store.hold(approval)
    with pytest.raises(Temporary):
        store.replace_event(approval.proposed, 0)
    with pytest.raises(Temporary):
        store.replace_event(approval.proposed, 0, an_approval(event, "a2", state=ApprovalState.APPLIED))
    with pytest.raises(Temporary):
        store.replace_event(approval.proposed, 7, replace(approval, state=ApprovalState.APPLIED))
    assert (store.event(event.id), store.pending(event.id)) == (event, approval)
    assert store.approval("a2") is None


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_of_changes_go_newest_first(store, event, limit):
    other = an_event()
    store.add_event(other, limit=10)
    store.hold(an_approval(other, "b1"))
    made, before = [], ""
    for number in range(4):
        approval = an_approval(event, f"a{number}", created=NOW + timedelta(hours=number // 2))
        store.hold(approval, before)
        made.append(approval)
        before = approval.id
    pages, after = [], ""
    while page := store.approvals(event.id, after=after, limit=limit):
        assert len(page) <= limit
        pages += page
        after = page[-1].id
    assert [approval.id for approval in pages] == ["a3", "a2", "a1", "a0"]
    assert [approval.is_pending for approval in pages] == [True, False, False, False]
