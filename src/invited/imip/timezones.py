"""Time zones by the names that mails give them: IANA, Windows, Outlook's cities, or only their own VTIMEZONE.

A name that tzdata knows always means what tzdata says; the VTIMEZONE sent with it is never believed over that.
"""

from __future__ import annotations

import re
import zoneinfo
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from invited.imip.contentlines import Node
from invited.imip.values import date_time, integer, text

MAX_DEFINITIONS = 50
"""VTIMEZONEs read of one calendar."""

MAX_OBSERVANCES = 60
"""STANDARD and DAYLIGHT parts read of one VTIMEZONE."""

MAX_ONSETS = 400
"""RDATEs read of one observance."""

_UTC = frozenset({"UTC", "Z", "ETC/UTC", "ETC/UCT", "UCT", "ZULU", "ETC/ZULU", "UNIVERSAL", "ETC/UNIVERSAL"})

_WINDOWS = {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items()} | {
    # Newer than CLDR's table: Microsoft's DST blog of 2026, "Interim guidance for British Columbia" and "… Alberta".
    "british columbia standard time": "America/Vancouver",
    "alberta standard time": "America/Edmonton",
}

_DISPLAY = {
    # Display names that no city gives away: learn.microsoft.com, "Default time zones" of Windows.
    "eastern time (us & canada)": "America/New_York",
    "eastern time": "America/New_York",
    "central time (us & canada)": "America/Chicago",
    "central time": "America/Chicago",
    "mountain time (us & canada)": "America/Denver",
    "mountain time": "America/Denver",
    "pacific time (us & canada)": "America/Los_Angeles",
    "pacific time": "America/Los_Angeles",
    "pacific time (canada)": "America/Vancouver",
    "atlantic time (canada)": "America/Halifax",
    "indiana (east)": "America/Indianapolis",
    "arizona": "America/Phoenix",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
    "newfoundland": "America/St_Johns",
    "saskatchewan": "America/Regina",
    "central america": "America/Guatemala",
    "brasilia": "America/Sao_Paulo",
    "brasília": "America/Sao_Paulo",
    "greenland": "America/Godthab",
    "georgetown": "America/Guyana",
    "cape verde is.": "Atlantic/Cape_Verde",
    "west central africa": "Africa/Lagos",
    "greenwich mean time": "Europe/London",
    "abu dhabi": "Asia/Dubai",
    "islamabad": "Asia/Karachi",
    "mumbai": "Asia/Kolkata",
    "sri jayawardenepura": "Asia/Colombo",
    "beijing": "Asia/Shanghai",
    "canberra": "Australia/Sydney",
    "wellington": "Pacific/Auckland",
    "solomon is.": "Pacific/Guadalcanal",
    "nuku'alofa": "Pacific/Tongatapu",
    # French, as Outlook in France names them.
    "bruxelles": "Europe/Brussels",
    "copenhague": "Europe/Copenhagen",
    "londres": "Europe/London",
}

# One well-known zone for each set of rules, in the order in which likeness is tried: most people first.
_WELL_KNOWN = (
    "Europe/Paris", "Europe/London", "Europe/Helsinki", "Europe/Moscow", "Europe/Istanbul", "Europe/Lisbon",
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix",
    "America/Anchorage", "America/Halifax", "America/St_Johns", "America/Sao_Paulo", "America/Bogota",
    "America/Mexico_City", "America/Caracas", "America/Santiago", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo",
    "Asia/Bangkok", "Asia/Dubai", "Asia/Karachi", "Asia/Dhaka", "Asia/Jerusalem", "Australia/Sydney",
    "Australia/Brisbane", "Australia/Adelaide", "Australia/Darwin", "Pacific/Auckland", "Pacific/Honolulu",
    "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "Africa/Cairo",
)  # fmt: skip

_PREFIX = re.compile(r"^\(?(?:UTC|GMT)\s*(?:[+-]\s*\d{1,2}(?:[:.]?\d\d)?)?\)?\s*", re.IGNORECASE)
_OFFSET_NAME = re.compile(r"(?:UTC|GMT)\s*([+-])\s*(\d{1,2})(?:[:.]?00)?", re.IGNORECASE)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BYDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_OFFSET = re.compile(r"([+-]?)(\d\d):?(\d\d)(?::?(\d\d))?")


