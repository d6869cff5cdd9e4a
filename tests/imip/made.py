"""Events and readers that the tests of the outbound mail share."""

import email
import email.policy
from datetime import UTC, datetime, timedelta

import icalendar

from invited.domain.event import Component, Event, Stamp
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip.assemble import Copy

CREATED = datetime(2026, 11, 1, 8, tzinfo=UTC)
CHANGED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SENDER = "rsvp@invites.example"
STAMP = Stamp(0, CREATED, CREATED)


def at(text, zone="Europe/Paris"):
    return Moment(datetime.fromisoformat(text), zone)


def component(start=None, **fields):
    start = start or at("2026-12-01T10:00")
    if "end" not in fields and "duration" not in fields and not start.is_date:
        fields["end"] = start.plus(timedelta(hours=1))
    return Component(start=start, stamp=STAMP, **{"summary": "Open day", **fields})


def occurrence(original, start=None, **fields):
    return component(start or original, recurrence_id=original, **fields)


def event(*components, **fields):
    known = {
        "id": "abcdefghij234567",
        "domain": "invites.example",
        "organizer": "ann@club.example",
        "organizer_name": "Ann Miller",
        "origin_uid": "uid-of-anns-calendar",
        "created": CREATED,
        "changed": CHANGED,
    }
    return Event(**{**known, **fields}, components=components or (component(),))


def copy(**fields):
    known = {
        "uid": "abcdefghij234567-t0k3nt0k3nt0k3nt@invites.example",
        "address": "bob@guest.example",
        "name": "Bob Stone",
        "partstat": Partstat.NEEDS_ACTION,
        "asks": True,
    }
    return Copy(**{**known, **fields})


def read(calendar):
    """The calendar and its VEVENTs as an independent reader sees them; no line was malformed."""
    icalendar.use_zoneinfo()
    found = icalendar.Calendar.from_ical(calendar)
    events = found.walk("VEVENT")
    assert not found.errors
    assert not any(e.errors for e in events)
    return found, events


def read_mail(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def check_lines(calendar):
    """RFC 5545 §3.1: CRLF only, 75 octets at most, no character split."""
    assert calendar.endswith(b"\r\n")
    lines = calendar[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    for line in lines:
        line.decode()
