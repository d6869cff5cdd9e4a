"""When a recurrence rule falls (RFC 5545 §3.3.10): its dates in order, in bounded time whatever the rule says.

Own code, because no library can be bounded: for a rule that never falls, such as every 30 February, python-dateutil
looks through every hour up to the year 9999 before it gives anything back. Checked against it in the tests. Followed
are the rules that `imip.rules.checked` lets pass, so HOURLY at most; any other gives no dates.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import product
from zoneinfo import ZoneInfo

from invited.domain.moment import Moment

MAX_STEPS = 20_000
"""Periods (years, months, weeks, days or hours) that are looked at for one question."""

MAX_YEARS = 100
"""How far beyond the date asked for a rule is followed."""

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)
_LAST_YEAR = 9990


@dataclass(frozen=True, slots=True)
class Rule:
    """An RRULE taken apart, with what it leaves to DTSTART filled in. `days` are (ordinal or 0, weekday from Monday);
    of an empty set every value will do. `until` is naive, and a UTC time unless the series is of whole days.
    """

    frequency: str
    interval: int
    count: int | None
    until: datetime | None
    week_start: int
    months: frozenset[int]
    weeks: frozenset[int]
    year_days: frozenset[int]
    month_days: frozenset[int]
    days: frozenset[tuple[int, int]]
    hours: tuple[int, ...]
    times: tuple[time, ...]
    positions: frozenset[int]

    def has_day(self, day: date) -> bool:
        """Whether the parts that name days all allow this one."""
        if self.months and day.month not in self.months:
            return False
        if self.month_days and not _either(day.day, monthrange(day.year, day.month)[1], self.month_days):
            return False
        if self.days and not any(self._is_weekday(day, *named) for named in self.days):
            return False
        if self.year_days and not _either(day.timetuple().tm_yday, _length(day.year), self.year_days):
            return False
        return not self.weeks or _either(*_week(day, self.week_start), self.weeks)

    def _is_weekday(self, day: date, ordinal: int, weekday: int) -> bool:
        if day.weekday() != weekday:
            return False
        if not ordinal or self.frequency not in ("YEARLY", "MONTHLY"):
            return True
        if self.frequency == "YEARLY" and not self.months:
            place, length = day.timetuple().tm_yday, _length(day.year)
        else:
            place, length = day.day, monthrange(day.year, day.month)[1]
        return ordinal == ((place - 1) // 7 + 1 if ordinal > 0 else -((length - place) // 7 + 1))

    def of_period(self, first: datetime) -> list[datetime]:
        """What falls into the period that begins at `first`, in order."""
        days = [day for day in _span(self.frequency, first.date(), self.months) if self.has_day(day)]
        if not days or (self.frequency == "HOURLY" and self.hours and first.hour not in self.hours):
            return []
        hours = (first.hour,) if self.frequency == "HOURLY" else self.hours
        found = [
            datetime.combine(day, at.replace(hour=hour)) for day, hour, at in product(days, sorted(hours), self.times)
        ]
        if not self.positions:
            return found
        return [wall for place, wall in enumerate(found, 1) if _either(place, len(found), self.positions)]


def falls(rule: str, start: Moment, since: datetime, until: datetime | None = None) -> Iterator[Moment]:
    """The dates of `rule` for a series from `start`, in order; none before `since`, a wall time in the zone of `start`.

    Ends where the rule does, hardly later than `until`, or where nothing more is found within MAX_STEPS periods and
    MAX_YEARS years.
    """
    parsed = _parsed(rule, start.wall, start.is_date)
    if parsed is None:
        return
    for number, wall in enumerate(_walls(parsed, start.wall, start.wall if parsed.count else since, until), 1):
        moment = Moment(wall, start.zone)
        if (parsed.count and number > parsed.count) or (parsed.until and _is_after(moment, parsed.until)):
            return
        if wall >= since:
            yield moment


def falls_at(rule: str, start: Moment, instant: datetime) -> bool:
    """Whether `rule` has a date at this instant."""
    wall = instant.astimezone(ZoneInfo(start.zone) if start.zone not in (None, "UTC") else UTC).replace(tzinfo=None)
    if "COUNT=" in rule.upper():
        return instant in _counted(rule, start)
    return any(moment.instant() == instant for moment in falls(rule, start, wall - _DAY, wall + _DAY))


@lru_cache(maxsize=16)
def _counted(rule: str, start: Moment) -> frozenset[datetime]:
    """All dates of a rule with a COUNT: it can only be counted from its start, so once for many questions."""
    return frozenset(moment.instant() for moment in falls(rule, start, start.wall))


def _is_after(moment: Moment, until: datetime) -> bool:
    return moment.instant() > until.replace(tzinfo=UTC)


def _walls(rule: Rule, start: datetime, since: datetime, until: datetime | None) -> Iterator[datetime]:
    last = min(max(start.year, since.year) + MAX_YEARS, _LAST_YEAR)
    end = min(until or datetime(last, 12, 31), datetime(last, 12, 31))
    step = _first_step(rule, start, since)
    for _ in range(MAX_STEPS):
        first = _period(rule, start, step)
        if first is None or first > end:
            return
        found = rule.of_period(first)
        yield from (wall for wall in found if wall >= start)
        # An hour of a day that the rule does not have: on to the next day.
        is_lost = rule.frequency == "HOURLY" and not found and not rule.has_day(first.date())
        step += -(-(24 - first.hour) // rule.interval) if is_lost else 1


def _first_step(rule: Rule, start: datetime, since: datetime) -> int:
    """The number of the last period that surely lies before `since`."""
    gone = max(since - start, timedelta())
    units = {
        "YEARLY": since.year - start.year,
        "MONTHLY": (since.year - start.year) * 12 + since.month - start.month,
        "WEEKLY": gone.days // 7,
        "DAILY": gone.days,
        "HOURLY": gone // timedelta(hours=1),
    }[rule.frequency]
    return max(0, units // rule.interval - 1)


def _period(rule: Rule, start: datetime, step: int) -> datetime | None:
    """When the period number `step` begins, None beyond the calendar."""
    try:
        match rule.frequency:
            case "YEARLY":
                return datetime(start.year + step * rule.interval, 1, 1)
            case "MONTHLY":
                years, month = divmod(start.month - 1 + step * rule.interval, 12)
                return datetime(start.year + years, month + 1, 1)
            case "WEEKLY":
                back = (start.weekday() - rule.week_start) % 7
                return datetime(*start.timetuple()[:3]) + timedelta(weeks=step * rule.interval, days=-back)
            case "DAILY":
                return datetime(*start.timetuple()[:3]) + timedelta(days=step * rule.interval)
            case _:
                return start.replace(minute=0, second=0) + timedelta(hours=step * rule.interval)
    except (ValueError, OverflowError):
        return None


def _span(frequency: str, first: date, months: frozenset[int]) -> Iterator[date]:
    """The days of a period; of a year only those of the named months."""
    if frequency == "YEARLY":
        for month in sorted(months) or range(1, 13):
            yield from _span("MONTHLY", date(first.year, month, 1), months)
        return
    length = {"MONTHLY": monthrange(first.year, first.month)[1], "WEEKLY": 7}.get(frequency, 1)
    yield from (first + timedelta(days=number) for number in range(length))


def _either(place: int, length: int, named: frozenset[int]) -> bool:
    """Whether a place is named, counted from either end."""
    return place in named or place - length - 1 in named


def _length(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _week(day: date, week_start: int) -> tuple[int, int]:
    """The number of a day's week and how many weeks the year of that week has; the first one has four of its days."""
    first = day - timedelta(days=(day.weekday() - week_start) % 7)
    year = (first + timedelta(days=3)).year
    begin, end = _first_week(year, week_start), _first_week(year + 1, week_start)
    return (first - begin).days // 7 + 1, (end - begin).days // 7


