"""Rules of the calendar object: its METHOD and the properties of its events."""

from __future__ import annotations

import re

from invited.imip.lint.rule import Hits, Severity, for_calendar, for_event, for_invite, for_sample, shown
from invited.imip.lint.sample import Mail, Sample
from invited.imip.lint.scan import Calendar, Component, Line
from invited.imip.lint.values import is_duration, is_period, time_in

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

MAX_UID = 255
"""Octets of a UID that every calendar keeps."""

_METHODS = ("PUBLISH", "REQUEST", "REPLY", "ADD", "CANCEL", "REFRESH", "COUNTER", "DECLINECOUNTER")
_ONCE = (
    *("UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "LOCATION", "ORGANIZER", "SEQUENCE"),
    *("STATUS", "TRANSP", "CLASS", "PRIORITY", "GEO", "URL", "CREATED", "LAST-MODIFIED", "RECURRENCE-ID"),
)
_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "DTSTAMP", "CREATED", "LAST-MODIFIED")
_INTEGER = re.compile(r"[0-9]{1,10}")
_GEO = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?;[+-]?\d{1,3}(?:\.\d{1,20})?")


# The object


@for_calendar(
    ERROR,
    "outlook exchange",
    source="MS-OXCICAL §2.1.3.1.1 <1>",
    remedy="Put all components into one VCALENDAR, different events into different mails.",
)
def calendar_several(calendar: Calendar) -> Hits:
    """There are several VCALENDARs: Exchange and Outlook read one."""
    for component in calendar.objects[1:2]:
        yield (calendar.at(component), f"There are {len(calendar.objects)} VCALENDAR objects.")


@for_calendar(ERROR, "rfc", source="RFC 5545 §3.7.4", remedy="Add VERSION:2.0.")
def version(calendar: Calendar) -> Hits:
    """VERSION is missing or not 2.0."""
    for component in calendar.objects:
        value = component.text("VERSION")
        if value != "2.0":
            yield (calendar.at(component), f"VERSION is “{shown(value)}”." if value else "VERSION is missing.")


@for_calendar(ERROR, "rfc", source="RFC 5545 §3.7.3", remedy="Add a PRODID that names your product.")
def prodid_missing(calendar: Calendar) -> Hits:
    """PRODID is missing; clients choose their workarounds by it."""
    for component in calendar.objects:
        if not component.text("PRODID"):
            yield (calendar.at(component), "PRODID is missing.")


@for_calendar(ERROR, "rfc", source="RFC 5545 §3.7.1", remedy="Write CALSCALE:GREGORIAN or leave it off.")
def calscale(calendar: Calendar) -> Hits:
    """CALSCALE is not GREGORIAN, the only one there is."""
    for component in calendar.objects:
        line = component.first("CALSCALE")
        if line and line.value.strip().upper() != "GREGORIAN":
            yield (calendar.at(line), f"CALSCALE is “{shown(line.value)}”.")


@for_calendar(ERROR, "rfc", source="RFC 5545 §3.6", remedy="Add the VEVENT.")
def event_missing(calendar: Calendar) -> Hits:
    """The calendar object holds no VEVENT: there is nothing to show."""
    others = ("VTODO", "VJOURNAL", "VFREEBUSY")
    for component in calendar.objects[:1]:
        if not calendar.events and not any(c.name in others for o in calendar.objects for c in o.children):
            yield (calendar.at(component), "There is no VEVENT.")


# The METHOD


@for_invite(
    ERROR,
    "outlook rfc",
    source="RFC 6047 §2.4, sebbo2002/ical-generator#534",
    remedy="Add METHOD:REQUEST.",
)
def method_missing(mail: Mail, calendar: Calendar) -> Hits:
    """The mailed calendar object has no METHOD: Outlook shows “not supported calendar message.ics”."""
    if mail.invites and calendar.objects and not calendar.method:
        yield (calendar.at(calendar.objects[0]), "METHOD is missing.")


@for_sample(
    NOTE,
    "gmail outlook apple",
    source="RFC 5546 §1.4",
    remedy="To ask for an answer, mail it with METHOD:REQUEST, ORGANIZER and ATTENDEE.",
)
def method_none(sample: Sample) -> Hits:
    """The file has no METHOD: it can be imported, but nobody is asked for an answer."""
    calendar = sample.calendars[0] if sample.calendars and not sample.mail else None
    if calendar and calendar.events and not calendar.method:
        yield (calendar.at(calendar.objects[0]), "METHOD is missing.")


