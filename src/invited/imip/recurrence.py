"""Which occurrences an event has (RFC 5545 §3.8.5), each as it takes place, in bounded time whatever its rules say.

An occurrence is named by the instant of its original start, whatever zone a mail wrote it in (RFC 5545 §3.8.4.4). A
change with RANGE=THISANDFUTURE splits the series: what follows goes its way until the next such change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice
from zoneinfo import ZoneInfo

from invited.domain.event import Component, Event, Period, Status
from invited.domain.moment import Moment
from invited.domain.rule import falls

_EVER = datetime.max.replace(tzinfo=UTC)
_SLACK = timedelta(days=1)
"""More than any two zones are apart, so that wall times may be compared with instants."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of the series: what was originally to start from `first` until `end` goes as `model` says."""

    first: datetime
    end: datetime
    model: Component


def occurs(event: Event, instant: datetime) -> bool:
    """Whether an occurrence that was originally to start at `instant` takes place, be it moved."""
    changed = _changed(event).get(instant)
    if changed is not None:
        return changed.status is not Status.CANCELLED
    master = event.component(None)
    if master is None or master.status is Status.CANCELLED or not master.plans(instant):
        return False
    if instant in {moment.instant() for moment in master.exdates}:
        return False
    return _model(event, master, instant).status is not Status.CANCELLED


def occurrences(event: Event, after: datetime, limit: int) -> tuple[Component, ...]:
    """The next occurrences that start at or after the instant `after`, at most `limit`, in order.

    Each is a component of its own, as it takes place, with its original start as `recurrence_id`; the only occurrence
    of an event that does not repeat has none.
    """
    if event.is_cancelled:
        return ()
    found = merge(*_running(event, after), key=_start)
    return tuple(islice((c for c in found if c.start.instant() >= after), limit))


def is_over(event: Event, now: datetime) -> bool:
    """Whether its last occurrence has ended, wherever on earth."""
    longest = max(c.ends().instant() - c.start.instant() for c in event.components)
    elsewhere = _SLACK if event.head.start.is_date else timedelta()
    return not occurrences(event, now - longest - elsewhere, 1)


def canonical(event: Event, named: str) -> str:
    """How an answer's RECURRENCE-ID (as in Receipt) stands in `event`: "" for an event that does not repeat.

    A day for an occurrence at some time of it, and a time for a whole day, are what some clients make of each other.
    Raises ValueError where no such occurrence takes place.
    """
    master = event.component(None)
    if master is not None and not master.is_recurring:
        return ""
    for instant in _meant(event, named):
        if occurs(event, instant):
            return instant.strftime("%Y%m%d" if event.head.start.is_date else "%Y%m%dT%H%M%SZ")
    raise ValueError(f"{named} is no occurrence of the event")


def original(event: Event, named: str) -> Moment:
    """The original start that a RECURRENCE-ID, as in Receipt, names; told in the zone of the event."""
    written = datetime.fromisoformat(named.removesuffix("Z"))
    return _in_zone(Moment(written, "UTC" if "T" in named else None), event.head.start)


def _meant(event: Event, named: str) -> Iterator[datetime]:
    start = event.head.start
    written = datetime.fromisoformat(named.removesuffix("Z"))
    if start.is_date and "T" in named:
        # Midnight somewhere on earth.
        written = (written + timedelta(hours=12)).replace(hour=0, minute=0, second=0)
    elif not start.is_date and "T" not in named:
        plain = replace(event, components=_plain(event))
        near = occurrences(plain, Moment(written, start.zone).instant(), 1)
        yield from (_original(c) for c in near if c.start.wall.date() == written.date())
        return
    yield written.replace(tzinfo=UTC)


def _plain(event: Event) -> tuple[Component, ...]:
    """The series without its changes, by which occurrences are named."""
    return tuple(c for c in event.components if c.recurrence_id is None) or event.components