def _first_week(year: int, week_start: int) -> date:
    fourth = date(year, 1, 4)
    return fourth - timedelta(days=(fourth.weekday() - week_start) % 7)


@lru_cache(maxsize=1024)
def _parsed(text: str, start: datetime, is_date: bool) -> Rule | None:  # noqa: FBT001
    parts = dict(part.partition("=")[::2] for part in text.upper().split(";") if part)
    try:
        return _rule(parts, start, is_date=is_date)
    except ValueError:
        return None


def _rule(parts: dict[str, str], start: datetime, *, is_date: bool) -> Rule | None:
    frequency = parts.get("FREQ", "")
    interval = int(parts.get("INTERVAL", "1"))
    if frequency not in ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY") or interval < 1:
        return None
    if is_date:
        parts = {name: value for name, value in parts.items() if name not in ("BYHOUR", "BYMINUTE", "BYSECOND")}
    parts = parts | _implied(frequency, parts, start)
    hours = _numbers(parts, "BYHOUR")
    minutes, seconds = _numbers(parts, "BYMINUTE") or {start.minute}, _numbers(parts, "BYSECOND") or {start.second}
    return Rule(
        frequency=frequency,
        interval=interval,
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
        week_start=_DAYS.index(parts.get("WKST", "MO")),
        months=_numbers(parts, "BYMONTH"),
        weeks=_numbers(parts, "BYWEEKNO"),
        year_days=_numbers(parts, "BYYEARDAY"),
        month_days=_numbers(parts, "BYMONTHDAY"),
        days=frozenset(_weekday(day) for day in parts.get("BYDAY", "").split(",") if day),
        hours=tuple(sorted(hours)) if frequency == "HOURLY" else tuple(sorted(hours or {start.hour})),
        times=tuple(time(0, minute, second) for minute, second in product(sorted(minutes), sorted(seconds))),
        positions=_numbers(parts, "BYSETPOS"),
    )


def _implied(frequency: str, parts: dict[str, str], start: datetime) -> dict[str, str]:
    """What a rule that names no day takes from DTSTART."""
    if {"BYYEARDAY", "BYMONTHDAY", "BYDAY"} & set(parts):
        return {}
    weekday = {"BYDAY": _DAYS[start.weekday()]}
    match frequency:
        case "YEARLY" if "BYWEEKNO" in parts:
            return weekday
        case "YEARLY":
            return {"BYMONTHDAY": str(start.day)} | ({} if "BYMONTH" in parts else {"BYMONTH": str(start.month)})
        case "MONTHLY":
            return {"BYMONTHDAY": str(start.day)}
        case "WEEKLY":
            return weekday
        case _:
            return {}


def _numbers(parts: dict[str, str], name: str) -> frozenset[int]:
    return frozenset(int(number) for number in parts.get(name, "").split(",") if number)


def _weekday(day: str) -> tuple[int, int]:
    return int(day[:-2] or 0), _DAYS.index(day[-2:])


def _until(value: str) -> datetime:
    return datetime.fromisoformat(value.removesuffix("Z"))
