"""Outlook's time zones: what a winmail.dat says of them, and the VTIMEZONE that it amounts to.

PidLidTimeZoneStruct (MS-OXOCAL 2.2.1.39) and PidLidAppointmentTimeZoneDefinition… (2.2.1.41). Where the zone has a
Windows name, tzdata says when it is what time; the rules in the mail may be years old.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from invited.domain.errors import Refused
from invited.imip.timezones import named
from invited.imip.tnef.cursor import Cursor, damaged
from invited.imip.tnef.stream import APPOINTMENT, LAST_YEAR, Properties, clean

MAX_RULES = 200
"""Rules of one definition: one for each year in which they changed."""

MAX_NAME = 100
"""Characters kept of a zone's name."""

_WHAT = "the time zone"
_NAMELESS = "Time zone of the organizer"
_EFFECTIVE = 0x0002
_DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_DAY = timedelta(days=1)
_START_DISPLAY, _RECUR, _STRUCT, _DESCRIPTION = 0x825E, 0x8260, 0x8233, 0x8234


@dataclass(frozen=True, slots=True)
class Onset:
    """When the clocks change: on the `nth` (5 is the last) `weekday` (0 is Sunday) of `month`, or once on `on`."""

    month: int
    weekday: int
    nth: int
    at: timedelta
    on: date | None = None

    def wall(self, year: int) -> datetime:
        """The wall time of the change in `year`, as the clocks show it before."""
        if self.on:
            return datetime.combine(self.on, datetime.min.time()) + self.at
        first = datetime(year, self.month, 1)
        day = first + _DAY * ((self.weekday - first.isoweekday()) % 7)
        day += timedelta(weeks=self.nth - 1)
        while day.month != self.month:
            day -= timedelta(weeks=1)
        return day + self.at


@dataclass(frozen=True, slots=True)
class Rule:
    """Offsets from UTC, and when the one gives way to the other; both None where there is no summer time."""

    standard: timedelta
    daylight: timedelta
    to_standard: Onset | None = None
    to_daylight: Onset | None = None

    def offset(self, wall: datetime) -> timedelta:
        """What holds at a wall time."""
        if self.to_standard is None or self.to_daylight is None:
            return self.standard
        winter, summer = self.to_standard.wall(wall.year), self.to_daylight.wall(wall.year)
        is_summer = summer <= wall < winter if summer < winter else not winter <= wall < summer
        return self.daylight if is_summer else self.standard


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone as a VCALENDAR names it; `iana` is what tzdata calls it, None where its name says nothing."""

    tzid: str
    rule: Rule
    iana: str | None = None

    def wall(self, instant: datetime) -> datetime:
        """The wall time of an instant."""
        if self.iana:
            return instant.astimezone(ZoneInfo(self.iana)).replace(tzinfo=None, fold=0)
        naive = instant.astimezone(UTC).replace(tzinfo=None)
        # Standard first: a wall time that the clocks skip in spring would else pass for summer time.
        walls = (naive + self.rule.standard, naive + self.rule.daylight)
        return next((wall for wall in walls if wall - self.rule.offset(wall) == naive), walls[0])

    def instant(self, wall: datetime) -> datetime:
        """The instant that a wall time names, in UTC."""
        if self.iana:
            return wall.replace(tzinfo=ZoneInfo(self.iana)).astimezone(UTC)
        return (wall - self.rule.offset(wall)).replace(tzinfo=UTC)

    def component(self) -> Timezone:
        """The VTIMEZONE, with the rules of the mail."""
        zone = Timezone()
        zone.add("TZID", self.tzid)
        rule = self.rule
        zone.add_component(_part(TimezoneStandard(), rule.to_standard, rule.daylight, rule.standard))
        if rule.to_daylight:
            zone.add_component(_part(TimezoneDaylight(), rule.to_daylight, rule.standard, rule.daylight))
        return zone


def _part(
    part: TimezoneStandard | TimezoneDaylight, onset: Onset | None, before: timedelta, after: timedelta
) -> TimezoneStandard | TimezoneDaylight:
    part.add("DTSTART", onset.wall(1601) if onset else datetime(1601, 1, 1))
    part.add("TZOFFSETFROM", before if onset else after)
    part.add("TZOFFSETTO", after)
    if onset and not onset.on:
        day = f"{-1 if onset.nth == 5 else onset.nth}{_DAYS[onset.weekday]}"
        part.add("RRULE", vRecur({"FREQ": "YEARLY", "BYMONTH": onset.month, "BYDAY": day}))
    return part


def zone_of(properties: Properties, *, is_series: bool) -> Zone | None:
    """The zone of a meeting's times, None where the mail gives none that can be read."""
    for number in (_RECUR, _START_DISPLAY) if is_series else (_START_DISPLAY, _RECUR):
        raw = properties.binary((APPOINTMENT, number))
        with suppress(Refused):
            return definition(raw or b"")
    name = properties.text((APPOINTMENT, _DESCRIPTION)) or _NAMELESS
    with suppress(Refused):
        return _named(name, structure(properties.binary((APPOINTMENT, _STRUCT)) or b""))
    return None


