from datetime import UTC, date, datetime

import pytest

from invited.domain.errors import Refused
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip.clients import PRODIDS, Client, proposal, reply, request
from invited.imip.compose import Words, compose
from tests.imip.made import CHANGED, SENDER, at, component, copy, event, occurrence, read, read_mail

NOW = datetime(2026, 11, 3, 10, 15, 30, 500, tzinfo=UTC)
BOB = "bob@guest.example"
ANSWERS = [Partstat.ACCEPTED, Partstat.DECLINED, Partstat.TENTATIVE]
SERIES = event(
    component(rules=("FREQ=WEEKLY;COUNT=10",), summary="Probe; Größe, 🎉"),
    occurrence(at("2026-12-15T10:00"), at("2026-12-16T15:00")),
    sequence=4,
)


def invite(whole=SERIES, method="REQUEST", **fields):
    template = compose(whole, whole.components, method, Words("S", "t", "<p>h</p>"), sender=SENDER, date=CHANGED)
    return template.fill(copy(**fields), message_id="<a@b>")


def answered(client, partstat=Partstat.ACCEPTED, *, to=None, **options):
    envelope_from, envelope_to, raw = reply(to or invite(), client, partstat, now=NOW, **options)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    mail = read_mail(raw)
    assert not mail.defects
    calendar, [vevent] = read(calendar_part(mail).get_payload(decode=True))
    return envelope_from, envelope_to, mail, calendar, vevent


def calendar_part(mail):
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return part


def kinds(mail):
    return [part.get_content_type() for part in mail.walk()]


@pytest.mark.parametrize("partstat", ANSWERS)
@pytest.mark.parametrize("client", Client)
def test_a_reply_answers_the_invite(client, partstat):
    _, envelope_to, mail, calendar, vevent = answered(client, partstat)
    assert envelope_to == mail["To"] == SENDER
    assert mail["From"] == "Bob Stone <bob@guest.example>"
    assert mail["Date"].datetime == NOW.replace(microsecond=0)
    assert calendar_part(mail)["Content-Type"].params["method"] == calendar["METHOD"] == "REPLY"
    assert calendar["PRODID"] == PRODIDS[client]
    assert vevent["UID"] == copy().uid
    assert vevent["SEQUENCE"] == 4
    assert vevent["DTSTAMP"].dt == NOW.replace(microsecond=0)
    assert vevent["ATTENDEE"] == f"mailto:{BOB}"
    assert vevent["ATTENDEE"].params["PARTSTAT"] == partstat
    assert vevent["DTSTART"].dt.astimezone(UTC) == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert "RECURRENCE-ID" not in vevent


def test_google_sends_the_calendar_twice_and_automatically():
    envelope_from, _, mail, calendar, vevent = answered(Client.GOOGLE)
    assert kinds(mail) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert next(mail.iter_attachments()).get_payload(decode=True) == calendar_part(mail).get_payload(decode=True)
    assert mail["Sender"].address.addr_spec == "calendar-notification@google.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert envelope_from.endswith("@calendar-server.bounces.google.com")
    assert vevent["ORGANIZER"] == f"mailto:{SENDER}"
    assert vevent["ATTENDEE"].params["X-NUM-GUESTS"] == "0"
    assert not calendar.walk("VTIMEZONE")


def test_outlook_leaves_the_organizer_out():
    envelope_from, _, mail, calendar, vevent = answered(Client.OUTLOOK)
    assert kinds(mail) == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert calendar_part(mail)["Content-Transfer-Encoding"] == "base64"
    assert envelope_from == BOB
    assert "ORGANIZER" not in vevent
    assert vevent["X-MICROSOFT-CDO-APPT-SEQUENCE"].to_ical() == b"4"
    assert vevent["COMMENT"] == "\n"
    assert calendar.walk("VTIMEZONE")
    assert mail["Auto-Submitted"] is None


def test_apple_sends_plain_text_and_calendar():
    envelope_from, _, mail, _, vevent = answered(Client.APPLE)
    assert kinds(mail) == ["multipart/alternative", "text/plain", "text/calendar"]
    assert calendar_part(mail)["Content-Transfer-Encoding"] == "quoted-printable"
    assert envelope_from == BOB
    assert vevent["ORGANIZER"] == f"mailto:{SENDER}"


@pytest.mark.parametrize(
    ("client", "name"),
    [(Client.GOOGLE, "COMMENT"), (Client.OUTLOOK, "COMMENT"), (Client.APPLE, "X-CALENDARSERVER-PRIVATE-COMMENT")],
)
def test_a_comment_stands_where_each_client_puts_it(client, name):
    *_, vevent = answered(client, comment="Späť um neun")
    assert vevent[name].to_ical().decode().removesuffix("\\n") == "Späť um neun"


