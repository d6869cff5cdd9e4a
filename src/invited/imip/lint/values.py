"""The values that rules compare: times, durations, offsets, recurrence rules, zones by name (RFC 5545 §3.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from invited.imip.lint.scan import MAX_LIST, Calendar, Line

_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?")
_DURATION = re.compile(r"[+-]?P(?=.)(?:\d{1,6}W|(?:\d{1,6}D)?(?:T(?=\d)(?:\d{1,6}H)?(?:\d{1,6}M)?(?:\d{1,9}S)?)?)")
_OFFSET = re.compile(r"([+-])(\d{2})([0-5]\d)([0-5]\d)?")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]{0,30}(?:/[A-Za-z0-9_+\-]{1,30}){0,2}")

MAX_RULE = 2_000
"""Characters of an RRULE that are read."""

_RULE_PARTS = {
    "FREQ": r"SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"0*[1-9]\d{0,8}",
    "COUNT": r"0*[1-9]\d{0,8}",
    "UNTIL": r"\d{8}(?:T\d{6}Z?)?",
    "WKST": r"MO|TU|WE|TH|FR|SA|SU",
    "BYDAY": r"(?:[+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)",
    "BYSECOND": r"[0-5]?\d|60",
    "BYMINUTE": r"[0-5]?\d",
    "BYHOUR": r"[01]?\d|2[0-3]",
    "BYMONTHDAY": r"[+-]?(?:0?[1-9]|[12]\d|3[01])",
    "BYYEARDAY": r"[+-]?[1-9]\d{0,2}",
    "BYWEEKNO": r"[+-]?(?:0?[1-9]|[1-4]\d|5[0-3])",
    "BYMONTH": r"0?[1-9]|1[0-2]",
    "BYSETPOS": r"[+-]?[1-9]\d{0,2}",
}
_LISTS = frozenset(name for name in _RULE_PARTS if name.startswith("BY"))


class Kind(Enum):
    """How a time is meant."""

    DATE = "a whole day"
    UTC = "a time in UTC"
    ZONED = "a local time with a TZID"
    FLOATING = "a local time without a zone"


@dataclass(frozen=True, slots=True)
class Time:
    """A time as written: `wall` is naive, midnight for a whole day; `zone` is the TZID of a ZONED one."""

    kind: Kind
    wall: datetime
    zone: str = ""

    @property
    def day(self) -> date:
        """Its calendar day as written."""
        return self.wall.date()

    def instant(self) -> datetime | None:
        """The instant it names, where its zone is one that has a name; None where that cannot be told."""
        if self.kind is Kind.UTC:
            return self.wall.replace(tzinfo=UTC)
        zone = zone_named(self.zone) if self.kind is Kind.ZONED else None
        try:
            return self.wall.replace(tzinfo=zone).astimezone(UTC) if zone else None
        except OverflowError:
            return None


def time_of(line: Line | None) -> Time | None:
    """The time a line holds; None where there is no line or no single valid time in it."""
    return time_in(line.value.strip(), line.parameter("TZID")) if line else None


def time_in(text: str, tzid: str = "") -> Time | None:
    """The DATE or DATE-TIME that `text` is; None where it is neither or names no day or hour there is."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, utc = match.groups()
    try:
        # A leap second is valid iCalendar and nothing Python knows.
        wall = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), min(int(second or 0), 59))
    except ValueError:
        return None
    if hour is None:
        return Time(Kind.DATE, wall)
    if utc:
        return Time(Kind.UTC, wall)
    return Time(Kind.ZONED, wall, tzid) if tzid else Time(Kind.FLOATING, wall)


def times_of(line: Line) -> list[Time | None]:
    """What time_in makes of each value of a list such as EXDATE: the first MAX_LIST of them."""
    return [time_in(text, line.parameter("TZID")) for text in line.value.strip().split(",", MAX_LIST)[:MAX_LIST]]


def is_before(one: Time, other: Time) -> bool | None:
    """Whether `one` is before `other`; None where they cannot be compared."""
    if (one.kind, one.zone) == (other.kind, other.zone):
        return one.wall < other.wall
    instants = one.instant(), other.instant()
    if instants[0] is None or instants[1] is None:
        return None
    return instants[0] < instants[1]


def is_duration(text: str) -> bool:
    """Whether `text` is a DURATION."""
    return bool(_DURATION.fullmatch(text)) and not text.endswith("P")


def is_period(text: str) -> bool:
    """Whether `text` is a PERIOD."""
    start, _, end = text.partition("/")
    return time_in(start) is not None and (is_duration(end) or time_in(end) is not None)


def offset_in(text: str) -> timedelta | None:
    """The UTC-OFFSET that `text` is."""
    match = _OFFSET.fullmatch(text.strip())
    if match is None:
        return None
    span = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    return span if match[1] == "+" else -span


def rule_parts(rule: str) -> dict[str, tuple[str, ...]]:
    """The parts of an RRULE, names and values upper-case; a part that comes twice has both values."""
    parts: dict[str, tuple[str, ...]] = {}
    for part in rule[:MAX_RULE].strip().upper().split(";"):
        name, _, value = part.partition("=")
        if name:
            parts[name] = (*parts.get(name, ()), *value.split(","))
    return parts


def rule_fault(rule: str) -> str:
    """Why `rule` is not a valid RRULE value (RFC 5545 §3.3.10), "" if it is."""
    if len(rule) > MAX_RULE:
        return f"the rule is longer than {MAX_RULE} characters"
    parts = rule_parts(rule)
    faults = (fault for name, values in parts.items() if (fault := _part_fault(name, values)))
    return next(faults, "") or _whole_fault(parts)


def _part_fault(name: str, values: tuple[str, ...]) -> str:
    pattern = _RULE_PARTS.get(name)
    if pattern is None:
        return f"there is no rule part {name[:30]}"
    if len(values) > 1 and name not in _LISTS:
        return f"{name} has more than one value"
    wrong = next((value for value in values if not re.fullmatch(pattern, value)), None)
    return "" if wrong is None else f"{name} cannot be “{wrong[:30]}”"


def _whole_fault(parts: dict[str, tuple[str, ...]]) -> str:
    if "FREQ" not in parts:
        return "FREQ is missing"
    if "UNTIL" in parts and time_in(parts["UNTIL"][0]) is None:
        return f"UNTIL names no day there is: {parts['UNTIL'][0]}"
    return "COUNT and UNTIL exclude each other" if {"COUNT", "UNTIL"} <= parts.keys() else ""


def is_windows(tzid: str) -> bool:
    """Whether `tzid` is Microsoft's name of a zone and not IANA's too."""
    return tzid in WINDOWS_TO_OLSON and _zone(tzid) is None


def zone_named(tzid: str) -> ZoneInfo | None:
    """The zone that a TZID names, by IANA's or Microsoft's name; None if it is neither."""
    return _zone(tzid) or _zone(WINDOWS_TO_OLSON.get(tzid, ""))


def _zone(name: str) -> ZoneInfo | None:
    if not _ZONE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def used_zones(calendar: Calendar) -> dict[str, Line]:
    """Every TZID that an event refers to, with the first line that does."""
    used: dict[str, Line] = {}
    for event in calendar.events:
        for line in event.lines:
            tzid = line.parameter("TZID")
            if tzid and tzid not in used:
                used[tzid] = line
    return used