def definition(raw: bytes) -> Zone:
    """A PidLidAppointmentTimeZoneDefinition…: version 2, header size 2, reserved 2, name's length 2, name, count 2,
    then rules of 66 bytes, of which the one marked effective counts, else the last. Raises Refused if damaged.
    """
    cursor = Cursor(raw, _WHAT)
    cursor.take(6)
    name = bytes(cursor.take(2 * cursor.number(2))).decode("utf-16-le", "replace")
    rules = [_definition_rule(cursor) for _ in range(min(cursor.number(2), MAX_RULES))]
    if not rules:
        raise damaged(_WHAT)
    return _named(name, next((rule for flags, rule in rules if flags & _EFFECTIVE), rules[-1][1]))


def structure(raw: bytes) -> Rule:
    """A PidLidTimeZoneStruct: three biases of 4, year 2, to standard 16, year 2, to daylight 16."""
    cursor = Cursor(raw, _WHAT)
    biases = [cursor.signed(4) for _ in range(3)]
    cursor.take(2)
    to_standard = _onset(cursor)
    cursor.take(2)
    return _rule(biases, to_standard, _onset(cursor))


def _definition_rule(cursor: Cursor) -> tuple[int, Rule]:
    """A TZRule: version 2, size 2, flags 2, year 2, reserved 14, three biases of 4, two SYSTEMTIMEs of 16."""
    cursor.take(4)
    flags = cursor.number(2)
    cursor.take(16)
    biases = [cursor.signed(4) for _ in range(3)]
    to_standard = _onset(cursor)
    return flags, _rule(biases, to_standard, _onset(cursor))


def _rule(biases: list[int], to_standard: Onset | None, to_daylight: Onset | None) -> Rule:
    """Biases are minutes to be added to local time, the second and third in winter and summer."""
    bias, standard, daylight = biases
    if max(abs(bias + standard), abs(bias + daylight)) > 16 * 60:
        raise damaged(_WHAT)
    if to_standard is None or to_daylight is None:
        to_standard = to_daylight = None
    offsets = timedelta(minutes=-bias - standard), timedelta(minutes=-bias - daylight)
    return Rule(*offsets, to_standard, to_daylight)


def _onset(cursor: Cursor) -> Onset | None:
    """A SYSTEMTIME: year, month, day of week, day, hour, minute, second, millisecond; month 0 is never, year 0 each."""
    year, month, weekday, day, hour, minute, second, _ = (cursor.number(2) for _ in range(8))
    if month == 0:
        return None
    at = timedelta(hours=hour, minutes=minute, seconds=second)
    try:
        on = date(year, month, day) if year else None
    except ValueError:
        raise damaged(_WHAT) from None
    if month > 12 or weekday > 6 or at > _DAY or not (on or 1 <= day <= 5) or year > LAST_YEAR:
        raise damaged(_WHAT)
    return Onset(month, weekday, day, at, on)


def _named(name: str, rule: Rule) -> Zone:
    name = clean(name.partition("\0")[0]).replace('"', "")[:MAX_NAME].strip() or _NAMELESS
    return Zone(name, rule, named(name))
