"""Whatever stands in a field that reaches a mail stays words: no header, no recipient, no mail and no script more."""

import csv
import io
from email import message_from_bytes, policy
from email.utils import getaddresses

import pytest

from invited.admission import request_send
from invited.entrypoints.inject import inject
from invited.imip import clients
from invited.imip.clients import Client
from invited.jobs import Plan, begin
from invited.messages import Attendee
from invited.settings import Settings
from tests.entrypoints.test_serve import ANN, START
from tests.imip.contents import html_of, text_of_calendar
from tests.imip.inbound_mails import calendar, mail
from tests.imip.inbound_mails import event as vevent

EVIL = "Ann\r\nBcc: eve@evil.test\r\nX-Evil: 1\r\n\r\n<script>alert(1)</script>\r\n.\r\nMAIL FROM:<eve@evil.test>\r\n"
ENCODED = "=?utf-8?q?Ann=0D=0ABcc:_eve@evil.test=0D=0AX-Evil:_1?="
WRITTEN = EVIL.replace("\\", "\\\\").replace("\r\n", "\\n").replace(",", "\\,")
LOOKALIKE = "аnn@club.test"
"""Ann's address with a Cyrillic letter."""


@pytest.fixture
def settings(tmp_path):
    return Settings(
        data_dir=tmp_path,
        inbound_auth="trust",
        brand_name="<script>alert(1)</script> Bcc: eve@evil.test",
        digest_hour=-1,
        _env_file=None,
    )


def checked(relay, *addresses):
    """The mails so far: each to one of these and nobody else, its headers once each, no script in its HTML."""
    assert relay.letters
    for letter in relay.letters:
        assert letter.to in addresses
        assert b"\n" not in letter.raw.replace(b"\r\n", b"")
        assert b"\r" not in letter.raw.replace(b"\r\n", b"")
        found = message_from_bytes(letter.raw, policy=policy.default)
        assert not found.defects
        assert [address for _, address in getaddresses(found.get_all("To"))] == [letter.to]
        names = [name.lower() for name in found]
        assert len(names) == len(set(names))
        assert not {"bcc", "cc", "x-evil"} & set(names)
        assert "<script" not in html_of(found)
        assert "\r\nBcc:" not in text_of_calendar(found)
    return [message_from_bytes(letter.raw, policy=policy.default) for letter in relay.letters]


def organized(engine, work, **changes):
    values = {"organizer": ANN, "organizer_name": "Ann", "to": "create@invites.localhost", "uid": "uid-1"}
    values |= {"summary": "Game", "start": START, "end": START, "sequence": 0, "now": engine.now()}
    inject(engine, clients.request(Client.GOOGLE, **values | changes), "create")
    work()


def invite_bob(engine, work, name="Bob"):
    for event in engine.store.events():
        request_send(engine, event, [Attendee("bob@fan.test", name)], "api")
    work()


@pytest.mark.parametrize("field", ["summary", "description", "location"])
def test_an_organizers_words(engine, relay, work, field):
    organized(engine, work, **{field: EVIL.replace("\r\n", "\n")})
    invite_bob(engine, work)
    assert len(checked(relay, ANN, "bob@fan.test")) == 2


@pytest.mark.parametrize(
    "line",
    [
        f"SUMMARY:{WRITTEN}",
        f"LOCATION:{WRITTEN}",
        f"DESCRIPTION:{WRITTEN}",
        f"X-ALT-DESC;FMTTYPE=text/html:<p>{WRITTEN}</p>",
        f"URL:https://x.example/{WRITTEN}",
        f"CATEGORIES:{WRITTEN}",
        f'ORGANIZER;CN="{ENCODED}":mailto:organizer@example.org',
        "ORGANIZER;CN=Ann^n^nBcc: eve@evil.test:mailto:organizer@example.org",
        "SUMMARY:a\u2028BEGIN:VALARM\u0085ATTENDEE:mailto:eve@evil.test\x0bEND:VALARM",
        "SUMMARY:a\\nEND:VEVENT\\nBEGIN:VEVENT\\nATTENDEE:mailto:eve@evil.test",
    ],
    ids=range(10),
)
def test_a_calendars_lines(engine, relay, work, line):
    organizer = [] if line.startswith("ORGANIZER") else ["ORGANIZER:mailto:organizer@example.org"]
    inject(engine, mail(calendar(vevent(*organizer, line))), "create")
    work()
    assert len(engine.store.events()) == 1
    invite_bob(engine, work)
    found = checked(relay, "organizer@example.org", "bob@fan.test")
    text = text_of_calendar(found[-1])
    assert text.count("\r\nATTENDEE") == text.count("\r\nORGANIZER") == text.count("BEGIN:VEVENT\r\n") == 1
    assert "BEGIN:VALARM\r\n" not in text


def test_a_guests_name_by_the_api(engine, relay, work):
    organized(engine, work)
    invite_bob(engine, work, EVIL)
    checked(relay, ANN, "bob@fan.test")


def test_a_cell_of_a_list(engine, relay, work):
    organized(engine, work)
    text = io.StringIO()
    csv.writer(text).writerows([("email", "name"), ("bob@fan.test", EVIL)])
    begin(engine, engine.store.events()[0], Plan("job1", "list"), [text.getvalue().encode()])
    work()
    checked(relay, ANN, "bob@fan.test")
    assert relay.invited == ["bob@fan.test"]


@pytest.mark.parametrize("mailbox", ["create", "list", "report"])
def test_the_subject_and_name_of_what_is_refused(engine, relay, work, mailbox):
    raw = f"From: {ENCODED} <ann@club.test>\r\nSubject: {ENCODED}\r\n\r\nNo invite.\r\n".encode()
    inject(engine, raw, mailbox)
    work()
    checked(relay, ANN)


def test_a_guests_note_and_a_guests_letter(engine, relay, work, clock):
    organized(engine, work)
    invite_bob(engine, work)
    invite = next(letter.raw for letter in relay.letters if letter.to == "bob@fan.test")
    comment = EVIL.replace("\r\n", "\n")
    _, _, raw = clients.reply(invite, Client.GOOGLE, "ACCEPTED", now=clock(), comment=comment)
    inject(engine, raw, "rsvp")
    message_id = message_from_bytes(invite)["Message-ID"]
    head = f"From: {ENCODED} <bob@fan.test>\r\nSubject: {ENCODED}\r\nIn-Reply-To: {message_id}\r\n"
    inject(engine, f"{head}\r\n{EVIL}".encode(), "rsvp")
    work()
    assert sum(letter.to == ANN for letter in relay.letters) >= 2
    checked(relay, ANN, "bob@fan.test")


def test_who_only_looks_like_the_organizer_changes_nothing(engine, relay, work):
    organized(engine, work)
    (before,) = engine.store.events()
    for method, sequence in (("REQUEST", 1), ("CANCEL", 2)):
        organized(engine, work, organizer=LOOKALIKE, method=method, sequence=sequence, summary="Taken over")
    (after,) = [event for event in engine.store.events() if event.organizer == ANN]
    assert after == before
    assert all(event.organizer in (ANN, LOOKALIKE) for event in engine.store.events())