@pytest.mark.parametrize("client", Client)
def test_an_answer_to_one_date_of_the_series(client):
    *_, vevent = answered(client, recurrence_id="20261208T090000Z")
    assert vevent["RECURRENCE-ID"].dt.astimezone(UTC) == datetime(2026, 12, 8, 9, tzinfo=UTC)
    assert vevent["DTEND"].dt.astimezone(UTC) == datetime(2026, 12, 8, 10, tzinfo=UTC)
    assert vevent["RECURRENCE-ID"].params.get("TZID") == (None if client is Client.GOOGLE else "Europe/Paris")


@pytest.mark.parametrize("client", Client)
def test_an_answer_to_a_moved_date(client):
    *_, vevent = answered(client, recurrence_id="20261215T090000Z")
    assert vevent["RECURRENCE-ID"].dt.astimezone(UTC) == datetime(2026, 12, 15, 9, tzinfo=UTC)
    assert vevent["DTSTART"].dt.astimezone(UTC) == datetime(2026, 12, 16, 14, tzinfo=UTC)


@pytest.mark.parametrize("client", Client)
def test_an_answer_to_one_day(client):
    days = event(component(Moment.day(date(2026, 12, 1)), rules=("FREQ=DAILY;COUNT=5",)))
    *_, vevent = answered(client, to=invite(days), recurrence_id="20261203")
    assert (vevent["RECURRENCE-ID"].dt, vevent["DTEND"].dt) == (date(2026, 12, 3), date(2026, 12, 4))


@pytest.mark.parametrize("client", Client)
def test_a_forwarded_invite_is_answered_by_somebody_else(client):
    *_, mail, _, vevent = answered(client, attendee="eve@other.example")
    assert mail["From"] == "eve@other.example"
    assert vevent["ATTENDEE"] == "mailto:eve@other.example"
    assert vevent["UID"] == copy().uid
    assert BOB not in str(mail)


