"""What a change means, and that any order of arrival ends in the same state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from invited.domain.errors import Stale
from invited.domain.event import Change, Component, Event, Stamp, Status, begun, cancelled, updated
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


def test_an_exception_outlives_a_change_of_the_series_that_leaves_its_day():
    moved = component(1, 5, recurrence_id=at(19, 12), start=at(20, 12))
    one, _ = updated(event(series()), (moved,), T0)
    shorter = replace(series(stamp=stamp(2, 9)), exdates=(at(19, 26),))
    two, change = updated(one, (shorter,), T0)
    assert change is Change.SIGNIFICANT
    assert two.component(at(19, 12).instant()).start == at(20, 12)


def test_a_change_of_a_day_left_out_brings_it_back():
    without = replace(series(), exdates=(at(19, 12), at(19, 19)))
    back = component(0, 5, recurrence_id=at(19, 12), start=at(19, 12), end=at(22, 12))
    one, change = updated(event(without), (back,), T0)
    assert change is Change.SIGNIFICANT
    assert one.head.exdates == (at(19, 19),)
    # Left out once more, by a newer version of the series.
    two, _ = updated(one, (replace(without, stamp=stamp(0, 9)),), T0)
    assert [c.recurrence_id for c in two.components] == [None]
    assert [c.recurrence_id for c in two.dormant] == [at(19, 12)]


def test_a_cancelled_occurrence_stays_so_when_the_series_leaves_it_out():
    one, _ = cancelled(event(series()), {at(19, 12).instant(): stamp(1, 5)}, T0)
    two, change = updated(one, (replace(series(stamp=stamp(2, 9)), exdates=(at(19, 12),)),), T0)
    assert change is Change.SIGNIFICANT
    assert two.component(at(19, 12).instant()).status is Status.CANCELLED


def test_cancelling_all_that_follow_leaves_what_came_before():
    moved = component(0, 1, recurrence_id=at(19, 19), start=at(20, 19))
    one, _ = updated(event(series()), (moved,), T0)
    two, _ = cancelled(one, {at(19, 12).instant(): stamp(1, 5)}, T0, {at(19, 12).instant()})
    assert not two.is_cancelled
    assert [(c.recurrence_id, c.is_this_and_future) for c in two.components] == [
        (None, False),
        (Moment.at(at(19, 12).instant()), True),
    ]
    all_of_it, _ = cancelled(two, {at(19).instant(): stamp(2, 9)}, T0, {at(19).instant()})
    assert all_of_it.is_cancelled


def test_instances_wait_for_their_series():
    instance = component(1, 5, recurrence_id=at(19, 12), start=at(20, 12))
    alone = begun(event(instance))
    assert alone.catch_up(-1) == (("REQUEST", (instance,)),)
    other = component(1, 6, recurrence_id=at(19, 19), start=at(21, 19))
    two, _ = updated(alone, (other,), T0)
    assert two.catch_up(0) == (("REQUEST", (replace(other, revision=1),)),)
    joined, _ = updated(two, (series(),), T0)
    assert [c.start for c in joined.components] == [at(19), at(20, 12), at(21, 19)]
    assert joined.is_cancelled is False


def test_a_cancel_of_instances_whose_series_is_not_known():
    alone = begun(event(component(1, 5, recurrence_id=at(19, 12), start=at(20, 12))))
    gone, _ = cancelled(alone, {None: stamp(2, 9)}, T0)
    assert gone.is_cancelled
    with pytest.raises(Stale):
        updated(gone, (series(stamp=stamp(2, 1)),), T0)
    back, _ = updated(gone, (series(stamp=stamp(3, 12)),), T0)
    assert not back.is_cancelled
    assert len(back.components) == 2


def test_nobody_is_told_what_happens_to_a_cancelled_event():
    gone, _ = cancelled(event(series()), {None: stamp(2, 9)}, T0)
    after, change = updated(gone, (component(1, 5, recurrence_id=at(19, 12), start=at(20, 12)),), T0)
    assert change is Change.NONE
    assert after.revision == gone.revision


def test_a_request_that_says_cancelled_is_a_cancel():
    late = component(1, 1, status=Status.CANCELLED)
    gone, _ = updated(event(component(1, 9)), (late,), T0)
    assert gone.is_cancelled


def test_what_no_series_has_is_kept_but_not_shown():
    after, change = cancelled(event(series()), {at(18, 12).instant(): stamp(1, 5)}, T0)
    assert change is Change.NONE
    assert len(after.components) == 1
    again, _ = updated(after, (series(stamp=stamp(2, 9), start=at(18), end=at(21)),), T0)
    assert len(again.components) == 2
