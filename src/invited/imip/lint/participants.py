"""Rules of the participants: who invites whom, and whether a client will show the answer buttons."""

from __future__ import annotations

import re

from invited.imip.lint.rule import Hits, Severity, for_calendar, for_event, shown
from invited.imip.lint.scan import Calendar, Component, Line

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

_PARTSTATS = ("NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED")
_BARE = re.compile(r"[^\s@<>,;:?]{1,128}@[^\s@<>,;:?]{1,255}")


@for_event(ERROR, "rfc outlook gmail", source="RFC 5546 §3.2", remedy="Add ORGANIZER:mailto:….")
def organizer_missing(calendar: Calendar, event: Component) -> Hits:
    """An iTIP message has no ORGANIZER: there is nobody to answer to."""
    # PUBLISH should have one, too, yet no feed of a club or school has, and nobody answers it.
    if calendar.is_scheduled and calendar.method != "PUBLISH" and event.first("ORGANIZER") is None:
        yield (calendar.at(event), "ORGANIZER is missing.")


@for_event(
    ERROR,
    "rfc gmail outlook apple",
    source="RFC 5546 §3.2.2, §3.2.3, §3.2.5",
    remedy="Add the guest as ATTENDEE.",
)
def attendee_missing(calendar: Calendar, event: Component) -> Hits:
    """A REQUEST, REPLY or CANCEL has no ATTENDEE: it concerns nobody."""
    if calendar.method in ("REQUEST", "REPLY", "CANCEL", "COUNTER", "REFRESH") and not event.every("ATTENDEE"):
        yield (calendar.at(event), "ATTENDEE is missing.")


@for_event(
    ERROR,
    "rfc",
    source="RFC 5545 §3.3.3, RFC 6047 §2.3",
    remedy="Write mailto: and the bare address.",
)
def address_invalid(calendar: Calendar, event: Component) -> Hits:
    """An ORGANIZER or ATTENDEE is not mailto: and one bare address."""
    for line in event.every("ORGANIZER", "ATTENDEE"):
        value = line.value.strip()
        if value[:7].lower() != "mailto:" or not _BARE.fullmatch(value[7:]):
            yield (calendar.at(line), f"“{shown(value)}” is not mailto: and one address.")


@for_event(NOTE, "gmail outlook", source="RFC 5545 §3.2.2", remedy="Add CN with the human's name, in DQUOTEs.")
def organizer_name(calendar: Calendar, event: Component) -> Hits:
    """The ORGANIZER has no CN: guests see a bare address."""
    line = event.first("ORGANIZER")
    if line and calendar.method in ("REQUEST", "CANCEL") and not line.parameter("CN").strip():
        yield (calendar.at(line), "CN is missing.")


@for_calendar(ERROR, "rfc", source="RFC 5545 §3.8.4.3; inferred", remedy="Give all components the same ORGANIZER.")
def organizer_differs(calendar: Calendar) -> Hits:
    """The events of one message have different ORGANIZERs."""
    addresses = {line.address for event in calendar.events for line in event.every("ORGANIZER")[:1]}
    if calendar.is_scheduled and calendar.method != "PUBLISH" and len(addresses) > 1:
        yield (calendar.at(calendar.events[1]), f"There are {len(addresses)} different ORGANIZERs.")


@for_event(
    WARNING,
    "outlook",
    source="sendgrid/sendgrid-csharp#907",
    remedy="Do not invite the ORGANIZER's own address.",
)
def organizer_is_attendee(calendar: Calendar, event: Component) -> Hits:
    """The ORGANIZER is asked as ATTENDEE: Outlook says “as the organizer, you need not respond”."""
    organizer, attendees = event.first("ORGANIZER"), event.every("ATTENDEE")
    for line in attendees:
        is_asked = _partstat(line) == "NEEDS-ACTION" or len(attendees) == 1
        if calendar.method == "REQUEST" and organizer and line.address == organizer.address and is_asked:
            yield (calendar.at(line), f"{shown(line.address)} is the ORGANIZER.")