@pytest.mark.parametrize("client", Client)
@pytest.mark.parametrize("address", ["jörg@bücher.example", "info@bücher.example", '"john doe"@guest.example'])
def test_international_attendees_can_answer(client, address):
    envelope_from, *_, vevent = answered(client, to=invite(address=address, name="Jörg"))
    assert "@" in envelope_from
    assert vevent["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


def test_the_same_answer_is_the_same_mail():
    one, other = (reply(invite(), Client.GOOGLE, Partstat.ACCEPTED, now=NOW) for _ in range(2))
    assert read_mail(one[2])["Message-ID"] == read_mail(other[2])["Message-ID"]


BROKEN = (
    b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    b"DTSTART:20261201T100000Z\r\nDTEND:202612T9\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "no invite"),
        (b"Subject: hello\r\n\r\nhello\r\n", "no invite"),
        (b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nnonsense\r\n", "cannot be read"),
        (b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n", "no event"),
        (BROKEN, "no event"),
        (invite(method="CANCEL"), "no invite"),
    ],
)
def test_only_an_invite_can_be_answered(raw, reason):
    with pytest.raises(Refused, match=reason):
        reply(raw, Client.APPLE, Partstat.ACCEPTED, now=NOW)


def test_no_answer_is_no_reply():
    with pytest.raises(Refused, match="no answer"):
        reply(invite(), Client.APPLE, Partstat.NEEDS_ACTION, now=NOW)


@pytest.mark.parametrize("recurrence_id", ["tomorrow", "20261301", "20261208T090000"])
def test_an_occurrence_has_a_form(recurrence_id):
    with pytest.raises(Refused, match="names no occurrence"):
        reply(invite(), Client.APPLE, Partstat.ACCEPTED, now=NOW, recurrence_id=recurrence_id)


def test_an_invite_to_one_date_knows_no_other():
    alone = invite(event(occurrence(at("2026-12-15T10:00"))))
    with pytest.raises(Refused, match="no occurrence"):
        reply(alone, Client.APPLE, Partstat.ACCEPTED, now=NOW, recurrence_id="20261208T090000Z")


def organized(client, **fields):
    known = {
        "organizer": "ann@club.example",
        "organizer_name": "Ann Müller",
        "to": "create@invites.example",
        "uid": "uid-1@club.example",
        "summary": "Sommerfest, groß",
        "start": at("2026-12-01T10:00"),
        "end": at("2026-12-01T12:00"),
        "sequence": 0,
        "now": NOW,
    }
    mail = read_mail(request(client, **{**known, **fields}))
    assert not mail.defects
    calendar, [vevent] = read(calendar_part(mail).get_payload(decode=True))
    return mail, calendar, vevent


@pytest.mark.parametrize("client", Client)
def test_an_organizers_invite(client):
    mail, calendar, vevent = organized(client, location="Halle", description="Komm!", rrule="FREQ=WEEKLY;COUNT=3")
    assert mail["From"] == "Ann Müller <ann@club.example>"
    assert mail["To"] == "create@invites.example"
    assert calendar_part(mail)["Content-Type"].params["method"] == calendar["METHOD"] == "REQUEST"
    assert calendar["PRODID"] == PRODIDS[client]
    assert vevent["ORGANIZER"] == "mailto:ann@club.example"
    assert vevent["ATTENDEE"] == "mailto:create@invites.example"
    assert (vevent["UID"], vevent["SEQUENCE"], vevent["STATUS"]) == ("uid-1@club.example", 0, "CONFIRMED")
    assert (vevent["SUMMARY"], vevent["LOCATION"], vevent["DESCRIPTION"]) == ("Sommerfest, groß", "Halle", "Komm!")
    assert vevent["RRULE"].to_ical() == b"FREQ=WEEKLY;COUNT=3"
    assert vevent["DTSTART"].dt.astimezone(UTC) == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert vevent["DTEND"].dt.astimezone(UTC) == datetime(2026, 12, 1, 11, tzinfo=UTC)


def test_outlook_names_zones_as_windows_does():
    _, calendar, vevent = organized(Client.OUTLOOK)
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == vevent["DTSTART"].params["TZID"] == "Romance Standard Time"
    assert {str(part["DTSTART"].dt.year) for part in zone.subcomponents} == {"1601"}


@pytest.mark.parametrize("client", Client)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Rome", "Asia/Gaza", None])
def test_any_zone_can_be_organized_in(client, zone):
    start, end = Moment(datetime(2026, 12, 1), zone), Moment(datetime(2026, 12, 2), zone)
    _, _, vevent = organized(client, start=start, end=end)
    found = vevent["DTSTART"].dt
    assert (found if zone is None else found.astimezone(UTC)) == (
        date(2026, 12, 1) if zone is None else start.instant()
    )


@pytest.mark.parametrize("client", Client)
def test_an_organizers_update_and_cancel(client):
    mail, _, vevent = organized(client, sequence=2)
    assert vevent["SEQUENCE"] == 2
    assert mail["Subject"].startswith("Updated invitation: " if client is Client.GOOGLE else "Sommerfest")
    mail, calendar, vevent = organized(client, sequence=3, method="CANCEL")
    assert (calendar["METHOD"], vevent["STATUS"]) == ("CANCEL", "CANCELLED")
    assert mail["Subject"].startswith("Cancel")


METHODS = {
    Client.GOOGLE: ("REPLY", "COUNTER"),
    Client.OUTLOOK: ("COUNTER", "COUNTER"),
    Client.APPLE: ("REPLY", "REPLY"),
}


def proposed(client, *times, whole=None, **options):
    whole = whole or event(component())
    _, to, raw = proposal(invite(whole), client, *times, now=NOW, **options)
    mail = read_mail(raw)
    assert (to, mail["To"], not mail.defects) == (SENDER, SENDER, True)
    part = calendar_part(mail)
    calendar, [vevent] = read(part.get_payload(decode=True))
    assert (part["Content-Type"].params["method"], calendar["METHOD"]) == METHODS[client]
    return vevent


@pytest.mark.parametrize("client", [Client.GOOGLE, Client.OUTLOOK])
def test_another_time_is_proposed_by_the_events_own_clock_and_as_long(client):
    vevent = proposed(client, datetime(2026, 12, 2, 18), comment="Later, please")
    assert vevent["DTSTART"].dt.astimezone(UTC) == datetime(2026, 12, 2, 17, tzinfo=UTC)
    first = component()
    assert vevent["DTEND"].dt - vevent["DTSTART"].dt == first.ends().instant() - first.start.instant()
    assert vevent["COMMENT"].strip() == "Later, please"
    assert vevent["UID"] == copy().uid


def test_apple_proposes_inside_an_answer():
    vevent = proposed(Client.APPLE, datetime(2026, 12, 2, 17, tzinfo=UTC), datetime(2026, 12, 2, 19, tzinfo=UTC))
    new = vevent["ATTENDEE"].params["TO-ALL-PROPOSED-NEW-TIME"]
    assert new == "DTSTART:20261202T170000Z;DTEND:20261202T190000Z;STATUS:;"
    assert vevent["DTSTART"].dt.astimezone(UTC) == component().start.instant()


def test_for_whole_days_a_date_is_proposed():
    days = component(start=Moment(datetime(2026, 12, 1)), end=Moment(datetime(2026, 12, 3)))
    vevent = proposed(Client.OUTLOOK, datetime(2026, 12, 8, 9), whole=event(days))
    assert (vevent["DTSTART"].dt, vevent["DTEND"].dt) == (date(2026, 12, 8), date(2026, 12, 10))


@pytest.mark.parametrize("start", [date(2026, 12, 8), datetime(9999, 12, 31, 23, 59)])
def test_no_time_that_the_event_cannot_have_is_proposed(start):
    with pytest.raises(Refused):
        proposal(invite(event(component())), Client.GOOGLE, start, now=NOW)
