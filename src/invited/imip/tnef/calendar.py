"""The properties of a meeting → VCALENDAR (MS-OXCICAL 2.1.3.1, MS-OXOCAL 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vDDDTypes, vRecur, vText

from invited.domain.errors import Refused
from invited.imip.tnef import recurrence
from invited.imip.tnef.body import description, html
from invited.imip.tnef.cursor import REMEDY, damaged
from invited.imip.tnef.identity import day_of, uid_of
from invited.imip.tnef.people import Attendee, Person, attendees, author, recipient
from invited.imip.tnef.recurrence import Changed, Recurrence
from invited.imip.tnef.stream import APPOINTMENT, COMMON, MEETING, Message, Properties
from invited.imip.tnef.zone import Rule, Zone, zone_of

MAX_CALENDAR = 1_000_000
"""Bytes of the result; a series repeats its people in each changed occurrence."""

MAX_LINE = 1_000
"""Characters kept of subject and location."""

_PRODID = "-//invited//winmail.dat//EN"
_PREFIX = "microsoft mail v3.0 "
_BUSY = ("FREE", "TENTATIVE", "BUSY", "OOF", "WORKINGELSEWHERE")
_CLASSES = {1: "PRIVATE", 2: "PRIVATE", 3: "CONFIDENTIAL"}
UTC_ZONE = Zone("UTC", Rule(timedelta(), timedelta()), "UTC")
_HALF_DAY, _DAY = timedelta(hours=12), timedelta(days=1)
_MAX_SEQUENCE = 2**31 - 1

_ID, _CLEAN_ID = (MEETING, 0x03), (MEETING, 0x23)
_OWNER_CHANGE, _ATTENDEE_CHANGE = (MEETING, 0x1A), (MEETING, 0x01)
_OCCURRENCE_TIME, _REPLACES = (MEETING, 0x0E), (APPOINTMENT, 0x8228)
_WHERE, _LOCATION = (MEETING, 0x02), (APPOINTMENT, 0x8208)
_SEQUENCE, _BUSY_STATUS, _INTENDED = (APPOINTMENT, 0x8201), (APPOINTMENT, 0x8205), (APPOINTMENT, 0x8224)
_STARTS = ((APPOINTMENT, 0x820D), 0x0060, (COMMON, 0x8516))
_ENDS = ((APPOINTMENT, 0x820E), 0x0061, (COMMON, 0x8517))
_PROPOSED_START, _PROPOSED_END = (APPOINTMENT, 0x8250), (APPOINTMENT, 0x8251)
_ALL_DAY, _RECURS, _PATTERN = (APPOINTMENT, 0x8215), (APPOINTMENT, 0x8223), (APPOINTMENT, 0x8216)
_IS_PROPOSAL, _FORBIDS_PROPOSAL = (APPOINTMENT, 0x8257), (APPOINTMENT, 0x825A)
_SUBJECT, _SUBJECT_PREFIX, _NORMALIZED, _TOPIC = 0x0037, 0x003D, 0x0E1D, 0x0070
_SENSITIVITY, _WANTS_RESPONSE, _SENT, _MODIFIED = 0x0036, 0x0063, 0x0039, 0x3008


@dataclass(frozen=True, slots=True)
class Kind:
    """What a message class is: a METHOD, and for an answer its PARTSTAT."""

    method: str
    partstat: str = ""


_KINDS = {
    "request": Kind("REQUEST"),
    "canceled": Kind("CANCEL"),
    "resp.pos": Kind("REPLY", "ACCEPTED"),
    "resp.neg": Kind("REPLY", "DECLINED"),
    "resp.tent": Kind("REPLY", "TENTATIVE"),
}
# MS-OXTNEF 2.3.3.4
_OLD_KINDS = {"req": "request", "cncl": "canceled", "respp": "resp.pos", "respn": "resp.neg", "respa": "resp.tent"}


def kind_of(message_class: str) -> Kind | None:
    """What a message of this class says, None where that is nothing of a meeting's."""
    name = message_class.strip().lower().removeprefix(_PREFIX)
    if name.startswith("ipm.microsoft schedule.mtg"):
        return _KINDS.get(_OLD_KINDS.get(name.removeprefix("ipm.microsoft schedule.mtg"), ""))
    rest = name.removeprefix("ipm.schedule.meeting.")
    # A class of somebody's own, such as …Request.Contoso, is what it was made from.
    return next((kind for key, kind in _KINDS.items() if rest != name and f"{rest}.".startswith(f"{key}.")), None)


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