@for_calendar(
    ERROR,
    "rfc",
    source="RFC 5546 §1.4",
    remedy="Use REQUEST to invite, CANCEL to withdraw, REPLY to answer.",
)
def method_unknown(calendar: Calendar) -> Hits:
    """METHOD is none of iTIP's."""
    if calendar.method and calendar.method not in _METHODS:
        yield (calendar.at(calendar.objects[0]), f"METHOD is “{shown(calendar.method)}”.")


@for_invite(
    WARNING,
    "outlook gmail apple",
    source="RFC 5546 §3.2.1",
    remedy="Use METHOD:REQUEST with ORGANIZER and the guest as ATTENDEE.",
)
def method_publish(mail: Mail, calendar: Calendar) -> Hits:
    """PUBLISH is an announcement: clients offer “add to calendar” or a file, and no answer comes back."""
    if mail.parts and calendar.method == "PUBLISH":
        yield (calendar.at(calendar.objects[0]), "METHOD is PUBLISH.")


@for_event(
    ERROR,
    "gmail outlook",
    source="RFC 5546 §3.2.5, calcom/cal.diy#29706",
    remedy="Send METHOD:CANCEL with a higher SEQUENCE.",
)
def request_cancelled(calendar: Calendar, event: Component) -> Hits:
    """A REQUEST says STATUS:CANCELLED: the event stays in the calendar."""
    if calendar.method == "REQUEST" and event.text("STATUS").upper() == "CANCELLED":
        yield (calendar.at(event.first("STATUS") or event), "METHOD is REQUEST, STATUS is CANCELLED.")


@for_event(
    WARNING,
    "rfc apple",
    source="RFC 5546 §3.2.5",
    remedy="Add STATUS:CANCELLED, unless only this one guest is uninvited.",
)
def cancel_status(calendar: Calendar, event: Component) -> Hits:
    """A CANCEL does not say STATUS:CANCELLED."""
    if calendar.method == "CANCEL" and event.text("STATUS").upper() != "CANCELLED":
        yield (calendar.at(event.first("STATUS") or event), "STATUS is not CANCELLED.")


@for_event(
    ERROR,
    "rfc outlook gmail",
    source="RFC 5546 §2.1.4, §3.2.5",
    remedy="Give the CANCEL the SEQUENCE of the last REQUEST plus one.",
)
def cancel_sequence(calendar: Calendar, event: Component) -> Hits:
    """A CANCEL has no SEQUENCE above 0: clients may take it for older than the invite."""
    if calendar.method == "CANCEL" and not event.text("SEQUENCE").strip("0"):
        yield (calendar.at(event.first("SEQUENCE") or event), "SEQUENCE is missing or 0.")


@for_event(
    WARNING,
    "outlook",
    source="RFC 5546 §3.2.5; effect inferred",
    remedy="Repeat DTSTART and DTEND of the event as it was.",
)
def cancel_times(calendar: Calendar, event: Component) -> Hits:
    """A CANCEL has no DTSTART: clients that have lost the event cannot show which it was."""
    if calendar.method == "CANCEL" and event.first("DTSTART") is None:
        yield (calendar.at(event), "DTSTART is missing.")


@for_event(
    ERROR,
    "rfc",
    source="RFC 5546 §3.2.3, §3.2.5",
    remedy="Take the VALARM out.",
)
def alarm_forbidden(calendar: Calendar, event: Component) -> Hits:
    """A CANCEL, REPLY or REFRESH holds a VALARM."""
    for child in event.children:
        if child.name == "VALARM" and calendar.method in ("CANCEL", "REPLY", "REFRESH"):
            yield (calendar.at(child), f"METHOD is {calendar.method} and there is a VALARM.")


# The properties of an event


@for_event(ERROR, "rfc", source="RFC 5545 §3.8.4.7", remedy="Give the event a UID that no other event has, for good.")
def uid_missing(calendar: Calendar, event: Component) -> Hits:
    """The event has no UID: no update, cancel or answer can be matched to it."""
    if not event.text("UID"):
        yield (calendar.at(event), "UID is missing.")


@for_event(WARNING, "exchange", source="RFC 5545 §3.8.4.7", remedy="Use at most 255 octets.")
def uid_length(calendar: Calendar, event: Component) -> Hits:
    """The UID is longer than 255 octets; stores cut it."""
    line = event.first("UID")
    if line and len(line.value.encode("utf-8", "replace")) > MAX_UID:
        yield (calendar.at(line), f"The UID has {len(line.value)} characters.")


