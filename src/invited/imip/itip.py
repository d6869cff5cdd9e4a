"""What the calendar parts of a mail are: submissions, cancellations, answers (RFC 5546 §3.2). Pure.

One unreadable event does not spoil the others: it becomes a fault, and the rest is understood.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from invited.domain.addresses import clean_name
from invited.domain.errors import Refused
from invited.domain.event import Component, Property, Stamp
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip.contentlines import Node, parameter, parse
from invited.imip.dialects import client, inherits
from invited.imip.disassemble import Zones, family, is_assumed, is_this_and_future, original, title, version
from invited.imip.formatting import formatted
from invited.imip.lines import text as escaped
from invited.imip.mail import InboundMail
from invited.imip.proposals import countered, proposed_beside
from invited.imip.values import address, bare_address, date_time, integer, stamp, text

MAX_EVENTS = 200
"""Different UIDs in one mail."""

MAX_FAULTS = 20
"""Faults told of one mail."""

MAX_UID = 1_000
"""Characters; RFC 7986 §5.3 asks for less than 255 octets, Exchange sends 112."""

MAX_COMMENT = 1_000
"""Characters kept of an attendee's note."""

MAX_GUESTS = 100
"""Plus-ones that one answer may bring."""

MAX_PRODUCT = 200

_MANY = Refused(f"The mail holds more than {MAX_EVENTS} events.", "Send fewer events in each mail.")


class Method(StrEnum):
    """RFC 5546 §1.4."""

    REQUEST = "REQUEST"
    PUBLISH = "PUBLISH"
    REPLY = "REPLY"
    CANCEL = "CANCEL"
    COUNTER = "COUNTER"
    DECLINECOUNTER = "DECLINECOUNTER"
    REFRESH = "REFRESH"
    ADD = "ADD"


@dataclass(frozen=True, slots=True)
class Submission:
    """An event that an organizer sent: all components of one UID, the master first.

    Addresses are normalised, "" where the mail names none. `product` is the PRODID. `assumed_zone` is the zone in which
    times were taken that name none, "" where there are none such.
    """

    method: Method
    uid: str
    organizer: str
    organizer_name: str
    sent_by: str
    components: tuple[Component, ...]
    product: str
    assumed_zone: str = ""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A CANCEL: what of `uid` no longer takes place, each with the version that says so; None is the whole event.

    `ranges` are those of the occurrences, by original start, that take all later ones with them. `note` is what the
    organizer says about it, a COMMENT, None for nothing.
    """

    uid: str
    organizer: str
    sent_by: str
    keys: tuple[tuple[Moment | None, Stamp], ...]
    ranges: tuple[datetime, ...] = ()
    note: Property | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer to an event or, with `recurrence_id` (as in Receipt), to one occurrence.

    `method` is REPLY, COUNTER or REFRESH. `attendee` is "" where the client left it out, `sequence` None where it did
    not say. `client` is the program's short name, `guests` are plus-ones. `proposed_start` and `proposed_end` are the
    new time that is proposed, None where none is, or where a COUNTER's cannot be read. `delegated_to` is whom the
    attendee sends instead, "" for nobody.
    """

    method: Method
    uid: str
    recurrence_id: str
    attendee: str
    sent_by: str
    partstat: Partstat
    sequence: int | None
    dtstamp: datetime
    client: str
    comment: str
    guests: int
    proposed_start: Moment | None = None
    proposed_end: Moment | None = None
    delegated_to: str = ""

    @property
    def proposes(self) -> bool:
        """Whether another time is proposed: by a COUNTER, or beside an answer."""
        return self.method is Method.COUNTER or self.proposed_start is not None


