"""An answer given on the attendee's page as the mail that a calendar would have sent (RFC 5546 §3.2.3).

It goes to the archive like any other, so that answers can be worked out again from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from invited.domain.clients import WEB
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip.enclosed import enclosed
from invited.imip.lines import folded, stamp, text
from invited.imip.recipient import mailto, wire_address

CLIENT = WEB
"""What such answers are counted as among the calendar programs."""

PRODID = f"-//invited//{CLIENT}//EN"


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What somebody answered: `uid` is that of their copy, `sequence` the version that the page showed.

    `recurrence_id` as in Receipt, "" for the whole event. `organizer` is rsvp@ our domain.
    """

    uid: str
    organizer: str
    attendee: str
    partstat: Partstat
    sequence: int
    now: datetime
    recurrence_id: str = ""
    comment: str = ""


def reply(answer: WebAnswer) -> bytes:
    """The REPLY as a mail from the attendee; raises ValueError for an address that no header takes."""
    calendar = b"".join(folded(line) for line in _lines(answer))
    return enclosed(
        calendar,
        "REPLY",
        sender=wire_address(answer.attendee),
        to=answer.organizer,
        subject=f"{answer.partstat}: answered on the web page",
        date=answer.now,
    )


def _lines(answer: WebAnswer) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", f"PRODID:{PRODID}", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT")
    yield f"UID:{text(answer.uid)}"
    yield f"DTSTAMP:{stamp(Moment.at(answer.now))}"
    yield f"SEQUENCE:{answer.sequence}"
    if answer.recurrence_id:
        form = "" if "T" in answer.recurrence_id else ";VALUE=DATE"
        yield f"RECURRENCE-ID{form}:{answer.recurrence_id}"
    yield f"ORGANIZER:{mailto(wire_address(answer.organizer))}"
    yield f"ATTENDEE;PARTSTAT={answer.partstat}:{mailto(wire_address(answer.attendee))}"
    if answer.comment:
        yield f"COMMENT:{text(answer.comment)}"
    yield from ("END:VEVENT", "END:VCALENDAR")
