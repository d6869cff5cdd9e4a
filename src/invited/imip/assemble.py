"""The iCalendar object out of an event (RFC 5545, RFC 5546 §3.2.1, §3.2.2, §3.2.5): one attendee's copy, or a download.

Everything that is the same for all attendees is written once per revision; a copy adds its UID and ATTENDEE lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from invited.domain.addresses import clean_name
from invited.domain.event import Component, Event, Period, Status
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip.lines import dated, folded, form, quoted, stamp, text
from invited.imip.recipient import mailto, wire_address
from invited.imip.relayed import relayed
from invited.imip.span import in_form_of, span, zones
from invited.imip.split import explicit
from invited.imip.vtimezone import vtimezone

VERSION = "0.1.0"
PRODID = f"-//invited//invited {VERSION}//EN"

# Printable ASCII but for "<>\\.
_PLAIN_NAME = re.compile(r"[ !#-;=?-\[\]-~]*")


@dataclass(frozen=True, slots=True)
class Copy:
    """What is personal in one attendee's copy.

    `uid` bears their token; `address` is normalised. `asks`: they are asked for an answer (NEEDS-ACTION, RSVP=TRUE);
    otherwise the answer that stands, `partstat`, is told back to them and nobody is asked again.
    """

    uid: str
    address: str
    name: str
    partstat: Partstat
    asks: bool


@dataclass(frozen=True, slots=True)
class CalendarTemplate:
    """A calendar object but for what is personal, which stands between the pieces of `static`."""

    static: tuple[bytes, ...]
    method: str

    def fill(self, copy: Copy) -> bytes:
        """The copy of one attendee, CRLF throughout. A CANCEL asks nobody. Raises ValueError for a bad address."""
        return self.personal(copy).join(self.static)

    def personal(self, copy: Copy) -> bytes:
        """The lines that make a VEVENT this attendee's."""
        asks = copy.asks and self.method != "CANCEL"
        partstat = Partstat.NEEDS_ACTION if asks else copy.partstat
        address = wire_address(copy.address)
        return folded(f"UID:{text(copy.uid)}") + folded(
            f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};RSVP={'TRUE' if asks else 'FALSE'}"
            f";CN={quoted(person(copy.name) or address)}:{mailto(address)}"
        )


def assemble(event: Event, components: Sequence[Component], method: str, organizer_address: str) -> CalendarTemplate:
    """The copies of `components` of `event` as REQUEST or CANCEL from `organizer_address`.

    With the master among `components`, a REQUEST shows cancelled occurrences as exceptions of the series; without it
    they are left out. A CANCEL with the master is of the master alone, which ends the whole series; without it, of the
    cancelled occurrences. Where nothing is cancelled, it takes this one attendee off the list.
    Raises ValueError where that leaves nothing to send, or for a REQUEST of a cancelled event.
    """
    if method not in ("REQUEST", "CANCEL"):
        raise ValueError(f"no invite is sent as {method}")
    written = _cancel(components) if method == "CANCEL" else _request(components)
    if not written or (method == "REQUEST" and written[0].status is Status.CANCELLED):
        raise ValueError(f"event {event.id} has nothing to send as {method}")
    return CalendarTemplate(_calendar(event, written, method, organizer_address), method)


def publish(event: Event, uid: str, organizer_address: str) -> bytes:
    """The whole event for anybody to keep: METHOD:PUBLISH, no attendee (RFC 5546 §3.2.1)."""
    event = explicit(event)
    written = _request(event.components) or list(event.components)
    return folded(f"UID:{text(uid)}").join(_calendar(event, written, "PUBLISH", organizer_address))


@dataclass(frozen=True, slots=True)
class Published:
    """An event in a calendar that is subscribed to, under its `uid` and the ORGANIZER `address`."""

    event: Event
    uid: str
    address: str


def subscribed(name: str, hours: int, published: Sequence[Published]) -> bytes:
    """A calendar to subscribe to, looked at again after so many hours: METHOD:PUBLISH, each event whole, no attendee
    (RFC 5546 §3.2.1, RFC 7986 §5.1, §5.7; Outlook and older Apple calendars read the X- names).
    """
    told = [replace(each, event=explicit(each.event)) for each in published]
    parts = [_parts(each.event, _request(each.event.components) or each.event.components) for each in told]
    lines = list(_properties("PUBLISH"))
    lines += (f"NAME:{text(name)}", f"X-WR-CALNAME:{text(name)}")
    lines += (f"REFRESH-INTERVAL;VALUE=DURATION:PT{hours}H", f"X-PUBLISHED-TTL:PT{hours}H")
    lines += _timezones([component for each in parts for component in each])
    for each, components in zip(told, parts, strict=True):
        for component in components:
            lines += _vevent(each.event, component, "PUBLISH", each.address)
            lines += (f"UID:{text(each.uid)}", "END:VEVENT")
    return b"".join(folded(line) for line in (*lines, "END:VCALENDAR"))