@dataclass(frozen=True, slots=True)
class Yearly:
    """When the clocks change each year: on the `ordinal`th `weekday` (0 is Monday) of `month`, or on month days.

    `month` 0 and `weekday` None mean those of the observance's start; `until` is a wall time unless `is_utc`.
    """

    month: int
    weekday: int | None
    ordinal: int
    month_days: frozenset[int]
    until: datetime | None
    is_utc: bool

    def onsets(self, part: Observance, year: int) -> list[datetime]:
        """The onset of `part` in `year`, if there is one."""
        month = self.month or part.start.month
        days = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
        if self.month_days:
            days = [day for day in days if day.day in self.month_days]
        if self.weekday is not None:
            days = [day for day in days if day.weekday() == self.weekday]
        elif not self.month_days:
            days = [day for day in days if day.day == part.start.day]
        if self.ordinal:
            days = days[self.ordinal - 1 :][:1] if self.ordinal > 0 else days[self.ordinal :][:1]
        walls = [datetime.combine(day, part.start.time()) for day in days]
        return [wall for wall in walls if wall >= part.start and not self._is_over(wall, part)]

    def _is_over(self, wall: datetime, part: Observance) -> bool:
        if self.until is None:
            return False
        return (wall - part.before if self.is_utc else wall) > self.until


@dataclass(frozen=True, slots=True)
class Observance:
    """A STANDARD or DAYLIGHT part: from each onset (wall time, read with `before`) the offset is `after`."""

    start: datetime
    before: timedelta
    after: timedelta
    rule: Yearly | None = None
    dates: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """A VTIMEZONE: its observances, and the IANA name that some clients put beside its TZID."""

    observances: tuple[Observance, ...]
    alias: str = ""

    def offset(self, wall: datetime) -> timedelta | None:
        """The UTC offset that holds at a wall time, None where it has no observance that can be read."""
        onsets = _timeline(self, wall.year)
        if not onsets:
            return None
        past = [after for onset, _, after in onsets if onset <= wall]
        return past[-1] if past else onsets[0][1]


def resolve(tzid: str, definition: Definition | None, around: date) -> str | None:
    """The IANA name of the zone that a mail calls `tzid`, "UTC" for UTC itself, None where nothing tells.

    `definition` is the mail's own VTIMEZONE of that name; it decides only where the name says nothing, and then by
    the offsets of the years around `around`.
    """
    tzid = tzid.strip().strip("\"'").strip()
    named = _by_name(tzid) or (definition and _by_name(definition.alias)) or None
    if named:
        return named
    for zone in _cities(tzid):
        if definition is None or not definition.observances or _agrees(zone, definition, (around.year,)):
            return zone
    return _by_likeness(definition, around.year) if definition and definition.observances else None


def named(name: str) -> str | None:
    """The IANA name, or "UTC", that a zone's name alone tells: tzdata's own, Windows', an offset; else None."""
    return _by_name(name.strip())


def define(vtimezone: Node) -> Definition:
    """The rules of a VTIMEZONE; parts that cannot be read are left out."""
    observances = (_observance(part) for part in vtimezone.children[:MAX_OBSERVANCES])
    alias = vtimezone.value("X-LIC-LOCATION") or vtimezone.value("X-ENTOURAGE-CFTIMEZONE")
    return Definition(tuple(o for o in observances if o), text(alias))


def definitions(calendar: Node) -> Mapping[str, Definition]:
    """Every VTIMEZONE of a calendar by its TZID, wherever in the stream it stands."""
    found = [child for child in calendar.children if child.name == "VTIMEZONE"]
    return {text(node.value("TZID")).strip("\"'"): define(node) for node in found[:MAX_DEFINITIONS]}


def _by_name(name: str) -> str | None:
    if not name:
        return None
    if name.upper() in _UTC or name.lower() == "tzone://microsoft/utc":
        return "UTC"
    if zone := _known().get(name.lower()):
        return zone
    plain = name.casefold()
    if zone := _WINDOWS.get(plain) or _WINDOWS.get(f"{plain} standard time"):
        return "UTC" if zone == "Etc/UTC" else zone
    if match := _OFFSET_NAME.fullmatch(name):
        # POSIX signs: Etc/GMT-11 is eleven hours ahead.
        sign = "-" if match[1] == "+" else "+"
        return _known().get(f"etc/gmt{sign}{int(match[2])}")
    return _by_suffix(name)


def _by_suffix(name: str) -> str | None:
    """Globally unique names, as `/mozilla.org/20070129_1/Europe/Berlin` (RFC 5545 §3.2.19)."""
    if not name.startswith("/"):
        return None
    parts = name.lower().split("/")
    for start in range(max(1, len(parts) - 3), len(parts) - 1):
        if zone := _known().get("/".join(parts[start:])):
            return zone
    return None


