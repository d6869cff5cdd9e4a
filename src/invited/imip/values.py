"""Values of content lines: text, date-times, durations, whole numbers and calendar addresses (RFC 5545 §3.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from invited.domain.addresses import normalised
from invited.domain.event import Property
from invited.imip.contentlines import parameter

FIRST_YEAR = 1600
"""Apple writes birthdays of no known year into 1604."""

LAST_YEAR = 2999

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_DATE_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)(?::?(\d\d))?(Z)?)?", re.IGNORECASE | re.ASCII)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?",
    re.IGNORECASE | re.ASCII,
)
_INTEGER = re.compile(r"[+-]?\d{1,10}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Written:
    """A date or date-time as written; `wall` is midnight for a date. Without `is_utc` its zone stands elsewhere."""

    wall: datetime
    is_date: bool
    is_utc: bool


def text(value: str) -> str:
    r"""A TEXT value unescaped; any other character after a backslash stands for itself, as `\"` of some clients."""
    return _ESCAPE.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)


def date_time(value: str) -> Written | None:
    """A DATE or DATE-TIME, None where it is none; seconds may be missing, as in RFC 2446's own examples."""
    match = _DATE_TIME.fullmatch(value.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        # A leap second, 60, is not a time that calendars know.
        wall = datetime(year, month, day, hour, minute, min(second, 59))
    except ValueError:
        return None
    return Written(wall, match[4] is None, match[7] is not None)


def duration(value: str) -> timedelta | None:
    """A DURATION, None where it is none; `P1DT` of old CalDAV clients counts as one."""
    match = _DURATION.fullmatch(value.strip())
    if match is None or not any(match.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -span if match[1] == "-" else span


def integer(value: str) -> int | None:
    """A whole number, None where it is none."""
    value = value.strip()
    return int(value) if _INTEGER.fullmatch(value) else None


def stamp(value: str, arrived: datetime) -> datetime:
    """A DTSTAMP as an aware UTC datetime; `arrived` where it is missing or broken. It is UTC by definition."""
    written = date_time(value)
    return written.wall.replace(tzinfo=UTC) if written else arrived


def address(line: Property | None) -> str:
    """The normalised mail address of an ORGANIZER or ATTENDEE, "" where there is none.

    Calendar servers put a path there and the address into EMAIL; others wrap it in quotes, or in a name.
    """
    if line is None:
        return ""
    for candidate in (line.value, parameter(line, "EMAIL")):
        found = bare_address(candidate)
        if found:
            return found
    return ""


def bare_address(value: str) -> str:
    """The normalised mail address in a CAL-ADDRESS value, "" where there is none."""
    value = value.rpartition("<")[2].partition(">")[0]
    # An unquoted parameter with a colon pushes its rest in front of the value.
    at = value.lower().rfind("mailto:")
    value = value[at + 7 :] if at >= 0 else value
    try:
        return normalised(value.strip().strip("'\"").strip())
    except ValueError:
        return ""