@for_event(
    NOTE,
    "privacy",
    source="RFC 5546 §3.2.2: one is enough",
    remedy="Send each guest a copy of their own that names no other.",
)
def attendees_several(calendar: Calendar, event: Component) -> Hits:
    """The invite names several guests, who see each other's addresses."""
    attendees = {line.address for line in event.every("ATTENDEE")}
    organizer = event.first("ORGANIZER")
    guests = attendees - {organizer.address if organizer else ""}
    if calendar.method in ("REQUEST", "CANCEL") and len(guests) > 1:
        yield (calendar.at(event), f"There are {len(guests)} guests in one copy.")


@for_event(WARNING, "rfc", source="RFC 5545 §3.8.4.1", remedy="Name each guest once.")
def attendee_repeated(calendar: Calendar, event: Component) -> Hits:
    """The same ATTENDEE stands twice, perhaps with two answers."""
    seen = set[str]()
    for line in event.every("ATTENDEE"):
        if line.address in seen:
            yield (calendar.at(line), f"{shown(line.address)} stands before already.")
        seen.add(line.address)


@for_event(
    NOTE,
    "outlook gmail",
    source="mangstadt/biweekly#102, RFC 5545 §3.8.4.1",
    remedy="Write CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE, as Google does.",
)
def attendee_parameters(calendar: Calendar, event: Component) -> Hits:
    """An ATTENDEE lacks CUTYPE, ROLE or PARTSTAT; with too little said clients offer only “add to calendar”."""
    for line in event.every("ATTENDEE") if calendar.method == "REQUEST" else ():
        missing = [name for name in ("CUTYPE", "ROLE", "PARTSTAT") if not line.parameter(name)]
        if missing:
            yield (calendar.at(line), f"Missing: {', '.join(missing)}.")


@for_event(
    WARNING,
    "gmail outlook apple",
    source="RFC 5545 §3.2.17",
    remedy="Add RSVP=TRUE.",
)
def attendee_rsvp(calendar: Calendar, event: Component) -> Hits:
    """A guest who has not answered is not asked to: RSVP=TRUE is missing, and with it the answer buttons."""
    for line in event.every("ATTENDEE") if calendar.method == "REQUEST" else ():
        is_person = line.parameter("CUTYPE").upper() in ("", "INDIVIDUAL", "GROUP")
        if is_person and _partstat(line) == "NEEDS-ACTION" and line.parameter("RSVP").upper() != "TRUE":
            yield (calendar.at(line), "RSVP=TRUE is missing.")


def _partstat(line: Line) -> str:
    return line.parameter("PARTSTAT").upper() or "NEEDS-ACTION"


@for_event(
    ERROR,
    "rfc",
    source="RFC 5545 §3.2.12",
    remedy="Use NEEDS-ACTION, ACCEPTED, DECLINED, TENTATIVE or DELEGATED.",
)
def partstat_unknown(calendar: Calendar, event: Component) -> Hits:
    """A PARTSTAT is none that an event has."""
    for line in event.every("ATTENDEE"):
        if _partstat(line) not in _PARTSTATS and not _partstat(line).startswith("X-"):
            yield (calendar.at(line), f"PARTSTAT is “{shown(line.parameter('PARTSTAT'))}”.")


@for_event(ERROR, "rfc", source="RFC 5546 §3.2.3", remedy="Answer for one ATTENDEE, with PARTSTAT.")
def reply_partstat(calendar: Calendar, event: Component) -> Hits:
    """A REPLY does not say the answer."""
    for line in event.every("ATTENDEE"):
        if calendar.method == "REPLY" and _partstat(line) == "NEEDS-ACTION":
            yield (calendar.at(line), "PARTSTAT is missing or NEEDS-ACTION.")


@for_event(ERROR, "rfc", source="RFC 5546 §3.2.3", remedy="Send one REPLY for each ATTENDEE.")
def reply_attendees(calendar: Calendar, event: Component) -> Hits:
    """A REPLY names more than one ATTENDEE: whose answer it is cannot be told."""
    attendees = event.every("ATTENDEE")
    # The second is allowed where a guest has delegated: the delegate stands beside them.
    if calendar.method == "REPLY" and len(attendees) > 1 and not any(a.parameter("DELEGATED-TO") for a in attendees):
        yield (calendar.at(attendees[1]), f"There are {len(attendees)} ATTENDEEs.")
