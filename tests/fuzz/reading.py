"""What must hold of every reader, whatever the bytes are. Each function takes them and raises where it does not."""

import email
import email.policy
from itertools import pairwise

from invited.domain.addresses import new_id
from invited.domain.errors import Refused
from invited.domain.event import Event, begun
from invited.imip.bounces import read_bounce
from invited.imip.compose import Words, compose
from invited.imip.contentlines import parse
from invited.imip.itip import understand
from invited.imip.lint import lint
from invited.imip.mail import read as read_mail
from invited.imip.recurrence import is_over, occurrences
from invited.imip.split import explicit
from invited.imip.tnef import calendar_of
from invited.lists.columns import layout
from invited.lists.encodings import HEAD, beginning, utf8
from invited.lists.preview import preview
from invited.lists.rows import BadRow, Place, page
from invited.lists.rows import read as read_list
from tests.imip.inbound_mails import ARRIVED
from tests.imip.made import SENDER, copy
from tests.imip.test_fast_reply import check

MAX_TOLD = 1_000
"""Characters of anything that is told of a row."""


def a_mail(raw):
    """A mail is read or refused, bounces included; and the fast reader says what the full one says."""
    try:
        inbound = read_mail(raw, "")
    except Refused as refused:
        assert refused.reason
        return
    understand(inbound, ARRIVED, "Europe/Paris")
    read_bounce(inbound, raw, "rsvp+x@invites.example")
    check(raw)


def a_calendar(raw):
    """What a calendar file says is refused, or goes out as an invite in which nobody but us and the guest stands."""
    head = b"From: ann@club.example\r\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\r\n"
    try:
        found = understand(read_mail(head + raw, ""), ARRIVED, "Europe/Paris")
    except Refused:
        return
    for submission in found.submissions:
        event = _event(submission)
        assert len(occurrences(event, ARRIVED, 20)) <= 20
        is_over(event, ARRIVED)
        for method, parts in explicit(event).catch_up(-1):
            words = Words("Subject", "text", "<p>html</p>")
            template = compose(explicit(event), parts, method, words, sender=SENDER, date=ARRIVED)
            _must_be_ours(template.fill(copy(), message_id="<a@b>"))


def _event(submission):
    return begun(
        Event(
            id=new_id(),
            domain="invites.example",
            organizer="ann@club.example",
            organizer_name=submission.organizer_name,
            origin_uid=submission.uid,
            created=ARRIVED,
            changed=ARRIVED,
            components=submission.components,
        )
    )


def _must_be_ours(raw):
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert not mail.defects
    assert set(mail.keys()) <= HEADERS, mail.keys()
    assert len(mail.keys()) == len(set(mail.keys()))
    (calendar,) = (part for part in mail.walk() if part.get_content_type() == "text/calendar")
    text = calendar.get_payload(decode=True)
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    (root,) = parse(text.decode())
    assert root.name == "VCALENDAR"
    assert {child.name for child in root.children} <= {"VEVENT", "VTIMEZONE"}
    for event in (child for child in root.children if child.name == "VEVENT"):
        assert not event.children, "no alarms"
        named = {name: [line.value for line in event.lines if line.name == name] for name in UNIQUE}
        assert named["ATTENDEE"] == [f"mailto:{copy().address}"]
        assert named["ORGANIZER"] == [f"mailto:{SENDER}"]
        assert named["UID"] == [copy().uid]
        assert all(len(values) <= 1 for values in named.values()), named
    found = understand(read_mail(raw, ""), ARRIVED)
    assert not found.faults, found.faults
    assert len(found.submissions) + len(found.cancellations) == 1


def a_winmail(raw):
    """A TNEF stream becomes a calendar, nothing, or is refused."""
    try:
        found = calendar_of(raw, sender="ann@club.example")
    except Refused:
        return
    if found is not None:
        (root,) = parse(found.decode())
        assert root.name == "VCALENDAR"


def a_list(raw):
    """A list read in pieces, by pages or from its preview names the same people, and tells no endless thing of any."""
    pieces = [raw[start : start + 7] for start in range(0, len(raw), 7)]
    try:
        whole = list(read_list([raw]))
    except Refused:
        return
    assert list(read_list(pieces)) == whole
    text = b"".join(utf8([raw]))
    plan, place, paged = layout(beginning(iter([text]), HEAD)), Place(), []
    while True:
        found = page([text[place.octets :]], plan, place, 3)
        paged += found.entries
        if found.is_last:
            break
        assert found.after.octets > place.octets
        place = found.after
    assert paged == whole
    assert all(before.line <= after.line for before, after in pairwise(whole))
    assert all(len(entry.text) <= MAX_TOLD for entry in whole if isinstance(entry, BadRow))
    preview([raw])


def a_preflight(raw):
    """Anything can be held against the client rules."""
    for finding in lint(raw):
        assert finding.message
        assert finding.remedy


HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Reply-To",
    "X-Invited-UID",
}
UNIQUE = ("UID", "ORGANIZER", "ATTENDEE", "DTSTART", "DTEND", "DURATION", "SUMMARY", "SEQUENCE", "STATUS")
