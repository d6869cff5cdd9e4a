"""Which dates and zones the components of an event touch, and one date told in the form of another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from invited.domain.event import Component, Event
from invited.domain.moment import Moment

ENDLESS = timedelta(days=3653)
"""How long a series without a known end is given right time zones."""

_LATEST = datetime(9000, 1, 1)

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""When a series without a known end is over."""

_NUMBER = re.compile(r"\d{1,6}")
_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}


def zones(components: Sequence[Component]) -> list[str]:
    """The IANA zones in which something is told, in order of appearance."""
    found = dict.fromkeys(m.zone for component in components for m in _moments(component))
    return [zone for zone in found if zone not in (None, "UTC")]


def span(components: Sequence[Component]) -> tuple[date, date]:
    """The first and the last day touched, as far as that is known: an endless series counts for ten years."""
    days = [m.wall.date() for component in components for m in _moments(component)]
    return min(days), max(*days, *(_last(component) for component in components))


def until(event: Event) -> datetime:
    """The instant at which all of `event` is over, at the latest; NEVER where a series has no known end."""
    return max(_over(component) for component in event.components)


def in_form_of(like: Moment, moment: Moment) -> Moment:
    """`moment` as a date, in UTC or in the zone of `like`; as it is where it could not be told that way."""
    if like.zone == moment.zone or moment.is_date:
        return moment
    if like.zone is None:
        return Moment.day(moment.wall.date())
    if like.zone == "UTC":
        return Moment.at(moment.instant())
    wall = moment.instant().astimezone(ZoneInfo(like.zone)).replace(tzinfo=None, fold=0)
    told = Moment(wall, like.zone)
    # The second pass through a repeated hour has no wall time of its own.
    return told if told.instant() == moment.instant() else Moment.at(moment.instant())


def _moments(component: Component) -> Iterator[Moment]:
    yield from (component.start, component.ends())
    if component.recurrence_id is not None:
        yield component.recurrence_id
    yield from component.exdates
    for period in component.rdates:
        yield period.start
        yield period.end or period.start.plus(period.duration or timedelta())


def _over(component: Component) -> datetime:
    ends = [moment.instant() for moment in _moments(component)]
    length = component.ends().instant() - component.start.instant()
    for rule in component.rules:
        last = _until(rule)
        # A day more than any zone is apart, and the whole of what begins then.
        ends.append(last.replace(tzinfo=UTC) + timedelta(days=2) + length if last and last < _LATEST else NEVER)
    return min(max(ends), NEVER)


def _last(component: Component) -> date:
    """The last day on which the series may take place; a guess on the far side."""
    start = min(component.start.wall, _LATEST)
    return max([_end_of(rule, start) for rule in component.rules], default=start).date()


def _end_of(rule: str, start: datetime) -> datetime:
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";"))
    if "UNTIL" in parts:
        return _until(rule) or start + ENDLESS
    period = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}.get(parts.get("FREQ", ""))
    is_plain = not {p for p in parts if p.startswith("BY")} - ({"BYDAY"} if period == 7 else set())
    count, interval = parts.get("COUNT", ""), parts.get("INTERVAL", "1")
    if period is None or not is_plain or not all(map(_NUMBER.fullmatch, (count, interval))):
        return start + ENDLESS
    return start + min(timedelta(days=period * min(int(count) * int(interval), 3653)), ENDLESS)


def _until(rule: str) -> datetime | None:
    """The day in its UNTIL."""
    found = re.search(r"(?:^|;)UNTIL=(\d{4})(\d\d)(\d\d)", rule.upper())
    return _day(*(int(number) for number in found.groups())) if found else None


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day)
    except ValueError:
        return None