def authored(event: Event, components: Sequence[Component], method: str, uid: str) -> bytes:
    """The organizer's own word about `components`, as their calendar would have sent it: each at its own stamp."""
    aligned = _parts(event, components)
    lines = list(_head(aligned, method))
    for component in aligned:
        stamped = replace(event, sequence=component.stamp.sequence, changed=component.stamp.dtstamp)
        said = _vevent(stamped, component, method, event.organizer)
        # What goes without saying is not said, or it would be a change of what they said before.
        is_opaque = any(p.name.upper() == "TRANSP" for p in component.extra)
        lines += (line for line in said if is_opaque or line != "TRANSP:OPAQUE")
        lines += (f"UID:{text(uid)}", "END:VEVENT")
    return b"".join(folded(line) for line in (*lines, "END:VCALENDAR"))


@lru_cache(maxsize=1024)
def person(name: str) -> str:
    """A person's name as it goes into CN and the mail's headers."""
    return name if _PLAIN_NAME.fullmatch(name) else clean_name(name)


def _cancel(components: Sequence[Component]) -> list[Component]:
    master = [c for c in components if c.recurrence_id is None]
    return master or [c for c in components if c.status is Status.CANCELLED] or list(components)


def _request(components: Sequence[Component]) -> list[Component]:
    master = next((c for c in components if c.recurrence_id is None), None)
    living = [c for c in components if c is not master and c.status is not Status.CANCELLED]
    if master is None:
        return living
    for gone in components:
        if gone.recurrence_id is not None and gone.status is Status.CANCELLED:
            master = replace(master, exdates=(*master.exdates, gone.recurrence_id))
    return [master, *living]


def _calendar(event: Event, components: Sequence[Component], method: str, organizer_address: str) -> tuple[bytes, ...]:
    aligned = _parts(event, components)
    static = [b""]
    for line in _head(aligned, method):
        static[-1] += folded(line)
    for component in aligned:
        for line in _vevent(event, component, method, organizer_address):
            static[-1] += folded(line)
        static.append(b"END:VEVENT\r\n")
    static[-1] += b"END:VCALENDAR\r\n"
    return tuple(static)


def _parts(event: Event, components: Sequence[Component]) -> list[Component]:
    master = event.component(None)
    return [_aligned(component, master.start if master else None) for component in components]


def _head(components: Sequence[Component], method: str) -> Iterator[str]:
    yield from _properties(method)
    yield from _timezones(components)


def _properties(method: str) -> tuple[str, ...]:
    return ("BEGIN:VCALENDAR", f"PRODID:{PRODID}", "VERSION:2.0", "CALSCALE:GREGORIAN", f"METHOD:{method}")


def _timezones(components: Sequence[Component]) -> Iterator[str]:
    if not components:
        return
    first, last = span(components)
    for zone in zones(components):
        yield from vtimezone(zone, first, last)


def _vevent(event: Event, component: Component, method: str, organizer_address: str) -> Iterator[str]:
    changed, created = stamp(Moment.at(event.changed)), stamp(Moment.at(event.created))
    yield from ("BEGIN:VEVENT", f"DTSTAMP:{changed}", f"CREATED:{created}", f"LAST-MODIFIED:{changed}")
    yield f"SEQUENCE:{event.sequence}"
    yield from _times(component)
    # A CANCEL without STATUS takes one person off the list (RFC 5546 §3.2.5).
    if method != "CANCEL" or component.status is Status.CANCELLED:
        yield f"STATUS:{component.status}"
    if all(p.name.upper() != "TRANSP" for p in component.extra):
        yield "TRANSP:OPAQUE"
    yield f"SUMMARY:{text(component.summary)}"
    for name, value in (
        ("LOCATION", component.location),
        ("DESCRIPTION", component.description),
        ("X-ALT-DESC;FMTTYPE=text/html", component.html),
    ):
        if value:
            yield f"{name}:{text(value)}"
    yield from relayed(component.extra)
    name = person(event.organizer_name)
    yield f"ORGANIZER{f';CN={quoted(name)}' if name else ''}:{mailto(wire_address(organizer_address))}"


def _times(component: Component) -> Iterator[str]:
    yield dated("DTSTART", component.start)
    if (ends := component.ends()).instant() > component.start.instant():
        yield dated("DTEND", ends)
    if component.recurrence_id is not None:
        scope = ";RANGE=THISANDFUTURE" if component.is_this_and_future else ""
        yield dated("RECURRENCE-ID", component.recurrence_id, scope)
    for rule in component.rules:
        yield f"RRULE:{rule}"
    for period in component.rdates:
        yield _rdate(period)
    for exdate in component.exdates:
        yield dated("EXDATE", exdate)


def _rdate(period: Period) -> str:
    end = period.end if period.duration is None else period.start.plus(period.duration)
    if end is None:
        return dated("RDATE", period.start)
    return f"RDATE;VALUE=PERIOD{form(period.start)}:{stamp(period.start)}/{stamp(in_form_of(period.start, end))}"


def _aligned(component: Component, master: Moment | None) -> Component:
    """`component` with every reference to an occurrence in the form of DTSTART, by which clients find occurrences."""
    start = component.start
    original = component.recurrence_id
    return replace(
        component,
        recurrence_id=in_form_of(master, original) if master and original else original,
        exdates=tuple(dict.fromkeys(in_form_of(start, m) for m in component.exdates)),
        rdates=tuple(replace(p, start=in_form_of(start, p.start)) for p in component.rdates),
    )
