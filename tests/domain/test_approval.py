"""What waits for approval, what can be made of it, and that several changes are one change."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.domain.approval import Approval, ApprovalState, Choice, decided
from invited.domain.audience import reach
from invited.domain.errors import Stale
from invited.domain.event import Audience, Change, Stamp, Status, cancelled, in_one_step, updated
from invited.domain.moment import Moment
from invited.domain.statistics import Statistics
from tests.facts import NOW, an_event

LATER = NOW + timedelta(hours=1)
MASTER = an_event().head
WEEKLY = an_event(components=(replace(MASTER, rules=("FREQ=WEEKLY;COUNT=4",)),))


def on(day, **changes):
    """The change of one date of the series, which falls on the 24th, 31st…"""
    original = Moment(MASTER.start.wall + timedelta(days=day), "Europe/Paris")
    return replace(MASTER, start=original, end=original.plus(timedelta(hours=2)), recurrence_id=original, **changes)


def an_approval(before, step):
    proposed, change = step(before)
    return Approval("a1", before, proposed, change, 7, "mail1", NOW, LATER)


def newer(component, minutes=1, **changes):
    stamp = component.stamp
    later = replace(stamp, dtstamp=stamp.dtstamp + timedelta(minutes=minutes))
    return replace(component, stamp=later, **changes)


def moved(event):
    return updated(event, (newer(event.head, start=MASTER.start.plus(timedelta(hours=-1))),), LATER)


def renamed(event):
    return updated(event, (newer(event.head, summary="Gala"),), LATER)


def called_off(event):
    return cancelled(event, {None: Stamp(1, LATER, LATER)}, LATER)


def one_called_off(event):
    return cancelled(event, {on(7).key(): Stamp(1, LATER, LATER)}, LATER)


@pytest.mark.parametrize(
    ("step", "is_quietable"), [(moved, True), (renamed, False), (called_off, False), (one_called_off, False)]
)
def test_only_what_asks_again_and_calls_nothing_off_can_be_quiet(step, is_quietable):
    assert (Choice.QUIET in an_approval(WEEKLY, step).choices) is is_quietable


def test_what_is_called_off_comes_back_only_aloud():
    gone, _ = called_off(an_event())
    back = (replace(gone.head, status=Status.CONFIRMED, stamp=Stamp(2, LATER, LATER)),)
    assert Choice.QUIET not in an_approval(gone, lambda event: updated(event, back, LATER)).choices


def test_each_choice_has_its_outcome():
    approval = an_approval(an_event(), moved)
    settled, event = decided(approval, Choice.APPROVE, LATER)
    assert (settled.state, event.sequence, event.revision, event.changed) == (ApprovalState.APPLIED, 1, 1, LATER)
    settled, event = decided(approval, Choice.QUIET, LATER)
    assert (settled.state, event.sequence, event.revision, event.updates) == (ApprovalState.QUIET, 0, 1, 1)
    assert event.components == approval.proposed.components
    settled, event = decided(approval, Choice.DISCARD, LATER)
    assert (settled.state, event) == (ApprovalState.DISCARDED, None)
    with pytest.raises(ValueError, match="not offered"):
        decided(an_approval(an_event(), called_off), Choice.QUIET, LATER)


days = st.sampled_from([7, 14])
masters = st.builds(
    lambda hours, summary: replace(
        WEEKLY.head, start=MASTER.start.plus(timedelta(hours=hours)), end=MASTER.end, summary=summary
    ),
    st.sampled_from([0, -1]),
    st.sampled_from(["Ball", "Gala"]),
)
exceptions = st.builds(lambda day, summary: on(day, summary=summary), days, st.sampled_from(["Ball", "Gala"]))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("update"), st.lists(st.one_of(masters, exceptions), min_size=1, max_size=2)),
        st.tuples(st.just("cancel"), st.one_of(st.none(), days)),
    ),
    max_size=5,
)


def played(event, steps):
    """Each state that the steps lead to, with its change."""
    for number, (kind, value) in enumerate(steps, 1):
        stamp = Stamp(number, LATER, LATER)
        try:
            if kind == "update":
                unique = {c.key(): replace(c, stamp=stamp) for c in value}
                event, change = updated(event, tuple(unique.values()), LATER)
            else:
                event, change = cancelled(event, {on(value).key() if value else None: stamp}, LATER)
        except Stale:
            continue
        yield event, change


@given(steps)
def test_one_step_stays_as_it_is(steps):
    before = WEEKLY
    for after, change in played(before, steps):
        assert in_one_step(before, after) == (after, change)
        before = after


@given(steps)
def test_several_steps_end_where_they_end(steps):
    for after, _ in played(WEEKLY, steps):
        whole, change = in_one_step(WEEKLY, after)
        assert [replace(c, revision=0) for c in whole.components] == [replace(c, revision=0) for c in after.components]
        assert whole.revision == WEEKLY.revision + (change is not Change.NONE)
        assert whole.sequence == WEEKLY.sequence + (change is Change.SIGNIFICANT)
        # Whoever holds the event as it was is sent something just where it means something.
        assert bool(whole.catch_up(WEEKLY.revision)) is (change is not Change.NONE)


def test_what_is_changed_back_means_nothing():
    there, _ = moved(WEEKLY)
    back, _ = updated(there, (newer(WEEKLY.head, 2),), LATER)
    after, change = in_one_step(WEEKLY, back)
    assert (change, after.revision, after.sequence, after.updates) == (Change.NONE, 0, 0, 0)
    assert after.head.stamp == newer(WEEKLY.head, 2).stamp


def test_reach_is_the_audience_from_the_kept_figures():
    figures = Statistics(invitations=99, sent=50, bounced=5, accepted=3, declined=2, tentative=1, dropped=4)
    event = an_event()
    gone, _ = called_off(event)
    assert [reach(figures, audience, gone) for audience in ("responders", "going", "everyone")] == [6, 4, 45]
    assert reach(figures, Audience.GOING, event) == 8