@for_calendar(
    ERROR,
    "rfc outlook",
    source="RFC 5546 §3.2.2",
    remedy="Send each event in a mail of its own; a changed occurrence keeps the UID of its series.",
)
def uid_differs(calendar: Calendar) -> Hits:
    """One iTIP message holds events with different UIDs."""
    uids = {event.text("UID") for event in calendar.events if event.text("UID")}
    if calendar.is_scheduled and calendar.method != "PUBLISH" and len(uids) > 1:
        yield (calendar.at(calendar.events[1]), f"There are {len(uids)} different UIDs.")


@for_event(ERROR, "rfc", source="RFC 5545 §3.8.7.2", remedy="Add DTSTAMP, the time of sending in UTC.")
def dtstamp_missing(calendar: Calendar, event: Component) -> Hits:
    """The event has no DTSTAMP: equal versions cannot be ordered."""
    if not event.text("DTSTAMP"):
        yield (calendar.at(event), "DTSTAMP is missing.")


@for_event(ERROR, "rfc", source="RFC 5545 §3.8.7.2", remedy="Write DTSTAMP in UTC, with a Z.")
def dtstamp_not_utc(calendar: Calendar, event: Component) -> Hits:
    """DTSTAMP is not in UTC."""
    line = event.first("DTSTAMP")
    if line and line.value.strip() and time_in(line.value.strip()) and not line.value.strip().endswith("Z"):
        yield (calendar.at(line), f"DTSTAMP is {shown(line.value)}.")


@for_event(ERROR, "rfc", source="RFC 5546 §3.2.2", remedy="Add SUMMARY; it may be empty.")
def summary_missing(calendar: Calendar, event: Component) -> Hits:
    """A REQUEST has no SUMMARY."""
    if calendar.method == "REQUEST" and event.first("SUMMARY") is None:
        yield (calendar.at(event), "SUMMARY is missing.")


@for_event(NOTE, "rfc", source="RFC 5546 §2.1.4", remedy="Add SEQUENCE:0, and raise it when the time changes.")
def sequence_missing(calendar: Calendar, event: Component) -> Hits:
    """A REQUEST has no SEQUENCE, by which clients tell an update from what they have."""
    if calendar.method == "REQUEST" and event.first("SEQUENCE") is None:
        yield (calendar.at(event), "SEQUENCE is missing.")


@for_event(ERROR, "rfc", source="RFC 5545 §3.6.1", remedy="Write the property once.")
def property_repeated(calendar: Calendar, event: Component) -> Hits:
    """A property that may stand once stands twice: which one counts depends on the client."""
    seen = set[str]()
    for line in event.every(*_ONCE):
        if line.name in seen:
            yield (calendar.at(line), f"{line.name} stands before already.")
        seen.add(line.name)


@for_event(
    ERROR,
    "rfc",
    source="RFC 5545 §3.8.1.11",
    remedy="Use TENTATIVE, CONFIRMED or CANCELLED.",
)
def status_unknown(calendar: Calendar, event: Component) -> Hits:
    """STATUS is none that an event can have."""
    line = event.first("STATUS")
    if line and line.value.strip().upper() not in ("TENTATIVE", "CONFIRMED", "CANCELLED"):
        yield (calendar.at(line), f"STATUS is “{shown(line.value)}”.")


@for_event(ERROR, "rfc", source="RFC 5545 §3.3", remedy="Write the value in the form of its type.")
def value_invalid(calendar: Calendar, event: Component) -> Hits:
    """A value is not of its type: a day there is not, a time without digits, a SEQUENCE that is no number."""
    for line in event.lines:
        if not _is_valid(line):
            yield (calendar.at(line), f"“{shown(line.value)}” is no valid {line.name}.")


def _is_valid(line: Line) -> bool:
    value = line.value.strip()
    if line.name in _TIMES:
        return time_in(value) is not None
    if line.name in ("EXDATE", "RDATE"):
        return all(time_in(each) or is_period(each) for each in value.split(","))
    if line.name == "DURATION":
        return is_duration(value)
    if line.name in ("SEQUENCE", "PRIORITY"):
        return bool(_INTEGER.fullmatch(value))
    return line.name != "GEO" or bool(_GEO.fullmatch(value))
