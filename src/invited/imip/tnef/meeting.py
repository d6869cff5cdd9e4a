"""What every component of a meeting mail says alike: who, what and which version (MS-OXCICAL 2.1.3.1.1.20)."""

from __future__ import annotations

from dataclasses import dataclass

from icalendar import Event, vText

from invited.imip.tnef.body import description, html
from invited.imip.tnef.cursor import damaged
from invited.imip.tnef.identity import uid_of
from invited.imip.tnef.people import Attendee, Person, attendees, author, recipient
from invited.imip.tnef.stream import APPOINTMENT, MEETING, Message, Properties

MAX_LINE = 1_000
"""Characters kept of subject and location."""

_PREFIX = "microsoft mail v3.0 "
_BUSY = ("FREE", "TENTATIVE", "BUSY", "OOF", "WORKINGELSEWHERE")
_CLASSES = {1: "PRIVATE", 2: "PRIVATE", 3: "CONFIDENTIAL"}
_MAX_SEQUENCE = 2**31 - 1

ID = (MEETING, 0x03)
_CLEAN_ID, _WHERE, _LOCATION = (MEETING, 0x23), (MEETING, 0x02), (APPOINTMENT, 0x8208)
_OWNER_CHANGE, _ATTENDEE_CHANGE = (MEETING, 0x1A), (MEETING, 0x01)
_SEQUENCE, _BUSY_STATUS, _INTENDED = (APPOINTMENT, 0x8201), (APPOINTMENT, 0x8205), (APPOINTMENT, 0x8224)
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


def meeting_of(message: Message, kind: Kind, sender: str) -> Meeting:
    """The meeting that a message of this kind is about; raises Refused where it has no id.

    An answer that proposes another time is a COUNTER.
    """
    if kind.partstat and message.properties.flag(_IS_PROPOSAL):
        kind = Kind("COUNTER", kind.partstat)
    uid = uid_of(message.properties.binary(ID, _CLEAN_ID) or b"")
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
