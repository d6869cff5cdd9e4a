"""What a change means, and that any order of arrival ends in the same state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from invited.domain.errors import Stale
from invited.domain.event import Change, Component, Event, Stamp, Status, cancelled, updated
from invited.domain.moment import Moment

T0 = datetime(2026, 11, 1, tzinfo=UTC)


def at(hour, day=5, zone="Europe/Paris"):
    return Moment(datetime(2026, 12, day, hour), zone)


def stamp(sequence, minutes=0):
    then = T0 + timedelta(minutes=minutes)
    return Stamp(sequence, then, then)


def component(sequence=0, minutes=0, **changes):
    return replace(Component(start=at(19), end=at(22), summary="Game", stamp=stamp(sequence, minutes)), **changes)


def event(*components):
    return Event("e" * 16, "invites.test", "ann@club.test", "Ann", "uid-1", T0, T0, components or (component(),))


def apply(state, step):
    kind, value = step
    try:
        after, _ = updated(state, value, T0) if kind == "update" else cancelled(state, value, T0)
    except Stale:
        return state
    return after


@pytest.mark.parametrize(
    ("changes", "means"),
    [
        ({}, Change.NONE),
        ({"summary": "Big game"}, Change.MINOR),
        ({"location": "Hall 2"}, Change.MINOR),
        ({"description": "Bring a scarf"}, Change.MINOR),
        ({"start": at(20)}, Change.SIGNIFICANT),
        ({"end": at(23)}, Change.SIGNIFICANT),
        ({"rules": ("FREQ=WEEKLY",)}, Change.SIGNIFICANT),
        ({"exdates": (at(19, 12),)}, Change.SIGNIFICANT),
        ({"status": Status.TENTATIVE}, Change.SIGNIFICANT),
        # The same instants written otherwise are the same plan.
        ({"end": None, "duration": timedelta(hours=3)}, Change.MINOR),
    ],
)
def test_time_and_status_matter_and_text_does_not(changes, means):
    before = event()
    after, change = updated(before, (component(1, 1, **changes),), T0)
    assert change is means
    assert after.sequence == (means is Change.SIGNIFICANT)
    assert after.revision == (means is not Change.NONE)
    assert after.updates == (means is not Change.NONE)


def test_an_older_update_is_stale():
    with pytest.raises(Stale):
        updated(event(component(2)), (component(1, 5, start=at(20)),), T0)


def test_equal_stamps_go_to_the_later_arrival_and_its_repeat_changes_nothing():
    first = Stamp(1, T0, T0)
    later = Stamp(1, T0, T0 + timedelta(minutes=1))
    moved, _ = updated(event(component(0)), (component(stamp=first, start=at(20)),), T0)
    again, change = updated(moved, (component(stamp=later, start=at(21)),), T0)
    assert change is Change.SIGNIFICANT
    with pytest.raises(Stale):
        updated(again, (component(stamp=first, start=at(20)),), T0)


def test_a_cancel_is_accepted_at_the_same_sequence_and_cannot_be_undone_by_what_came_before():
    gone, change = cancelled(event(component(1, 5)), {None: stamp(1, 5)}, T0)
    assert change is Change.SIGNIFICANT
    assert gone.is_cancelled
    assert gone.sequence == 1
    with pytest.raises(Stale):
        updated(gone, (component(1, 9),), T0)
    back, _ = updated(gone, (component(2, 9),), T0)
    assert not back.is_cancelled
    assert back.sequence == 2


def test_any_order_of_updates_and_cancels_ends_the_same():
    steps = [
        ("update", (component(1, 10, start=at(20)),)),
        ("update", (component(1, 20, start=at(20), summary="Renamed"),)),
        ("cancel", {None: stamp(2, 30)}),
        ("update", (component(3, 40, start=at(18)),)),
        ("update", (component(3, 40, start=at(18)),)),
    ]
    ends = set()
    for order in permutations(steps):
        state = event()
        for step in order:
            state = apply(state, step)
        ends.add((state.head.start, state.head.summary, state.is_cancelled))
    assert ends == {(at(18), "Game", False)}


def series(**changes):
    return component(rules=("FREQ=WEEKLY;COUNT=5",), **changes)


def test_one_changed_occurrence_is_all_that_is_sent():
    moved = component(1, 5, recurrence_id=at(19, 12), start=at(20, 12), end=at(23, 12))
    after, change = updated(event(series()), (moved,), T0)
    assert change is Change.SIGNIFICANT
    assert after.catch_up(0) == (("REQUEST", (replace(moved, revision=1),)),)
    # A newcomer gets the series first, then what differs from it.
    (_, (master,)), (_, (exception,)) = after.catch_up(-1)
    assert master.recurrence_id is None
    assert exception.recurrence_id == at(19, 12)


def test_a_first_text_change_of_one_occurrence_is_minor():
    renamed = component(1, 5, recurrence_id=at(19, 12), start=at(19, 12), end=at(22, 12), summary="Derby")
    _, change = updated(event(series()), (renamed,), T0)
    assert change is Change.MINOR


def test_cancelling_one_occurrence_leaves_the_series():
    after, change = cancelled(event(series()), {at(19, 12).instant(): stamp(1, 5)}, T0)
    assert change is Change.SIGNIFICANT
    assert not after.is_cancelled
    ((method, (gone,)),) = after.catch_up(0)
    assert method == "CANCEL"
    assert gone.recurrence_id.instant() == at(19, 12).instant()
    assert gone.rules == ()


def test_a_new_plan_for_the_series_drops_the_exceptions_of_the_old_one():
    moved = component(1, 5, recurrence_id=at(19, 12), start=at(20, 12))
    one, _ = updated(event(series()), (moved,), T0)
    two, _ = updated(one, (series(stamp=stamp(2, 9), start=at(18), end=at(21)),), T0)
    assert len(two.components) == 1


def test_somebody_who_was_never_sent_a_cancelled_event_is_owed_nothing():
    gone, _ = cancelled(event(), {None: stamp(1, 5)}, T0)
    assert gone.catch_up(-1) == ()
    assert gone.catch_up(0)[0][0] == "CANCEL"
