import re
from datetime import UTC, datetime, timedelta, timezone
from email.headerregistry import Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invited.domain.moment import Moment
from invited.imip.assemble import assemble
from invited.imip.compose import MAX_SUBJECT, Words, compose
from invited.imip.transparency import is_transparent
from tests.imip.made import CHANGED, SENDER, at, check_lines, component, copy, event, occurrence, read, read_mail

WORDS = Words("Invitation: Open day", "You are invited.\nDoors at nine.", "<p>You are <b>invited</b>.</p>")
NAMES = [
    'Bob "The Builder" Stone',
    "Stone, Bob; Jr.",
    "Łukasz Żółć",
    "🎉 Party 👩‍👩‍👧 People 🎉",
    "\u202eמשה כהן",
    "محمد بن سلمان",
    "=?utf-8?q?fake?=",
    "x" * 200,
    "長" * 200,
    "Bob\r\nBcc: eve@evil.example",
    "Bob <eve@evil.example>",
    "",
]


def mail(*, of=None, words=WORDS, to=None, method="REQUEST", message_id="<id-1@invites.example>", sender=SENDER):
    whole = of or event()
    template = compose(whole, whole.components, method, words, sender=sender, date=CHANGED)
    raw = template.fill(to or copy(), message_id=message_id)
    check_wire(raw)
    # Nobody looks at it again on its way into DATA.
    assert template.is_transparent
    assert is_transparent(raw)
    return read_mail(raw)


def check_wire(raw):
    """CRLF only, short lines, one header block, nothing that a mail must not have."""
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert not read_mail(raw).defects


def calendar_of(found):
    return next(p for p in found.walk() if p.get_content_type() == "text/calendar").get_payload(decode=True)


def test_the_parts_are_text_html_and_calendar_last():
    found = mail()
    assert found.get_content_type() == "multipart/alternative"
    text, html, calendar = found.iter_parts()
    assert text.get_content().splitlines() == WORDS.text.splitlines()
    assert html.get_content().strip() == WORDS.html
    assert calendar["Content-Type"] == 'text/calendar; method="REQUEST"; charset="UTF-8"'
    for part, kind in ((text, "text/plain"), (html, "text/html"), (calendar, "text/calendar")):
        assert part.get_content_type() == kind
        assert part.get_content_charset() == "utf-8"
        assert part["Content-Transfer-Encoding"] == "base64"
        assert part["Content-Disposition"] is None
        assert part["Content-ID"] is None
        assert not part.defects


def test_the_methods_of_mail_and_calendar_agree_in_upper_case():
    whole = event()
    raw = compose(whole, whole.components, "CANCEL", WORDS, sender=SENDER, date=CHANGED).fill(
        copy(), message_id="<a@b>"
    )
    assert b"Content-Type: text/calendar; method=CANCEL; charset=UTF-8\r\n" in raw
    assert read(calendar_of(read_mail(raw)))[0]["METHOD"] == "CANCEL"


def test_the_headers_are_those_of_an_invite_and_no_others():
    found = mail()
    assert dict(found.items()) == {
        "From": "Ann Miller <rsvp@invites.example>",
        "To": "Bob Stone <bob@guest.example>",
        "Subject": "Invitation: Open day",
        "Date": "Mon, 02 Nov 2026 09:30:00 +0000",
        "Message-ID": "<id-1@invites.example>",
        "MIME-Version": "1.0",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "X-Invited-UID": copy().uid,
        "Content-Type": 'multipart/alternative; boundary="=_invited_abcdefghij234567_0"',
    }


def test_from_is_the_organizer_and_to_the_attendee():
    found = mail()
    _, [vevent] = read(calendar_of(found))
    assert vevent["ORGANIZER"] == f"mailto:{found['From'].addresses[0].addr_spec}"
    assert vevent["ORGANIZER"].params["CN"] == found["From"].addresses[0].display_name
    assert vevent["ATTENDEE"] == f"mailto:{found['To'].addresses[0].addr_spec}"
    assert vevent["ATTENDEE"].params["CN"] == found["To"].addresses[0].display_name


def test_the_calendar_is_exactly_what_is_assembled():
    whole = event(
        component(description="long " * 500, rules=("FREQ=DAILY;COUNT=9",)), occurrence(at("2026-12-02T10:00"))
    )
    expected = assemble(whole, whole.components, "REQUEST", SENDER).fill(copy())
    assert calendar_of(mail(of=whole)) == expected


@pytest.mark.parametrize("length", range(57))
def test_wherever_the_personal_part_begins_the_base64_holds(length):
    whole = event(component(summary="s" * length))
    calendar = calendar_of(mail(of=whole))
    check_lines(calendar)
    assert read(calendar)[1][0]["SUMMARY"] == "s" * length


def test_base64_lines_are_76_characters_at_most():
    whole = event(component(description="d" * 5000))
    raw = compose(whole, whole.components, "REQUEST", WORDS, sender=SENDER, date=CHANGED).fill(
        copy(), message_id="<a@b>"
    )
    assert max(len(line) for line in raw.split(b"\r\n")) <= 76


@pytest.mark.parametrize("name", NAMES)
def test_awkward_names(name):
    found = mail(of=event(organizer_name=name), to=copy(name=name))
    for header in ("From", "To"):
        [address] = found[header].addresses
        assert address.addr_spec in (SENDER, "bob@guest.example")
        assert letters(address.display_name) == letters(name)
    assert len(found.keys()) == 10


def letters(name):
    return [c for c in name if c.isalnum()]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=100), st.text(max_size=80), st.text(max_size=80))
