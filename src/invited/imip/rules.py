"""Recurrence rules as strangers write them: checked, bounded, and put right where it is safe (RFC 5545 §3.3.10)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from dateutil.rrule import rrulestr

from invited.domain.errors import Refused
from invited.domain.event import Component
from invited.domain.moment import Moment
from invited.imip.values import Written, date_time

MAX_COUNT = 10_000
"""Occurrences a COUNT may name: daily for 27 years."""

MAX_INTERVAL = 1_000

MAX_RULES = 5
"""RRULEs of one event; the standard knows one."""

MAX_RULE = 2_000
"""Characters of one rule."""

MAX_TIMES_A_DAY = 96
"""Combinations of BYHOUR, BYMINUTE and BYSECOND."""

MAX_CHECKED = 5_000
"""Occurrences looked at to find one; beyond that a change is taken on trust."""

_DAYS = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")
_RANGES = {
    "BYSECOND": (0, 60, False),
    "BYMINUTE": (0, 59, False),
    "BYHOUR": (0, 23, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYMONTH": (1, 12, False),
    "BYSETPOS": (1, 366, True),
}
_BYDAY = re.compile(rf"(?:[+-]?\d{{1,2}})?{_DAYS}")
_NUMBER = re.compile(r"([+-]?)(\d{1,3})", re.ASCII)
# Rules that surely go on: dateutil looks through eight thousand years for the next 30th of February.
_STEP = r"(?:;(?:INTERVAL=\d+|COUNT=\d+|UNTIL=[^;]*|WKST=..))*"
_ORDINALS = rf"BYDAY=(?:[+-]?[1-4]?{_DAYS},?)+"
_PLAIN = re.compile(
    rf"FREQ=(?:DAILY{_STEP}|WEEKLY{_STEP}(?:;BYDAY=(?:{_DAYS},?)+)?{_STEP}"
    rf"|(?:MONTHLY|YEARLY){_STEP}(?:;BYMONTH=\d+{_STEP})?(?:;(?:{_ORDINALS}|BYMONTHDAY=(?:1?\d|2[0-8]))){_STEP}"
    rf"(?:;BYMONTH=\d+{_STEP})?)"
)
_POSITIVE = re.compile(r"\d{1,9}", re.ASCII)


def checked(rule: str, start: Moment) -> str:
    """An RRULE value in upper case that every calendar reads alike; UNTIL brought to the type of `start`.

    Raises Refused for a rule that is wrong, or that no sane event needs.
    """
    if len(rule) > MAX_RULE:
        raise _wrong(rule, "it is too long")
    parts = _split(rule)
    frequency = parts.get("FREQ", "")
    if frequency in ("SECONDLY", "MINUTELY"):
        raise Refused(
            "The event repeats every few seconds or minutes.", "Let it repeat hourly, daily, weekly, monthly or yearly."
        )
    if frequency not in _FREQUENCIES:
        raise _wrong(rule, "it does not say how often (FREQ)")
    if "UNTIL" in parts and "COUNT" in parts:
        raise _wrong(rule, "it has both a last date (UNTIL) and a number of times (COUNT)")
    for name, value in parts.items():
        _check(rule, name, value)
    if _times_a_day(parts) > MAX_TIMES_A_DAY:
        raise _wrong(rule, f"it repeats more than {MAX_TIMES_A_DAY} times on one day")
    if "UNTIL" in parts:
        parts["UNTIL"] = _until(rule, parts["UNTIL"], start)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def misfits(master: Component, originals: Iterable[Moment]) -> list[Moment]:
    """Those of `originals` at which no occurrence of `master` starts; a rule too long or too odd to follow has none.

    An occurrence that EXDATE removed counts: changing it brings it back.
    """
    missing = {moment.instant(): moment for moment in originals}
    for start in (master.start, *(period.start for period in master.rdates)):
        missing.pop(start.instant(), None)
    for rule in master.rules:
        if missing and not _strike_out(rule, master.start, missing):
            return []
    return list(missing.values())


def _strike_out(rule: str, start: Moment, missing: dict[datetime, Moment]) -> bool:
    """Take out of `missing` what the rule gives; False where that cannot be told."""
    if not _PLAIN.fullmatch(rule):
        return False
    bare = re.sub(r";UNTIL=[^;]*", "", rule)
    last = max(missing).replace(tzinfo=None) + timedelta(days=2)
    for count, wall in enumerate(rrulestr(bare, dtstart=start.wall, ignoretz=True)):
        if wall > last or not missing:
            return True
        if count >= MAX_CHECKED:
            return False
        missing.pop(Moment(wall, start.zone).instant(), None)
    return True


def _split(rule: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in rule.upper().replace(" ", "").split(";"):
        name, _, value = part.partition("=")
        if part and (not value or name in parts):
            raise _wrong(rule, f"“{part[:40]}” is no part of a rule")
        if part:
            parts[name] = value
    return parts


def _check(rule: str, name: str, value: str) -> None:
    if name in ("FREQ", "UNTIL"):
        return
    if name == "COUNT":
        _bounded(rule, name, value, MAX_COUNT)
    elif name == "INTERVAL":
        _bounded(rule, name, value, MAX_INTERVAL)
    elif name == "WKST":
        if not re.fullmatch(_DAYS, value):
            raise _wrong(rule, "its first day of the week (WKST) is no day")
    elif name == "BYDAY":
        if not all(_BYDAY.fullmatch(day) for day in value.split(",")):
            raise _wrong(rule, f"“{value[:40]}” are no days of the week")
    elif name in _RANGES:
        _in_range(rule, name, value)
    else:
        raise _wrong(rule, f"“{name[:40]}” is no part of a rule that calendars know")


def _bounded(rule: str, name: str, value: str, limit: int) -> None:
    if not _POSITIVE.fullmatch(value) or not 1 <= int(value) <= limit:
        raise _wrong(rule, f"{name} must be a number from 1 to {limit:,}")


def _in_range(rule: str, name: str, value: str) -> None:
    low, high, is_signed = _RANGES[name]
    for item in value.split(","):
        match = _NUMBER.fullmatch(item)
        if match is None or not low <= int(match[2]) <= high or (match[1] == "-" and not is_signed):
            raise _wrong(rule, f"“{item[:20]}” is no value for {name}")


def _times_a_day(parts: dict[str, str]) -> int:
    times = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= parts.get(name, "").count(",") + 1
    return times


def _until(rule: str, value: str, start: Moment) -> str:
    """UNTIL in the type that DTSTART asks for: a date for days, else UTC.

    Google ends timed series by a date, which means the whole of that day; others by a wall time without its zone.
    """
    until = date_time(value)
    if until is None:
        raise _wrong(rule, f"“{value[:40]}” is no date to end on (UNTIL)")
    if start.is_date:
        return until.wall.strftime("%Y%m%d")
    return _instant(until, start).strftime("%Y%m%dT%H%M%SZ")


def _instant(until: Written, start: Moment) -> datetime:
    if until.is_utc:
        return until.wall.replace(tzinfo=UTC)
    wall = until.wall.replace(hour=23, minute=59, second=59) if until.is_date else until.wall
    return Moment(wall, start.zone).instant()


def _wrong(rule: str, why: str) -> Refused:
    return Refused(
        f"The way the event repeats cannot be understood: {why} (RRULE:{rule[:80]}).",
        "Open the event in your calendar, choose the repetition anew, save it and send it again.",
    )
