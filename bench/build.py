"""What one guest's invite costs to build: the libraries from scratch, and the template that is filled per guest.

Both ways give the same mail in meaning: every mail is parsed back and compared before anything is timed, awkward names
and zones included. JSON goes to standard output, the table to error.
"""

from __future__ import annotations

import argparse
import email
import json
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from bench.timing import Timing, compared
from invited.domain import addresses, identity
from invited.domain.event import Component, Event, Stamp
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.engines import open_embedded
from invited.imip.assemble import PRODID, Copy
from invited.imip.compose import InviteTemplate, Words, compose
from invited.imip.vtimezone import vtimezone
from invited.notices import invite_words
from invited.settings import Settings

BAR = 200
"""Times as fast as the libraries that filling the template has to be."""

LIBRARIES, TEMPLATE = "EmailMessage + icalendar", "template, filled"
SENDER = "rsvp@invites.example"
CHANGED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
ZONES = ("Europe/Paris", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
NAMES = (
    "Bob Stone",
    'Bob "The Builder" Stone',
    "Stone, Bob; Jr.",
    "Łukasz Żółć",
    "🎉 Party 👩‍👩‍👧 People 🎉",
    "محمد بن سلمان",
    "長" * 40,
    "",
)
TEXT = "You are invited to the ball.\n" + "Doors open at six; the first dance is at seven.\n" * 20
SUMMARY = "Größe, Spiel & Spaß"


@dataclass(frozen=True, slots=True)
class Piece:
    """One guest's invite to be built: the event, the words that every guest reads, their template, what is personal."""

    event: Event
    words: Words
    template: InviteTemplate
    copy: Copy
    message_id: str
    unsubscribe: str
    personal: str


def by_template(piece: Piece) -> bytes:
    """What a bulk send does per guest."""
    return piece.template.fill(
        piece.copy, message_id=piece.message_id, unsubscribe=piece.unsubscribe, personal=piece.personal
    )


def by_libraries(piece: Piece) -> bytes:
    """The same mail, made anew by the libraries that anybody would take; the zones are at hand already."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(piece.event.organizer_name, addr_spec=SENDER)
    mail["Subject"] = piece.words.subject
    mail["Date"] = CHANGED
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    mail["To"] = Address(_shown(piece.copy.name), addr_spec=piece.copy.address)
    mail["Message-ID"] = piece.message_id
    mail["X-Invited-UID"] = piece.copy.uid
    mail["List-Unsubscribe"] = f"<{piece.unsubscribe}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    words = piece.words
    mail.set_content(words.text.replace(words.marker, piece.personal), cte="base64")
    mail.add_alternative(words.html.replace(words.marker, piece.personal), subtype="html", cte="base64")
    calendar = _calendar(piece).decode()
    mail.add_alternative(calendar, subtype="calendar", params={"method": "REQUEST"}, cte="base64")
    return bytes(mail)


def _calendar(piece: Piece) -> bytes:
    component = piece.event.head
    calendar = icalendar.Calendar()
    for name, value in (("PRODID", PRODID), ("VERSION", "2.0"), ("CALSCALE", "GREGORIAN"), ("METHOD", "REQUEST")):
        calendar.add(name, value)
    for zone in _zone(component.start):
        calendar.add_component(zone)
    event = icalendar.Event()
    event.add("DTSTAMP", piece.event.changed)
    event.add("CREATED", piece.event.created)
    event.add("LAST-MODIFIED", piece.event.changed)
    event.add("SEQUENCE", 0)
    for name, moment in (("DTSTART", component.start), ("DTEND", component.ends())):
        event.add(name, moment.instant().astimezone(_tz(moment)))
    event.add("STATUS", "CONFIRMED")
    event.add("TRANSP", "OPAQUE")
    event.add("SUMMARY", component.summary)
    event.add("LOCATION", component.location)
    event.add("DESCRIPTION", component.description)
    event.add("ORGANIZER", _person(SENDER, piece.event.organizer_name))
    event.add("UID", piece.copy.uid)
    guest = _person(piece.copy.address, _shown(piece.copy.name) or piece.copy.address)
    for name, value in (("CUTYPE", "INDIVIDUAL"), ("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "NEEDS-ACTION")):
        guest.params[name] = value
    guest.params["RSVP"] = "TRUE"
    event.add("ATTENDEE", guest)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _shown(name: str) -> str:
    """A name as our mails show it: both ways write the same."""
    return addresses.clean_name(name)


def _person(address: str, name: str) -> icalendar.vCalAddress:
    person = icalendar.vCalAddress(f"mailto:{address}")
    person.params["CN"] = name.replace('"', "'")
    return person


def _tz(moment: Moment) -> Any:
    return ZoneInfo(moment.zone or "UTC")


@cache
def _zone(start: Moment) -> tuple[icalendar.Component, ...]:
    """The VTIMEZONE of an event, read once: making it anew for every mail would make the libraries look too slow."""
    if start.zone == "UTC":
        return ()
    lines = vtimezone(str(start.zone), start.wall.date(), start.wall.date())
    return (icalendar.Component.from_ical("\r\n".join([*lines, ""])),)


def pieces() -> list[Piece]:
    """One invite for every name in every zone."""
    made = []
    for zone in ZONES:
        start = Moment(datetime(2026, 12, 24, 18), zone)
        component = Component(
            start=start,
            stamp=Stamp(0, CHANGED, CHANGED),
            end=Moment(datetime(2026, 12, 24, 20, 30), zone),
            summary=SUMMARY,
            location="Große Halle; Tor 3, Köln",
            description=TEXT,
        )
        event = Event(
            id=addresses.new_id(),
            domain="invites.example",
            organizer="ann@club.example",
            organizer_name="Ann Müller",
            origin_uid="1@club.example",
            created=CHANGED,
            changed=CHANGED,
            components=(component,),
        )
        words = _words(event)
        template = compose(event, event.components, "REQUEST", words, sender=SENDER, date=CHANGED)
        made += [_piece(event, words, template, number, name) for number, name in enumerate(NAMES)]
    return made


def _words(event: Event) -> Words:
    """What a server with the settings that it comes with writes around the invite."""
    settings = Settings(public_url="https://invites.example", _env_file=None)  # type: ignore[call-arg]
    with open_embedded(settings, memory=True) as engine:
        return invite_words(engine.ports, event, event.components, "invitation")


def _piece(event: Event, words: Words, template: InviteTemplate, number: int, name: str) -> Piece:
    address = f"guest{number}@guests.example"
    token = addresses.token(b"bench", event.id, address)
    copy = Copy(identity.uid(event.id, token, event.domain), address, name, Partstat.NEEDS_ACTION, asks=True)
    unsubscribe = f"https://invites.example/u/{event.id}/{token}/{token}"
    message_id = identity.message_id(event.id, token, "0.0", event.domain)
    return Piece(event, words, template, copy, message_id, unsubscribe, f"{token}/{token}")


def meaning(raw: bytes) -> object:
    """Everything that a mail says, as the libraries read it."""
    mail: Any = email.message_from_bytes(raw, policy=default)
    if mail.defects:
        raise SystemExit(f"a mail with defects: {mail.defects}")
    # Python's reader leaves a gap where one name is written as several encoded words; writers cut it at other places.
    fields = {
        name: value.replace(" ", "") for name, value in mail.items() if name not in ("Content-Type", "MIME-Version")
    }
    parts = [(part.get_content_type(), part.get_param("method"), _content(part)) for part in mail.iter_parts()]
    return fields, parts


def _content(part: Any) -> object:
    """A part's text by its lines; of a calendar what it states, in whatever order it stands."""
    text = part.get_payload(decode=True).decode()
    if part.get_content_type() != "text/calendar":
        return text.splitlines()
    calendar = icalendar.Calendar.from_ical(text)
    return sorted(
        (owner.name, name, sorted(value.params.items()), value.to_ical())
        for owner in calendar.walk()
        for name, value in owner.items()
    )


def main() -> None:
    """Compare, measure, tell, and fail below the bar."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=7, help="rounds; the median counts")
    runs = max(5, arguments.parse_args().runs)
    work = pieces()
    for piece in work:
        if meaning(by_template(piece)) != meaning(by_libraries(piece)):
            raise SystemExit(f"the two ways differ for {piece.copy.name!r} in {piece.event.head.start.zone}")
    ways: dict[str, Callable[[Piece], bytes]] = {LIBRARIES: by_libraries, TEMPLATE: by_template}
    timings = compared(ways, work, runs)
    times = timings[LIBRARIES].median / timings[TEMPLATE].median
    sys.stderr.write(_table(timings))
    sys.stdout.write(json.dumps(_report(timings, work, runs, times), indent=2) + "\n")
    if times < BAR:
        raise SystemExit(f"below the bar: {times:.0f} times, not {BAR}")


def _table(timings: dict[str, Timing]) -> str:
    lines = ["| way | µs a mail, median | fastest | slowest | times as fast |", "|---|---|---|---|---|"]
    for name, t in timings.items():
        figures = (f"{seconds * 1e6:,.1f}" for seconds in (t.median, t.low, t.high))
        lines.append(f"| {name} | {' | '.join(figures)} | {timings[LIBRARIES].median / t.median:.1f} |")
    return "\n".join(lines) + "\n"


def _report(timings: dict[str, Timing], work: Sequence[Piece], runs: int, times: float) -> dict[str, object]:
    return {
        "bench": "build",
        "python": platform.python_version(),
        "mails": len(work),
        "octets": sum(len(by_template(piece)) for piece in work) // len(work),
        "runs": runs,
        "seconds": {name: asdict(timing) for name, timing in timings.items()},
        "times_as_fast": round(times, 1),
        "bar": BAR,
    }


if __name__ == "__main__":
    main()
