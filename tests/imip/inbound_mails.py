"""Mails and calendars to test with."""

from datetime import UTC, datetime
from email.message import EmailMessage

from invited.imip.itip import understand
from invited.imip.mail import read

ARRIVED = datetime(2026, 11, 1, 12, tzinfo=UTC)


def event(*lines, start="DTSTART:20261201T090000Z", uid="u1"):
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", *([start] if start else []), *lines, "END:VEVENT"])


def calendar(*parts, method="REQUEST", product="-//Test//Test//EN"):
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{product}", *([f"METHOD:{method}"] if method else [])]
    return "\n".join([*head, *parts, "END:VCALENDAR", ""])


def mail(*calendars, sender="organizer@example.org", method="REQUEST"):
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "create@invites.example"
    message["Subject"] = "An invite"
    message.set_content("See the invite.")
    for text in calendars:
        octets = text if isinstance(text, bytes) else text.encode()
        params = {"method": method} if method else {}
        message.add_attachment(octets, maintype="text", subtype="calendar", filename="invite.ics", params=params)
    return message.as_bytes()


def understood(*calendars, **kwargs):
    return understand(read(mail(*calendars, **kwargs)), ARRIVED)


def component(*lines, **kwargs):
    """The only component of a calendar with one such event."""
    found = understood(calendar(event(*lines, **kwargs)))
    assert not found.faults, found.faults
    (submission,) = found.submissions
    (only,) = submission.components
    return only


def fault(*parts):
    """The only fault of a calendar with these parts."""
    found = understood(calendar(*parts))
    assert not found.submissions
    (only,) = found.faults
    return only.reason
