"""PidLidAppointmentRecur → a recurrence rule, its deleted and its changed occurrences (MS-OXOCAL 2.2.1.44).

All its times are wall times in the meeting's zone, counted in minutes since 1601.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from invited.domain.errors import Refused
from invited.imip.tnef.cursor import Cursor, damaged
from invited.imip.tnef.stream import FIRST_YEAR, LAST_YEAR, clean

MAX_DELETED = 2_000
"""Deleted and changed occurrences that one pattern may list."""

MAX_CHANGED = 499
"""Changed occurrences: with the series itself, five hundred components."""

MAX_PERIOD = 1_000
"""Days, weeks, months or years between occurrences."""

MAX_COUNT = 10_000

_WHAT = "how the meeting repeats"
_DAILY, _WEEKLY, _MONTHLY, _YEARLY = 0x200A, 0x200B, 0x200C, 0x200D
_DAY, _WEEK, _MONTH, _NTH, _MONTH_END = 0, 1, 2, 3, 4
_UNTIL, _COUNT = 0x2021, 0x2022
_EVER = frozenset({0x2023, 0xFFFFFFFF})
_GREGORIAN = frozenset({0, 1, 2, 9, 10, 11, 12})
_DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_SUBJECT, _LOCATION, _BUSY, _ALL_DAY = 0x0001, 0x0010, 0x0020, 0x0080
# Further fields of an ExceptionInfo, in order: meeting type, reminder delta, reminder set stand before the location.
_BEFORE_LOCATION = (0x0002, 0x0004, 0x0008)
_EXTENDED_VERSION, _HIGHLIGHT_VERSION = 0x3008, 0x3009
_SHORTEST = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EPOCH = datetime(1601, 1, 1)


@dataclass(frozen=True, slots=True)
class Changed:
    """An occurrence that differs: `original` is when it would have begun; None is what is as in the series."""

    original: datetime
    start: datetime
    end: datetime
    subject: str | None = None
    location: str | None = None
    busy: int | None = None
    is_all_day: bool | None = None


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A series. `parts` is its RRULE without UNTIL, which is `last`: the start of the last occurrence.

    `deleted` are the starts of occurrences that do not take place.
    """

    start: datetime
    end: datetime
    parts: dict[str, str]
    last: datetime | None
    deleted: tuple[datetime, ...]
    changed: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A RecurrencePattern, MS-OXOCAL 2.2.1.44.1; dates at midnight."""

    frequency: int
    kind: int
    period: int
    mask: int
    number: int
    ending: int
    count: int
    first_weekday: int
    deleted: tuple[datetime, ...]
    start: datetime
    last: int


def read(raw: bytes) -> Recurrence:
    """The series that an AppointmentRecurrencePattern describes.

    Raises Refused where it is damaged, beyond the limits, or counts by another calendar than the Gregorian.
    """
    cursor = Cursor(raw, _WHAT)
    pattern = _pattern(cursor)
    # ReaderVersion2 4, WriterVersion2 4, StartTimeOffset 4, EndTimeOffset 4, ExceptionCount 2
    cursor.take(4)
    version, begins, ends = cursor.number(4), _minutes(cursor.number(4)), _minutes(cursor.number(4))
    infos = [_info(cursor) for _ in range(_limited(cursor.number(2), MAX_CHANGED))]
    changed = tuple(change for _, change in infos)
    if version >= _EXTENDED_VERSION:
        # They only say the same in Unicode; some writers leave them out or get them wrong.
        with suppress(Refused):
            changed = tuple(_extended(cursor, version, infos))
    if ends < begins:
        raise damaged(_WHAT)
    originals = {change.original.date() for change in changed}
    return Recurrence(
        start=pattern.start + begins,
        end=pattern.start + ends,
        parts=_parts(pattern),
        last=_date(pattern.last) + begins if pattern.ending == _UNTIL else None,
        deleted=tuple(day + begins for day in pattern.deleted if day.date() not in originals),
        changed=changed,
    )


def _pattern(cursor: Cursor) -> _Pattern:
    """ReaderVersion 2, WriterVersion 2, RecurFrequency 2, PatternType 2, CalendarType 2, FirstDateTime 4, Period 4,
    SlidingFlag 4, PatternTypeSpecific 0, 4 or 8, EndType 4, OccurrenceCount 4, FirstDOW 4, DeletedInstanceCount 4 and
    dates, ModifiedInstanceCount 4 and dates, StartDate 4, EndDate 4.
    """
    cursor.take(4)
    frequency, kind, calendar = cursor.number(2), cursor.number(2), cursor.number(2)
    if calendar not in _GREGORIAN or kind > _MONTH_END:
        raise Refused(
            "The meeting repeats by a calendar other than the Gregorian.",
            "Let it repeat by the Gregorian calendar, or make an event of its own for each date.",
        )
    cursor.take(4)
    period, _sliding = cursor.number(4), cursor.number(4)
    mask = cursor.number(4) if kind != _DAY else 0
    number = cursor.number(4) if kind == _NTH else 0
    ending, count, first_weekday = cursor.number(4), cursor.number(4), cursor.number(4)
    deleted = tuple(_date(cursor.number(4)) for _ in range(cursor.count(MAX_DELETED)))
    for _ in range(cursor.count(MAX_DELETED)):
        cursor.take(4)
    start, last = _date(cursor.number(4)), cursor.number(4)
    return _Pattern(frequency, kind, period, mask, number, ending, count, min(first_weekday, 6), deleted, start, last)


def _parts(pattern: _Pattern) -> dict[str, str]:
    """The RRULE in parts, but for UNTIL (MS-OXCICAL 2.1.3.2.2)."""
    if pattern.kind in (_DAY, _WEEK):
        parts = _by_day(pattern) if pattern.kind == _DAY else _by_week(pattern)
    else:
        parts = _by_month(pattern)
    if pattern.ending == _COUNT:
        parts["COUNT"] = str(_limited(pattern.count, MAX_COUNT, 1))
    elif pattern.ending != _UNTIL and pattern.ending not in _EVER:
        raise damaged(_WHAT)
    return parts


def _by_day(pattern: _Pattern) -> dict[str, str]:
    days, rest = divmod(pattern.period, 24 * 60)
    if rest:
        raise damaged(_WHAT)
    return _frequency("DAILY", days)


def _by_week(pattern: _Pattern) -> dict[str, str]:
    """Also "every weekday", which is a daily frequency with a pattern of days in the week."""
    parts = _frequency("WEEKLY", pattern.period if pattern.frequency == _WEEKLY else 1)
    parts["BYDAY"] = ",".join(_weekdays(pattern.mask))
    if "INTERVAL" in parts:
        parts["WKST"] = _DAYS[pattern.first_weekday]
    return parts


def _by_month(pattern: _Pattern) -> dict[str, str]:
    years, rest = divmod(pattern.period, 12)
    month = pattern.start.month
    if pattern.frequency == _YEARLY and rest == 0:
        parts = _frequency("YEARLY", years) | {"BYMONTH": str(month)}
        shortest = _SHORTEST[month - 1]
    else:
        parts = _frequency("MONTHLY", pattern.period)
        shortest = 28
    return parts | (_nth(pattern) if pattern.kind == _NTH else _month_day(pattern, shortest))


def _nth(pattern: _Pattern) -> dict[str, str]:
    days, number = _weekdays(pattern.mask), -1 if pattern.number == 5 else _limited(pattern.number, 4, 1)
    if len(days) == 1:
        return {"BYDAY": f"{number}{days[0]}"}
    return {"BYDAY": ",".join(days), "BYSETPOS": str(number)}


def _month_day(pattern: _Pattern, shortest: int) -> dict[str, str]:
    """A day of the month; where a month has no such day, Outlook takes its last."""
    day = _limited(pattern.mask, 31, 1)
    if pattern.kind == _MONTH_END or day == 31 > shortest:
        return {"BYMONTHDAY": "-1"}
    if day <= shortest:
        return {"BYMONTHDAY": str(day)}
    return {"BYMONTHDAY": ",".join(map(str, range(shortest, day + 1))), "BYSETPOS": "-1"}


def _frequency(name: str, interval: int) -> dict[str, str]:
    parts = {"FREQ": name}
    if _limited(interval, MAX_PERIOD, 1) > 1:
        parts["INTERVAL"] = str(interval)
    return parts


def _weekdays(mask: int) -> list[str]:
    days = [day for bit, day in enumerate(_DAYS) if mask >> bit & 1]
    if not days or mask >> 7:
        raise damaged(_WHAT)
    return days


def _info(cursor: Cursor) -> tuple[int, Changed]:
    """An ExceptionInfo, 2.2.1.44.2: start 4, end 4, original start 4, flags 2, and a field for each flag. Subject and
    location are in the sender's code page: length and terminator 2, length 2, characters.
    """
    start, end, original = (_date(cursor.number(4)) for _ in range(3))
    if end < start:
        raise damaged(_WHAT)
    flags = cursor.number(2)
    subject = _ansi(cursor) if flags & _SUBJECT else None
    for flag in _BEFORE_LOCATION:
        cursor.take(4 if flags & flag else 0)
    location = _ansi(cursor) if flags & _LOCATION else None
    busy = cursor.number(4) if flags & _BUSY else None
    cursor.take(4 if flags & 0x0040 else 0)
    is_all_day = bool(cursor.number(4)) if flags & _ALL_DAY else None
    cursor.take(4 if flags & 0x0100 else 0)
    return flags, Changed(original, start, end, subject, location, busy, is_all_day)


def _extended(cursor: Cursor, version: int, infos: list[tuple[int, Changed]]) -> list[Changed]:
    """The ExtendedExceptions, 2.2.1.44.4, which tell subject and location in Unicode; a reserved block before them.

    Each: change highlight (size 4, itself), reserved block; then, if subject or location changed, three times of 4,
    the strings with their lengths of 2, reserved block.
    """
    cursor.take(cursor.number(4))
    found = []
    for flags, info in infos:
        change = info
        if version >= _HIGHLIGHT_VERSION:
            cursor.take(cursor.number(4))
        cursor.take(cursor.number(4))
        if flags & (_SUBJECT | _LOCATION):
            cursor.take(12)
            if flags & _SUBJECT:
                change = replace(change, subject=_wide(cursor))
            if flags & _LOCATION:
                change = replace(change, location=_wide(cursor))
            cursor.take(cursor.number(4))
        found.append(change)
    return found


def _ansi(cursor: Cursor) -> str:
    cursor.take(2)
    return clean(bytes(cursor.take(cursor.number(2))).decode("cp1252", "replace"))


def _wide(cursor: Cursor) -> str:
    return clean(bytes(cursor.take(2 * cursor.number(2))).decode("utf-16-le", "replace"))


def _limited(number: int, highest: int, lowest: int = 0) -> int:
    if not lowest <= number <= highest:
        raise damaged(_WHAT)
    return number


def _minutes(number: int) -> timedelta:
    """A time of day; an occurrence may end days after it began."""
    return timedelta(minutes=_limited(number, 366 * 24 * 60))


def _date(minutes: int) -> datetime:
    found = _EPOCH + timedelta(minutes=minutes)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise damaged(_WHAT)
    return found