def test_no_text_disturbs_a_mail(subject, name, organizer_name):
    found = mail(of=event(organizer_name=organizer_name), words=Words(subject, subject, subject), to=copy(name=name))
    assert len(found.keys()) == 10
    assert [address.addr_spec for address in found["To"].addresses] == ["bob@guest.example"]
    assert letters(found["Subject"]) == letters(subject)
    assert letters(found["To"].addresses[0].display_name) == letters(name)


@pytest.mark.parametrize(
    "subject",
    [
        "Invitation: a long and winding subject that goes on for more than one line of a header, as they do " * 2,
        "Einladung: Straßenfest 🎉 in der Größe eines Stadtviertels, mit Äpfeln und Öl und Überraschungen " * 2,
        "word" * 40,
        "=?utf-8?q?not_encoded?=",
    ],
)
def test_subjects_fold_and_come_back(subject):
    whole = event()
    words = Words(subject, "", "")
    raw = compose(whole, whole.components, "REQUEST", words, sender=SENDER, date=CHANGED).fill(
        copy(), message_id="<a@b>"
    )
    header = raw[raw.index(b"Subject:") : raw.index(b"\r\nDate:")]
    assert all(len(line) <= 78 for line in header.split(b"\r\n"))
    assert header.isascii()
    assert read_mail(raw)["Subject"] == subject.strip()


def test_a_subject_has_an_end():
    assert len(mail(words=Words("s " * 5000, "", ""))["Subject"]) <= MAX_SUBJECT


@pytest.mark.parametrize(
    ("address", "header"),
    [
        ("info@bücher.example", b"<info@xn--bcher-kva.example>"),
        ("jörg@bücher.example", "<jörg@bücher.example>".encode()),
        ('"john doe"@guest.example', b'<"john doe"@guest.example>'),
    ],
)
def test_international_addresses(address, header):
    whole = event()
    template = compose(whole, whole.components, "REQUEST", WORDS, sender=SENDER, date=CHANGED)
    raw = template.fill(copy(address=address), message_id="<a@b>")
    assert b'To: "Bob Stone" ' + header + b"\r\n" in raw


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "bob@guest.example\r\nBcc: eve@evil.example"},
        {"address": "bob@guest.example>, <eve@evil.example"},
        {"address": '"bob"@guest.example>, <eve@evil.example'},
        {"uid": "a\r\nBcc: eve@evil.example"},
        {"uid": "ü"},
    ],
)
def test_what_cannot_stand_in_a_header_is_refused(fields):
    whole = event()
    template = compose(whole, whole.components, "REQUEST", WORDS, sender=SENDER, date=CHANGED)
    with pytest.raises(ValueError, match=r"not a mail address|cannot stand"):
        template.fill(copy(**fields), message_id="<a@b>")
    with pytest.raises(ValueError, match="cannot stand"):
        template.fill(copy(), message_id="<a@b>\r\nBcc: eve@evil.example")


def test_the_message_id_needs_no_brackets():
    assert mail(message_id="id-1@invites.example")["Message-ID"] == "<id-1@invites.example>"


def test_the_date_is_the_one_given():
    whole, date = event(), datetime(2026, 11, 2, 9, 30, tzinfo=timezone(timedelta(hours=-5)))
    raw = compose(whole, whole.components, "REQUEST", WORDS, sender=SENDER, date=date).fill(copy(), message_id="<a@b>")
    assert b"Date: Mon, 02 Nov 2026 09:30:00 -0500\r\n" in raw


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Paris", "Asia/Kolkata", "America/St_Johns", "Africa/Casablanca"])
def test_every_kind_of_start_arrives_at_its_instant(zone):
    start = Moment(datetime(2026, 12, 1), zone)
    _, [vevent] = read(calendar_of(mail(of=event(component(start)))))
    found = vevent["DTSTART"].dt
    assert (found if zone is None else found.astimezone(UTC)) == (
        start.wall.date() if zone is None else start.instant()
    )


def test_two_attendees_share_all_but_three_fields_and_two_lines():
    whole = event()
    template = compose(whole, whole.components, "REQUEST", WORDS, sender=SENDER, date=CHANGED)
    one = template.fill(copy(), message_id="<1@b>").decode()
    other = template.fill(
        copy(uid="x-y@z.example", address="eve@guest.example", name="Eve"), message_id="<2@b>"
    ).decode()
    fields = re.compile(r"(?m)^(To|Message-ID|X-Invited-UID): .*\r\n")
    assert fields.sub("", one).split("text/calendar")[0] == fields.sub("", other).split("text/calendar")[0]
    assert "eve@guest.example" not in one
    assert str(Address("Eve", addr_spec="eve@guest.example")) == read_mail(other.encode())["To"]


def test_what_is_the_attendees_own_stands_in_both_bodies():
    marker, own = "x" * 33, "y" * 33
    words = Words(
        "S", f"Answer: https://i.example/{marker}\nBye", f"<a href='/{marker}?a=1'>é</a><a href='{marker}'>", marker
    )
    template = compose(event(), event().components, "REQUEST", words, sender=SENDER, date=CHANGED)
    raw = template.fill(copy(), message_id="<a@b>", personal=own)
    check_wire(raw)
    text, html, _ = read_mail(raw).iter_parts()
    assert text.get_content().splitlines() == words.text.replace(marker, own).splitlines()
    assert html.get_content().strip() == words.html.replace(marker, own)
    with pytest.raises(ValueError, match="33 octets"):
        template.fill(copy(), message_id="<a@b>")