def _cities(name: str) -> Iterator[str]:
    """The zones of the cities in an Outlook display name: first those that CLDR takes for a Windows zone."""
    name = _PREFIX.sub("", name).strip()
    tokens = [name, *(token.strip() for token in re.split(r"[,/;]", name))]
    zones = [zone for token in tokens if (zone := _DISPLAY.get(token.casefold()) or _city(token))]
    usual = set(_WINDOWS.values())
    yield from sorted(zones, key=lambda zone: zone not in usual)


def _city(token: str) -> str | None:
    return _by_city().get(re.sub(r"[ .]+", "_", token.lower()))


def _by_likeness(definition: Definition, year: int) -> str | None:
    """The best known zone with these offsets over three years, else in one: Exchange describes no more."""
    for years in ((year - 1, year, year + 1), (year,)):
        for zone in dict.fromkeys((*_WELL_KNOWN, *_WINDOWS.values())):
            if _agrees(zone, definition, years):
                return zone
    return None


@lru_cache(maxsize=4096)
def _agrees(zone: str, definition: Definition, years: tuple[int, ...]) -> bool:
    """Whether zone and definition have the same offset all through `years`."""
    info = zoneinfo.ZoneInfo(zone)
    return all(wall.replace(tzinfo=info).utcoffset() == offset for wall, offset in _samples(definition, years))


@lru_cache(maxsize=256)
def _samples(definition: Definition, years: tuple[int, ...]) -> tuple[tuple[datetime, timedelta | None], ...]:
    """Wall times that tell zones apart: each month's first noon, and some hours to either side of every onset."""
    walls = [datetime(year, month, 1, 12) for year in years for month in range(1, 13)]
    onsets = [onset for onset, _, _ in _timeline(definition, years[-1]) if onset.year in years]
    walls += [onset + timedelta(hours=step) for onset in onsets[:20] for step in (-4, 4)]
    return tuple((wall, definition.offset(wall)) for wall in walls)


@lru_cache(maxsize=1024)
def _timeline(definition: Definition, year: int) -> tuple[tuple[datetime, timedelta, timedelta], ...]:
    """Onset, offset before and offset after, in order: all single ones, those of rules in the three years to `year`."""
    found = []
    for part in definition.observances:
        walls = {part.start, *part.dates}
        for each in range(max(part.start.year, year - 2), year + 1):
            walls.update(part.rule.onsets(part, each) if part.rule else ())
        found += [(wall, part.before, part.after) for wall in walls]
    return tuple(sorted(found))


def _observance(part: Node) -> Observance | None:
    start = date_time(part.value("DTSTART"))
    before, after = _offset(part.value("TZOFFSETFROM")), _offset(part.value("TZOFFSETTO"))
    if start is None or after is None or part.name not in ("STANDARD", "DAYLIGHT"):
        return None
    rule = _yearly(part.value("RRULE")) if part.value("RRULE") else None
    dates = [written.wall for line in part.all("RDATE") for v in line.value.split(",") if (written := date_time(v))]
    return Observance(start.wall, after if before is None else before, after, rule, tuple(dates[:MAX_ONSETS]))


def _yearly(value: str) -> Yearly | None:
    """The rule of an observance; None for any that is not yearly in one month, as no zone on earth needs."""
    parts = dict(part.partition("=")[::2] for part in value.upper().split(";"))
    by_day = _BYDAY.fullmatch(parts.get("BYDAY", ""))
    month = integer(parts.get("BYMONTH", "")) or 0
    month_days = [integer(day) or 0 for day in parts.get("BYMONTHDAY", "").split(",") if day]
    if parts.get("FREQ") != "YEARLY" or parts.get("INTERVAL", "1") != "1" or not 0 <= month <= 12:
        return None
    if "BYDAY" in parts and by_day is None:
        return None
    until = date_time(parts.get("UNTIL", ""))
    return Yearly(
        month=month,
        weekday=_DAYS.index(by_day[2]) if by_day else None,
        ordinal=int(by_day[1] or 0) if by_day else 0,
        month_days=frozenset(month_days),
        until=until.wall if until else None,
        is_utc=until is not None and until.is_utc,
    )


def _offset(value: str) -> timedelta | None:
    match = _OFFSET.fullmatch(value)
    if match is None:
        return None
    span = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    if span >= timedelta(hours=24):
        return None
    return -span if match[1] == "-" else span


@cache
def _known() -> dict[str, str]:
    """All names of tzdata, those it keeps for old data too, by their lower-case form."""
    names = zoneinfo.available_timezones() - {"Factory", "localtime"}
    return {name.lower(): name for name in names}


@cache
def _by_city() -> dict[str, str]:
    """`paris` → `Europe/Paris`: the last part of every name that has a region."""
    names = sorted(name for name in _known().values() if "/" in name and not name.startswith(("Etc/", "US/")))
    return {name.rpartition("/")[2].lower(): name for name in names}
