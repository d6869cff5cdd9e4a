"""Whatever order an organizer's mails come in, and however often, the event ends as the newest of each say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from invited.domain.errors import Stale
from invited.domain.event import Component, Event, Stamp, Status, begun, cancelled, updated
from invited.domain.moment import Moment
from invited.imip.recurrence import occurrences

T0 = datetime(2026, 11, 1, tzinfo=UTC)
FIRST = Moment(datetime(2026, 12, 5, 19), "Europe/Paris")
DATES = [FIRST.plus(timedelta(weeks=n)) for n in range(5)]


def a_stamp(number, sequence):
    """The DTSTAMP says when it was written, to the minute; SEQUENCEs repeat."""
    then = T0 + timedelta(minutes=number)
    return Stamp(sequence, then, then + timedelta(seconds=1))


@st.composite
def masters(draw, number, sequence):
    exdates = draw(st.lists(st.sampled_from(DATES), max_size=2, unique=True))
    hour = draw(st.sampled_from([19, 19, 19, 18]))
    return Component(
        start=Moment(FIRST.wall.replace(hour=hour), FIRST.zone),
        stamp=a_stamp(number, sequence),
        duration=timedelta(hours=2),
        rules=(draw(st.sampled_from(["FREQ=WEEKLY;COUNT=5", "FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY"])),),
        exdates=tuple(m for m in exdates if hour == 19),
        summary=f"Series {number}",
        status=draw(st.sampled_from([Status.CONFIRMED] * 5 + [Status.CANCELLED])),
    )


@st.composite
def changes(draw, number, sequence):
    original = draw(st.sampled_from(DATES))
    return Component(
        start=original.plus(timedelta(hours=draw(st.integers(-2, 2)))),
        stamp=a_stamp(number, sequence),
        duration=timedelta(hours=2),
        recurrence_id=original,
        is_this_and_future=draw(st.booleans()),
        summary=f"Change {number}",
    )


@st.composite
def steps(draw):
    """The organizer's mails in the order of writing: each a REQUEST or a CANCEL, its SEQUENCE not falling."""
    found, sequence = [], 0
    for number in range(draw(st.integers(1, 6))):
        sequence += draw(st.integers(0, 1))
        kind = draw(st.sampled_from(["series", "change", "both", "cancel", "cancel one", "cancel some"]))
        stamp = a_stamp(number, sequence)
        match kind:
            case "series":
                found.append(("request", (draw(masters(number, sequence)),)))
            case "change":
                found.append(("request", (draw(changes(number, sequence)),)))
            case "both":
                found.append(("request", (draw(masters(number, sequence)), draw(changes(number, sequence)))))
            case "cancel":
                found.append(("cancel", ({None: stamp}, ())))
            case _:
                keys = {d.instant(): stamp for d in draw(st.lists(st.sampled_from(DATES), min_size=1, unique=True))}
                found.append(("cancel", (keys, tuple(keys) if kind == "cancel some" else ())))
    return found


@st.composite
def orders(draw):
    told = draw(steps())
    repeats = draw(st.lists(st.sampled_from(told), max_size=2))
    return told, draw(st.permutations(told + repeats))


def ended(first, told):
    state = begun(Event("e" * 16, "invites.test", "a@club.test", "Ann", "uid", T0, T0, first))
    for kind, what in told:
        try:
            if kind == "request":
                state, _ = updated(state, what, T0)
            else:
                state, _ = cancelled(state, what[0], T0, what[1])
        except Stale:
            continue
    return state


def visible(event):
    return [(c.recurrence_id, c.start, c.summary) for c in occurrences(event, T0, 12)]


CREATED = replace(
    Component(
        start=FIRST,
        stamp=Stamp(0, T0 - timedelta(days=1), T0),
        duration=timedelta(hours=2),
        rules=("FREQ=WEEKLY;COUNT=5",),
        summary="Created",
    )
)


@settings(max_examples=300, deadline=None)
@given(orders())
def test_any_order_ends_in_the_newest(both):
    told, shuffled = both
    newest = ended((CREATED,), told)
    mixed = ended((CREATED,), shuffled)
    assert visible(mixed) == visible(newest)
    assert mixed.is_cancelled == newest.is_cancelled


INSTANCE = replace(CREATED, recurrence_id=DATES[1], rules=(), start=DATES[1], summary="Instance")


@settings(max_examples=300, deadline=None)
@given(orders())
def test_so_it_does_where_an_instance_comes_before_its_series(both):
    _, shuffled = both
    first = ("request", (CREATED,))
    assert visible(ended((INSTANCE,), [first, *shuffled])) == visible(ended((INSTANCE,), [*shuffled, first]))


@settings(max_examples=200, deadline=None)
@given(orders())
def test_whoever_follows_the_changes_holds_what_a_newcomer_gets(both):
    """No change of what takes place goes unsent: whatever differs bears a revision above the one before."""
    _, told = both
    state = ended((CREATED,), [])
    for step in told:
        before, state = state, _after(state, step)
        changed = {c.place() for c in state.components} ^ {c.place() for c in before.components} or visible(
            state
        ) != visible(before)
        if changed and not (before.is_cancelled and state.is_cancelled):
            assert state.revision > before.revision
            assert state.catch_up(before.revision)


def _after(state, step):
    kind, what = step
    try:
        return updated(state, what, T0)[0] if kind == "request" else cancelled(state, what[0], T0, what[1])[0]
    except Stale:
        return state
