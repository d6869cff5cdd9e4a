"""VTIMEZONE out (RFC 5545 §3.6.5), in the one form that Outlook reads, too: yearly RRULEs with one BYDAY each.

The rules are found by asking the zone data when the clocks really change around the years in question, so that they
hold for exactly those years. Where the changes of a zone follow no yearly rule, or its rules change within the span,
several observances follow each other, each bounded by UNTIL. See docs/decisions/0003-vtimezone.md.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_BEFORE = timedelta(days=770)
"""How far back yearly rules are sought: two years, and what an nth weekday can shift, so that a rule's last year
is still known for a rule."""
_LONGEST = timedelta(days=30 * 366)
"""The longest span looked through; after it the last rules go on."""
_OUTLOOK = 12
"""Years after the span that decide between 4SU and -1SU, where the span itself allows both."""
_EARLIEST, _LATEST = date(1850, 1, 1), date(2200, 1, 1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class _Onset:
    """One change of the clocks: at wall time `at`, as it was shown before, from one UTC offset to another."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_daylight: bool

    def kind(self) -> tuple[object, ...]:
        """What two onsets of one yearly rule have in common."""
        return (self.at.month, self.at.time(), self.before, self.after, self.is_daylight)

    def weeks(self) -> tuple[int, ...]:
        """Which weekdays of their month it may be counted as: the last, the nth from the start."""
        days = calendar.monthrange(self.at.year, self.at.month)[1]
        last = (-1,) if self.at.day + 7 > days else ()
        return last + (((self.at.day + 6) // 7,) if self.at.day <= 28 else ())

    def next_year(self, week: int) -> datetime:
        """When the yearly rule that counts it as `week` comes next."""
        year, month = self.at.year + 1, self.at.month
        if week > 0:
            shift = (self.at.weekday() - date(year, month, 1).weekday()) % 7
            day = 1 + shift + 7 * (week - 1)
        else:
            days = calendar.monthrange(year, month)[1]
            day = days - (date(year, month, days).weekday() - self.at.weekday()) % 7
        return self.at.replace(year=year, day=day)


@dataclass(frozen=True, slots=True)
class _Observance:
    """Onsets of consecutive years that one rule describes; bounded where the rule would go on after the last one."""

    onsets: tuple[_Onset, ...]
    week: int
    is_bounded: bool


def vtimezone(zone: str, first: date, last: date) -> list[str]:
    """The unfolded content lines of VTIMEZONE `zone` (an IANA name), right for every wall time from `first` to `last`.

    A span of more than 30 years is looked through for 30; after that the last rules go on.

    Raises ZoneInfoNotFoundError.
    """
    return list(_vtimezone(zone, first, last))


@lru_cache(maxsize=1024)
def _vtimezone(zone: str, first: date, last: date) -> tuple[str, ...]:
    begin = min(max(first, _EARLIEST), _LATEST)
    end = min(max(last, begin), begin + _LONGEST)
    observances = _observances(zone, begin, end)
    lines = [f"BEGIN:VTIMEZONE\nTZID:{zone}"]
    if not observances or observances[0].onsets[0].at > datetime.combine(begin - _DAY, time()):
        lines.append(_initial(zone, begin, first))
    # Outlook wants a STANDARD in every zone.
    has_standard = len(lines) > 1 or any(not o.onsets[0].is_daylight for o in observances)
    lines += [_written(o, has_standard=has_standard) for o in observances]
    return tuple("\n".join([*lines, "END:VTIMEZONE"]).split("\n"))


def _observances(zone: str, begin: date, end: date) -> list[_Observance]:
    """What is needed from the day before `begin` to the day after `end`, by first onset."""
    start = datetime.combine(begin, time()) - _DAY
    stop = datetime.combine(end, time()) + 2 * _DAY
    onsets = [
        onset
        for year in range((begin - _BEFORE).year, end.year + _OUTLOOK + 1)
        for onset in _onsets(zone, year)
        if onset.at >= start - _BEFORE
    ]
    in_force = max((o.at for o in onsets if o.at <= start), default=start)
    found = [_observance(run, week, stop) for run, week in _runs(onsets) if run[0].at < stop]
    needed = [o for o in found if not o.is_bounded or o.onsets[-1].at >= in_force]
    if len(needed) != 1:
        return needed
    # With nothing to take it back, what remains is the change that came last.
    came = [onset for onset in needed[0].onsets if onset.at < stop]
    return [replace(needed[0], onsets=tuple(came[-1:]))]


def _runs(onsets: list[_Onset]) -> Iterator[tuple[list[_Onset], int]]:
    """`onsets` shared out among yearly rules, each taking as many years as it can."""
    while onsets:
        run, week = max(((_run(onsets, week), week) for week in onsets[0].weeks()), key=lambda found: len(found[0]))
        yield run, week
        onsets = [o for o in onsets if o not in run]


def _run(onsets: list[_Onset], week: int) -> list[_Onset]:
    run = onsets[:1]
    for onset in onsets[1:]:
        if onset.kind() == run[0].kind() and onset.at == run[-1].next_year(week):
            run.append(onset)
    return run


def _observance(run: list[_Onset], week: int, stop: datetime) -> _Observance:
    """`run` as it is told to somebody who asks until `stop`. What came only once is no rule: it is bounded, too."""
    is_rule = len(run) > 1 and run[-1].next_year(week) >= stop
    return _Observance(tuple(run), week, not is_rule)


def _written(observance: _Observance, *, has_standard: bool) -> str:
    onset = observance.onsets[0]
    name = "DAYLIGHT" if onset.is_daylight and has_standard else "STANDARD"
    return _block(name, onset, _rule(observance))


def _rule(observance: _Observance) -> str:
    """The RRULE; "" for a change that came once."""
    onset, last = observance.onsets[0], observance.onsets[-1]
    if onset is last:
        return ""
    # A day more than the last onset, which harms no reader and serves those who compare UNTIL with the wall clock.
    until = f"UNTIL={_compact(last.at - last.before + _DAY)}Z;" if observance.is_bounded else ""
    weekday = f"{observance.week}{_WEEKDAYS[onset.at.weekday()]}"
    return f"RRULE:FREQ=YEARLY;{until}BYMONTH={onset.at.month};BYDAY={weekday}"


def _initial(zone: str, begin: date, first: date) -> str:
    """What holds from of old until the first change of the span."""
    start = datetime.combine(begin - _DAY, time(), UTC).astimezone(ZoneInfo(zone))
    since = datetime(max(1, min(1970, first.year - 1)), 1, 1)
    offset = start.utcoffset() or timedelta()
    return _block("STANDARD", _Onset(since, offset, offset, start.tzname() or "", is_daylight=False))


def _block(kind: str, onset: _Onset, rule: str = "") -> str:
    lines = [
        f"BEGIN:{kind}",
        f"DTSTART:{_compact(onset.at)}",
        rule,
        f"TZOFFSETFROM:{_offset(onset.before)}",
        f"TZOFFSETTO:{_offset(onset.after)}",
        f"TZNAME:{onset.name}" if onset.name else "",
        f"END:{kind}",
    ]
    return "\n".join(line for line in lines if line)


def _compact(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("-", "").replace(":", "")


def _offset(offset: timedelta) -> str:
    """§3.3.14: seconds only where there are some, and no -0000."""
    seconds = int(abs(offset).total_seconds())
    sign = "-" if offset < timedelta() else "+"
    text = f"{sign}{seconds // 3600:02}{seconds // 60 % 60:02}"
    return f"{text}{seconds % 60:02}" if seconds % 60 else text


@cache
def _onsets(zone: str, year: int) -> tuple[_Onset, ...]:
    """The changes of one UTC year, found by looking at every day and halving those in which the offset changes."""
    info = ZoneInfo(zone)
    midnight = int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
    days = range(midnight, int(datetime(year + 1, 1, 1, tzinfo=UTC).timestamp()) + 1, 86400)
    offsets = [datetime.fromtimestamp(day, info).utcoffset() for day in days]
    return tuple(_onset(info, days[i], days[i + 1]) for i in range(len(days) - 1) if offsets[i] != offsets[i + 1])


def _onset(info: ZoneInfo, low: int, high: int) -> _Onset:
    """The change between two Unix times."""
    before = datetime.fromtimestamp(low, info)
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, info).utcoffset() == before.utcoffset():
            low = middle
        else:
            high = middle
    after = datetime.fromtimestamp(high, info)
    old, new = before.utcoffset() or timedelta(), after.utcoffset() or timedelta()
    # Ireland and Morocco call their winter or Ramadan a negative summer time; what Outlook wants is the higher offset.
    is_daylight = (after.dst() or timedelta()) > (before.dst() or timedelta())
    return _Onset(
        datetime.fromtimestamp(high, UTC).replace(tzinfo=None) + old, old, new, after.tzname() or "", is_daylight
    )