def _changed(event: Event) -> dict[datetime, Component]:
    """The occurrences that are changed by themselves, by their original start."""
    return {c.recurrence_id.instant(): c for c in event.components if c.recurrence_id and not c.is_this_and_future}


def _model(event: Event, master: Component, instant: datetime) -> Component:
    return next(s.model for s in reversed(_stretches(event, master)) if s.first <= instant)


def _stretches(event: Event, master: Component) -> list[_Stretch]:
    splits = sorted((c for c in event.components if c.recurrence_id and c.is_this_and_future), key=_original)
    models = [master, *splits]
    firsts = [datetime.min.replace(tzinfo=UTC), *(_original(c) for c in splits)]
    return [_Stretch(*each) for each in zip(firsts, [*firsts[1:], _EVER], models, strict=True)]


def _running(event: Event, after: datetime) -> Iterator[Iterator[Component]]:
    """The occurrences as several streams, each in the order of their starts."""
    changed = _changed(event)
    living = (c for c in changed.values() if c.status is not Status.CANCELLED)
    yield iter(sorted(living, key=_start))
    master = event.component(None)
    if master is None:
        return
    if not master.is_recurring:
        if master.start.instant() not in changed:
            yield iter([master])
        return
    gone = {moment.instant() for moment in master.exdates} | set(changed)
    for stretch in _stretches(event, master):
        if stretch.model.status is not Status.CANCELLED:
            yield _of_stretch(stretch, master, after, gone)


def _of_stretch(stretch: _Stretch, master: Component, after: datetime, gone: set[datetime]) -> Iterator[Component]:
    model = stretch.model
    shift = model.start.wall - _in_zone(model.recurrence_id, model.start).wall if model.recurrence_id else timedelta()
    since = max(stretch.first, _earlier(after, max(shift, timedelta()) + _SLACK))
    for period in _planned(master, since):
        instant = period.start.instant()
        if instant >= stretch.end:
            return
        if instant >= stretch.first and instant not in gone:
            yield _occurrence(model, period, shift)


def _planned(master: Component, since: datetime) -> Iterator[Period]:
    """The original starts that the series names, in order and each once; those with a length of their own say it."""
    begin = since.replace(tzinfo=None) - _SLACK if since.year > 1 else datetime(1, 1, 1)
    streams: list[Iterator[Period]] = [iter(sorted([Period(master.start), *master.rdates], key=_begin))]
    streams += [map(Period, falls(rule, master.start, begin)) for rule in master.rules]
    last = None
    for period in merge(*streams, key=_begin):
        instant = period.start.instant()
        if instant != last and instant >= since:
            yield period
        last = instant


def _occurrence(model: Component, period: Period, shift: timedelta) -> Component:
    told = _in_zone(period.start, model.start)
    length = model.ends().instant() - model.start.instant()
    is_own = period.end is not None or period.duration is not None
    return replace(
        model,
        start=Moment(told.wall + shift, told.zone),
        end=period.end if is_own else None,
        duration=period.duration if is_own else length,
        recurrence_id=period.start,
        is_this_and_future=False,
        rules=(),
        rdates=(),
        exdates=(),
    )


def _in_zone(moment: Moment | None, like: Moment) -> Moment:
    """`moment` told in the zone of `like`."""
    if moment is None or moment.zone == like.zone or moment.is_date:
        return moment or like
    if like.is_date:
        return Moment.day(moment.wall.date())
    if like.zone == "UTC":
        return Moment.at(moment.instant())
    wall = moment.instant().astimezone(ZoneInfo(like.zone or "UTC")).replace(tzinfo=None, fold=0)
    return Moment(wall, like.zone)


def _earlier(instant: datetime, span: timedelta) -> datetime:
    try:
        return instant - span
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _start(component: Component) -> datetime:
    return component.start.instant()


def _original(component: Component) -> datetime:
    return (component.recurrence_id or component.start).instant()


def _begin(period: Period) -> datetime:
    return period.start.instant()
