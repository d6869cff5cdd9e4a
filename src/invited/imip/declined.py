"""The iCalendar object that declines a proposal: METHOD:DECLINECOUNTER (RFC 5546 §3.2.8)."""

from __future__ import annotations

from datetime import datetime

from invited.domain.event import Event
from invited.domain.moment import Moment
from invited.imip.assemble import PRODID, CalendarTemplate
from invited.imip.lines import folded, stamp
from invited.imip.recipient import mailto, wire_address


def declined(event: Event, recurrence_id: str, organizer_address: str, now: datetime) -> CalendarTemplate:
    """Of the whole event or of the occurrence `recurrence_id` (as in Receipt), from `organizer_address`.

    It tells no times. The attendee is named, as BlueMind and Kontact do: it tells clients whose proposal it was.
    """
    lines = ["BEGIN:VCALENDAR", f"PRODID:{PRODID}", "VERSION:2.0", "METHOD:DECLINECOUNTER", "BEGIN:VEVENT"]
    lines += [f"DTSTAMP:{stamp(Moment.at(now))}", f"SEQUENCE:{event.sequence}"]
    if recurrence_id:
        kind = ";VALUE=DATE" if len(recurrence_id) == 8 else ""
        lines.append(f"RECURRENCE-ID{kind}:{recurrence_id}")
    lines.append(f"ORGANIZER:{mailto(wire_address(organizer_address))}")
    head = b"".join(folded(line) for line in lines)
    return CalendarTemplate((head, b"END:VEVENT\r\nEND:VCALENDAR\r\n"), "DECLINECOUNTER")