@dataclass(frozen=True, slots=True)
class Understood:
    """What a mail's calendar parts amount to, in the order in which they stand there."""

    submissions: tuple[Submission, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()
    replies: tuple[Reply, ...] = ()
    faults: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class _Event:
    """A VEVENT with what its calendar says of it."""

    node: Node
    uid: str
    method: Method
    product: str
    zones: Zones


@dataclass(slots=True)
class _Findings:
    submissions: list[Submission] = field(default_factory=list)
    cancellations: list[Cancellation] = field(default_factory=list)
    replies: dict[Reply, None] = field(default_factory=dict)
    faults: dict[tuple[str, str], Refused] = field(default_factory=dict)

    def fault(self, refused: Refused) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.setdefault((refused.reason, refused.remedy), refused)


def understand(mail: InboundMail, arrived: datetime, floating_zone: str | None = None) -> Understood:
    """Read every calendar part of `mail`; `arrived` (aware) stands in for a DTSTAMP that is missing. Never raises.

    `floating_zone` is the IANA zone of times for which the file names none; without it they are a fault.
    """
    found = _Findings()
    if mail.fault:
        found.fault(mail.fault)
    groups: dict[tuple[Method, str], list[_Event]] = {}
    for part in mail.calendars:
        try:
            for event in _events(part.content.decode("utf-8", "replace"), part.method, found, floating_zone):
                groups.setdefault((event.method, event.uid), []).append(event)
        except Refused as refused:
            found.fault(refused)
    if len(groups) > MAX_EVENTS:
        found.fault(_MANY)
        groups = {}
    for events in groups.values():
        try:
            _interpret(events, mail, arrived, found)
        except Refused as refused:
            found.fault(refused)
        except (ValueError, OverflowError):
            found.fault(_unreadable(events[0].node))
    return Understood(
        tuple(found.submissions), tuple(found.cancellations), tuple(found.replies), tuple(found.faults.values())
    )


def _interpret(events: list[_Event], mail: InboundMail, arrived: datetime, found: _Findings) -> None:
    method, uid = events[0].method, events[0].uid
    match method:
        case Method.REQUEST | Method.PUBLISH:
            submission = _submission(method, uid, events, arrived)
            found.submissions.append(replace(submission, components=formatted(submission.components, mail.html)))
        case Method.CANCEL:
            found.cancellations.append(_cancellation(uid, events, arrived))
        case Method.REPLY | Method.COUNTER | Method.REFRESH:
            for event in events:
                found.replies[_reply(event, mail.sender, arrived)] = None
        case Method.ADD:
            raise Refused(
                f"The mail only adds dates to the event{title(events[0].node)} (METHOD:ADD).",
                "Change the event itself in your calendar, so that the whole of it is sent.",
            )
        case Method.DECLINECOUNTER:
            raise Refused(
                "The mail declines a proposal for a new time; there is nothing in it that could be sent on.",
                "To change or cancel an event, do so in your calendar.",
            )


def _events(content: str, mime_method: str, found: _Findings, floating_zone: str | None) -> Iterator[_Event]:
    """The VEVENTs of a calendar part, which may hold several VCALENDARs, or bare VEVENTs as some exports do."""
    count = 0
    for calendar in parse(content):
        nodes = [calendar] if calendar.name == "VEVENT" else [c for c in calendar.children if c.name == "VEVENT"]
        if not nodes:
            continue
        product = " ".join(text(calendar.value("PRODID")).split())[:MAX_PRODUCT]
        method = _method(calendar.value("METHOD"), mime_method)
        zones = Zones.of(calendar, floating_zone)
        for node in nodes:
            count += 1
            try:
                yield _Event(node, _uid(node), method, product, zones)
            except Refused as refused:
                found.fault(refused)
    if not count:
        raise Refused(
            "The calendar file in the mail holds no event.", "Send the event itself: invite this address to it."
        )


def _method(body: str, mime: str) -> Method:
    """The body's METHOD wins over the MIME parameter's: Google answers with a COUNTER inside a `method=REPLY`.

    Neither: a file that somebody exported and attached.
    """
    for name in (body, mime):
        try:
            return Method(name.strip().upper())
        except ValueError:
            continue
    return Method.PUBLISH


def _uid(node: Node) -> str:
    """The UID; without one a name that is the same whenever the same content comes again."""
    uid = node.value("UID")
    if len(uid) > MAX_UID:
        raise Refused(f"The event's id (UID) is longer than {MAX_UID:,} characters.", "Export the event anew.")
    if uid:
        return uid
    changing = ("DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE")
    content = repr([line for line in node.lines if line.name not in changing])
    return f"without-uid-{hashlib.sha256(content.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _submission(method: Method, uid: str, events: list[_Event], arrived: datetime) -> Submission:
    nodes = [event.node for event in events]
    zones = {id(event.node): event.zones for event in events}
    product = events[0].product
    components = family(nodes, zones, arrived, inherits=inherits(product))
    organizer = _organizer(nodes)
    return Submission(
        method=method,
        uid=uid,
        organizer=address(organizer),
        organizer_name=clean_name(parameter(organizer, "CN")) if organizer else "",
        sent_by=bare_address(parameter(organizer, "SENT-BY")) if organizer else "",
        components=components,
        product=product,
        assumed_zone=next((e.zones.assumed or "" for e in events if is_assumed(e.node, e.zones)), ""),
    )


def _organizer(nodes: list[Node]) -> Property | None:
    return next((line for node in nodes if (line := node.first("ORGANIZER"))), None)


def _cancellation(uid: str, events: list[_Event], arrived: datetime) -> Cancellation:
    organizer = _organizer([event.node for event in events])
    keys: dict[datetime | None, tuple[Moment | None, Stamp]] = {}
    ranges: list[datetime] = []
    for event in events:
        moment = _occurrence(event)
        key = moment.instant() if moment else None
        ranges += [key] if key and is_this_and_future(event.node) else []
        entry = (moment, version(event.node, arrived))
        keys[key] = max(entry, keys.get(key, entry), key=lambda pair: pair[1])
    return Cancellation(
        uid=uid,
        organizer=address(organizer),
        sent_by=bare_address(parameter(organizer, "SENT-BY")) if organizer else "",
        keys=tuple(keys.values()),
        ranges=tuple(dict.fromkeys(ranges)),
        note=_note([event.node for event in events]),
    )


def _note(nodes: list[Node]) -> Property | None:
    for node in nodes:
        said = text(node.value("COMMENT")).strip()[:MAX_COMMENT]
        if said:
            return Property("COMMENT", (), escaped(said))
    return None


def _occurrence(event: _Event) -> Moment | None:
    """The original start of the occurrence that a CANCEL or an answer names, None for the whole event."""
    line = event.node.first("RECURRENCE-ID")
    if line is None or not line.value.strip():
        return None
    try:
        return original(line, event.zones, _series_start(event))
    except Refused as refused:
        raise Refused(
            f"The mail names an occurrence of the event{title(event.node)} that cannot be told: {refused.reason}",
            refused.remedy,
        ) from None


def _series_start(event: _Event) -> Moment | None:
    """The start beside a RECURRENCE-ID, which lends it zone and type; an answer may do without."""
    line = event.node.first("DTSTART")
    if line is None or date_time(line.value) is None:
        return None
    try:
        return event.zones.moment(line, line.value, floating=None, is_recurring=False)
    except Refused:
        return None


def _reply(event: _Event, sender: str, arrived: datetime) -> Reply:
    node = event.node
    if not node.value("UID"):
        raise Refused("The answer does not say which event it is for (UID).", "Answer the invite in your calendar.")
    attendee = _attendee(node, sender)
    moment = _occurrence(event)
    sequence = integer(node.value("SEQUENCE"))
    if sequence is None:
        sequence = integer(node.value("X-MICROSOFT-CDO-APPT-SEQUENCE"))
    is_counter = event.method is Method.COUNTER
    start, end = countered(node, event.zones) if is_counter else proposed_beside(node, attendee, event.zones)
    partstat = _partstat(attendee)
    return Reply(
        method=event.method,
        uid=event.uid,
        recurrence_id=recurrence_id(moment) if moment else "",
        attendee=address(attendee),
        sent_by=bare_address(parameter(attendee, "SENT-BY")) if attendee else "",
        partstat=partstat,
        sequence=sequence,
        dtstamp=stamp(node.value("DTSTAMP"), arrived),
        client=client(event.product),
        comment=_comment(node, attendee),
        guests=_guests(attendee),
        proposed_start=start,
        proposed_end=end,
        delegated_to=_delegate(attendee) if partstat is Partstat.DELEGATED else "",
    )


def recurrence_id(moment: Moment) -> str:
    """An occurrence by its original start: `20261201T090000Z` in UTC, `20261201` for a day."""
    if moment.is_date:
        return moment.wall.strftime("%Y%m%d")
    return moment.instant().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _attendee(node: Node, sender: str) -> Property | None:
    """The ATTENDEE who answers: the only one, or of several (as in a COUNTER) the one who sent the mail."""
    lines = node.all("ATTENDEE")
    return next((line for line in lines if sender and address(line) == sender), lines[0] if lines else None)


def _partstat(attendee: Property | None) -> Partstat:
    try:
        return Partstat(parameter(attendee, "PARTSTAT").upper()) if attendee else Partstat.NEEDS_ACTION
    except ValueError:
        return Partstat.NEEDS_ACTION


def _delegate(attendee: Property | None) -> str:
    return bare_address(parameter(attendee, "DELEGATED-TO").partition(",")[0]) if attendee else ""


def _comment(node: Node, attendee: Property | None) -> str:
    """The attendee's note: COMMENT, Apple's private comment, or Google's parameter."""
    note = text(node.value("COMMENT") or node.value("X-CALENDARSERVER-PRIVATE-COMMENT")).strip()
    if not note and attendee:
        note = text(parameter(attendee, "X-RESPONSE-COMMENT")).strip()
    return note[:MAX_COMMENT]


def _guests(attendee: Property | None) -> int:
    number = integer(parameter(attendee, "X-NUM-GUESTS")) if attendee else None
    return max(0, min(number or 0, MAX_GUESTS))


def _unreadable(node: Node) -> Refused:
    return Refused(
        f"The dates of the event{title(node)} cannot be computed with.",
        "Open the event in your calendar, check its date, save it and send it again.",
    )
