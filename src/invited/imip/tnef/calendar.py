"""A meeting and its times → VCALENDAR (MS-OXCICAL 2.1.3.1, MS-OXOCAL 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vDDDTypes, vRecur

from invited.domain.errors import Refused
from invited.imip.tnef import recurrence
from invited.imip.tnef.cursor import REMEDY
from invited.imip.tnef.identity import day_of
from invited.imip.tnef.meeting import ID, Kind, Meeting, meeting_of
from invited.imip.tnef.recurrence import Changed, Recurrence
from invited.imip.tnef.stream import APPOINTMENT, COMMON, MEETING, Message, Properties
from invited.imip.tnef.zone import Rule, Zone, zone_of

MAX_CALENDAR = 1_000_000
"""Bytes of the result; a series repeats its people in each changed occurrence."""

# Outlook wrote it, in other words; statistics by client go by this name.
_PRODID = "-//invited//Outlook winmail.dat//EN"
_UTC = Zone("UTC", Rule(timedelta(), timedelta()), "UTC")
_HALF_DAY, _DAY = timedelta(hours=12), timedelta(days=1)

_OCCURRENCE_TIME, _REPLACES = (MEETING, 0x0E), (APPOINTMENT, 0x8228)
_STARTS = ((APPOINTMENT, 0x820D), 0x0060, (COMMON, 0x8516))
_ENDS = ((APPOINTMENT, 0x820E), 0x0061, (COMMON, 0x8517))
_PROPOSED_START, _PROPOSED_END = (APPOINTMENT, 0x8250), (APPOINTMENT, 0x8251)
_ALL_DAY, _RECURS, _PATTERN = (APPOINTMENT, 0x8215), (APPOINTMENT, 0x8223), (APPOINTMENT, 0x8216)


@dataclass(frozen=True, slots=True)
class Clock:
    """How times are written: as dates, or as wall times in a zone; instants in UTC where it has no known name."""

    zone: Zone | None
    is_all_day: bool

    def put(self, event: Event, name: str, instant: datetime) -> None:
        """An instant as the value of `name`."""
        wall = self.zone.wall(instant) if self.zone else instant.replace(tzinfo=None)
        if self.is_all_day or (self.zone and self.zone.iana):
            self.put_wall(event, name, wall)
        else:
            event.add(name, vDDDTypes(instant.astimezone(UTC)))

    def put_wall(self, event: Event, name: str, wall: datetime) -> None:
        """A wall time as the value of `name`."""
        if self.is_all_day:
            event.add(name, vDDDTypes(self.day(wall)))
        elif self.zone is None or self.zone.iana in ("UTC", "Etc/UTC"):
            event.add(name, vDDDTypes(wall.replace(tzinfo=UTC)))
        else:
            value = vDDDTypes(wall)
            value.params["TZID"] = self.zone.tzid
            event.add(name, value)

    def day(self, wall: datetime) -> date:
        """The day that begins at a midnight, or nearest to it: the zone may be a wrong one."""
        return (wall + _HALF_DAY).date()

    def span(self, start: datetime, end: datetime) -> timedelta:
        """How long it takes: never less than nothing, and never less than a day if all-day."""
        return max(end - start, _DAY if self.is_all_day else timedelta())


def written(message: Message, kind: Kind, sender: str) -> bytes:
    """The VCALENDAR of a meeting mail; raises Refused where it lacks what makes a meeting, or is beyond the limits."""
    properties = message.properties
    meeting = meeting_of(message, kind, sender)
    series = _series(meeting)
    zone = zone_of(properties, is_series=series is not None)
    if series:
        zone = zone or _assumed(properties, series)
        events = _occurrences(meeting, series, Clock(zone, properties.flag(_ALL_DAY) or False))
    else:
        events = [_single(meeting, Clock(zone, properties.flag(_ALL_DAY) or False))]
    return _calendar(meeting.kind.method, events, zone)


def _calendar(method: str, events: list[Event], zone: Zone | None) -> bytes:
    calendar = Calendar()
    calendar.add("PRODID", _PRODID)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    if zone and any(
        "TZID" in event[name].params for event in events for name in ("DTSTART", "RECURRENCE-ID") if name in event
    ):
        calendar.add_component(zone.component())
    for event in events:
        calendar.add_component(event)
    result: bytes = calendar.to_ical()
    return result


def _series(meeting: Meeting) -> Recurrence | None:
    """The whole series, if that is what is asked for; a cancellation or an answer needs no more than its id."""
    pattern = meeting.properties.binary(_PATTERN)
    if meeting.kind.method != "REQUEST" or _day(meeting.properties) or not pattern:
        return None
    return recurrence.read(pattern) if meeting.properties.flag(_RECURS) is not False else None


def _assumed(properties: Properties, series: Recurrence) -> Zone:
    """UTC, for a series without a zone whose first instant is written alike in UTC."""
    start = properties.instant(*_STARTS)
    if start and start.replace(tzinfo=None) == series.start:
        return _UTC
    raise Refused("The meeting repeats, but the mail does not say in which time zone.", REMEDY)


def _single(meeting: Meeting, clock: Clock) -> Event:
    """A meeting that takes place once, one occurrence of a series, or an answer to either or to a whole series."""
    event, properties = meeting.event(), meeting.properties
    start = properties.instant(*_STARTS)
    end = properties.instant(*_ENDS) or start
    if meeting.kind.method == "COUNTER" and start and end:
        clock.put(event, "X-MS-OLK-ORIGINALSTART", start)
        clock.put(event, "X-MS-OLK-ORIGINALEND", end)
        start = properties.instant(_PROPOSED_START) or start
        end = properties.instant(_PROPOSED_END) or end
    if start and end:
        clock.put(event, "DTSTART", start)
        clock.put(event, "DTEND", start + clock.span(start, end))
    elif meeting.kind.method == "REQUEST":
        raise Refused("The meeting in the Outlook attachment of this mail (winmail.dat) has no start.", REMEDY)
    if day := _day(properties):
        _put_original(event, clock, properties, day)
    return event


def _put_original(event: Event, clock: Clock, properties: Properties, day: date) -> None:
    """The RECURRENCE-ID: the instant that the occurrence replaces, else its day at the time of the series."""
    if instant := properties.instant(_REPLACES):
        clock.put(event, "RECURRENCE-ID", instant)
        return
    packed = properties.number(_OCCURRENCE_TIME)
    start = properties.instant(*_STARTS)
    if packed is not None and 0 <= packed >> 12 < 24 and packed >> 6 & 63 < 60:
        time = timedelta(hours=packed >> 12, minutes=packed >> 6 & 63)
    elif start:
        wall = clock.zone.wall(start) if clock.zone else start
        time = timedelta(hours=wall.hour, minutes=wall.minute)
    else:
        time = timedelta()
    wall = datetime(day.year, day.month, day.day) + (timedelta() if clock.is_all_day else time)
    clock.put_wall(event, "RECURRENCE-ID", wall)


def _occurrences(meeting: Meeting, series: Recurrence, clock: Clock) -> list[Event]:
    """The series and each of its changed occurrences."""
    master = meeting.event()
    if len(master.to_ical()) * (1 + len(series.changed)) > MAX_CALENDAR:
        raise Refused(
            "The meeting has too many changed occurrences for the number of its attendees and the length of its text.",
            "Split the series into shorter ones, or shorten its text.",
        )
    _put_span(master, clock, series.start, series.end)
    master.add("RRULE", _rule(series, clock))
    for deleted in series.deleted:
        clock.put_wall(master, "EXDATE", deleted)
    return [master, *(_changed(meeting, change, clock) for change in series.changed)]


def _changed(meeting: Meeting, change: Changed, clock: Clock) -> Event:
    event = meeting.event(change.subject, change.location)
    clock.put_wall(event, "RECURRENCE-ID", change.original)
    own = Clock(clock.zone, clock.is_all_day if change.is_all_day is None else change.is_all_day)
    _put_span(event, own, change.start, change.end)
    return event


def _put_span(event: Event, clock: Clock, start: datetime, end: datetime) -> None:
    clock.put_wall(event, "DTSTART", start)
    clock.put_wall(event, "DTEND", start + clock.span(start, end))


def _rule(series: Recurrence, clock: Clock) -> vRecur:
    """The RRULE; UNTIL is a date or in UTC, as RFC 5545 §3.3.10 asks."""
    rule = vRecur({name: value.split(",") for name, value in series.parts.items()})
    if series.last:
        rule["UNTIL"] = [clock.day(series.last) if clock.is_all_day else (clock.zone or _UTC).instant(series.last)]
    return rule


def _day(properties: Properties) -> date | None:
    return day_of(properties.binary(ID) or b"")