@dataclass(frozen=True, slots=True)
class Meeting:
    """What every component of one mail says alike. `author` is who organizes or, in an answer, who answers.

    `others` are the attendees of a plan, `organizer` to whom an answer goes; `text` and `source` are the body in words
    and in HTML.
    """

    kind: Kind
    properties: Properties
    uid: str
    author: Person | None
    sent_by: Person | None
    others: tuple[Attendee, ...]
    organizer: Person | None
    text: str
    source: str

    def event(self, summary: str | None = None, location: str | None = None) -> Event:
        """A component without its times; `summary` and `location` of a changed occurrence."""
        properties, event = self.properties, Event()
        event.add("UID", self.uid)
        change = _ATTENDEE_CHANGE if self.kind.partstat else _OWNER_CHANGE
        if stamp := properties.instant(change, _SENT, _MODIFIED):
            event.add("DTSTAMP", stamp)
        event.add("SEQUENCE", max(0, min(properties.number(_SEQUENCE) or 0, _MAX_SEQUENCE)))
        event.add("SUMMARY", _one_line(_summary(properties) if summary is None else summary))
        place = properties.text(_LOCATION, _WHERE) if location is None else location
        if place:
            event.add("LOCATION", _one_line(place))
        if self.kind.partstat:
            self._answer(event)
        else:
            self._plan(event)
        return event

    def _answer(self, event: Event) -> None:
        if self.organizer:
            event.add("ORGANIZER", self.organizer.line({}))
        answer = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": self.kind.partstat}
        if self.author:
            event.add("ATTENDEE", self.author.line(answer | self._sent_by()))
        if self.text:
            event.add("COMMENT", self.text)

    def _plan(self, event: Event) -> None:
        if self.author:
            event.add("ORGANIZER", self.author.line(self._sent_by()))
        wants_response = self.properties.flag(_WANTS_RESPONSE) is not False and self.kind.method == "REQUEST"
        for other in self.others:
            rsvp = {"RSVP": "TRUE"} if wants_response else {}
            roles = {"CUTYPE": other.cutype, "ROLE": other.role, "PARTSTAT": other.partstat}
            event.add("ATTENDEE", other.person.line(roles | rsvp))
        if self.text:
            event.add("DESCRIPTION", self.text)
        if self.source:
            event.add("X-ALT-DESC", vText(self.source), parameters={"FMTTYPE": "text/html"})
        if self.kind.method == "CANCEL":
            event.add("STATUS", "CANCELLED")
        if secrecy := _CLASSES.get(self.properties.number(_SENSITIVITY) or 0):
            event.add("CLASS", secrecy)
        if self.properties.flag(_FORBIDS_PROPOSAL):
            event.add("X-MICROSOFT-DISALLOW-COUNTER", "TRUE")
        _busy(event, "X-MICROSOFT-CDO-BUSYSTATUS", self.properties.number(_BUSY_STATUS))
        intended = self.properties.number(_INTENDED)
        _busy(event, "X-MICROSOFT-CDO-INTENDEDSTATUS", intended)
        event.add("TRANSP", "TRANSPARENT" if intended == 0 else "OPAQUE")

    def _sent_by(self) -> dict[str, str]:
        return {"SENT-BY": f"mailto:{self.sent_by.address}"} if self.sent_by else {}


def written(message: Message, kind: Kind, sender: str) -> bytes:
    """The VCALENDAR of a meeting mail; raises Refused where it lacks what makes a meeting, or is beyond the limits."""
    properties = message.properties
    if kind.partstat and properties.flag(_IS_PROPOSAL):
        kind = Kind("COUNTER", kind.partstat)
    meeting = _meeting(message, kind, sender)
    series = _series(meeting)
    zone = zone_of(properties, is_series=series is not None)
    if series:
        zone = zone or _assumed(properties, series)
        events = _occurrences(meeting, series, Clock(zone, properties.flag(_ALL_DAY) or False))
    else:
        events = [_single(meeting, Clock(zone, properties.flag(_ALL_DAY) or False))]
    return _calendar(kind, events, zone)


def _calendar(kind: Kind, events: list[Event], zone: Zone | None) -> bytes:
    calendar = Calendar()
    calendar.add("PRODID", _PRODID)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", kind.method)
    if zone and any("TZID" in value.params for value in events[0].values() if hasattr(value, "params")):
        calendar.add_component(zone.component())
    for event in events:
        calendar.add_component(event)
    result: bytes = calendar.to_ical()
    return result


def _meeting(message: Message, kind: Kind, sender: str) -> Meeting:
    uid = uid_of(message.properties.binary(_ID, _CLEAN_ID) or b"")
    if uid is None:
        raise damaged("the meeting's id")
    who, sent_by = author(message.properties, sender)
    return Meeting(
        kind=kind,
        properties=message.properties,
        uid=uid,
        author=who,
        sent_by=sent_by,
        others=() if kind.partstat else tuple(attendees(message, who)),
        organizer=recipient(message) if kind.partstat else None,
        text=description(message.properties),
        source=html(message.properties),
    )


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
        return UTC_ZONE
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
        rule["UNTIL"] = [clock.day(series.last) if clock.is_all_day else (clock.zone or UTC_ZONE).instant(series.last)]
    return rule


def _day(properties: Properties) -> date | None:
    return day_of(properties.binary(_ID) or b"")


def _summary(properties: Properties) -> str:
    """The subject without what Outlook puts before it in each language, such as “Accepted: ”."""
    subject = properties.text(_SUBJECT) or ""
    topic = properties.text(_NORMALIZED, _TOPIC) or ""
    if topic and subject.endswith(topic):
        return topic
    return subject.removeprefix(properties.text(_SUBJECT_PREFIX) or "").strip() or topic


def _one_line(words: str) -> str:
    return " ".join(words.split())[:MAX_LINE]


def _busy(event: Event, name: str, status: int | None) -> None:
    if status is not None and 0 <= status < len(_BUSY):
        event.add(name, _BUSY[status])
