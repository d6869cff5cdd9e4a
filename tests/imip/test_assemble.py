from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invited.domain.event import Period, Property, Status
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip.assemble import VERSION, assemble, publish
from invited.imip.span import span
from tests.imip.made import CHANGED, CREATED, SENDER, at, check_lines, component, copy, event, occurrence, read


def sent(*components, method="REQUEST", of=None, to=None, **fields):
    whole = of or event(*components, **fields)
    raw = assemble(whole, components or whole.components, method, SENDER).fill(to or copy())
    check_lines(raw)
    return read(raw)


def lines(*components, method="REQUEST", of=None):
    whole = of or event(*components)
    raw = assemble(whole, components or whole.components, method, SENDER).fill(copy())
    return raw.replace(b"\r\n ", b"").decode().split("\r\n")


def series(**fields):
    return component(rules=("FREQ=WEEKLY;COUNT=10",), **fields)


def test_a_request_says_all_that_rfc_5546_asks_for():
    calendar, [vevent] = sent(component(location="Main hall", description="Doors at nine."), sequence=3)
    assert (calendar["METHOD"], calendar["CALSCALE"], calendar["VERSION"]) == ("REQUEST", "GREGORIAN", "2.0")
    assert vevent["UID"] == copy().uid
    assert vevent["DTSTAMP"].dt == vevent["LAST-MODIFIED"].dt == CHANGED
    assert vevent["CREATED"].dt == CREATED
    assert (vevent["SEQUENCE"], vevent["STATUS"], vevent["TRANSP"]) == (3, "CONFIRMED", "OPAQUE")
    assert (vevent["SUMMARY"], vevent["LOCATION"], vevent["DESCRIPTION"]) == ("Open day", "Main hall", "Doors at nine.")
    assert vevent["ORGANIZER"] == "mailto:rsvp@invites.example"
    assert vevent["ORGANIZER"].params["CN"] == "Ann Miller"
    assert vevent["DTSTART"].params["TZID"] == "Europe/Paris"
    assert vevent["DTSTART"].dt.astimezone(UTC) == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert vevent["DTEND"].dt - vevent["DTSTART"].dt == timedelta(hours=1)
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Paris"]


def test_one_attendee_is_asked():
    _, [vevent] = sent()
    attendee = vevent["ATTENDEE"]
    assert attendee == "mailto:bob@guest.example"
    assert dict(attendee.params) == {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
        "CN": "Bob Stone",
    }


def test_an_answer_that_stands_is_told_back():
    _, [vevent] = sent(to=copy(partstat=Partstat.ACCEPTED, asks=False))
    assert (vevent["ATTENDEE"].params["PARTSTAT"], vevent["ATTENDEE"].params["RSVP"]) == ("ACCEPTED", "FALSE")


def test_the_organizers_own_address_and_uid_stay_with_us():
    raw = assemble(event(), event().components, "REQUEST", SENDER).fill(copy())
    assert b"club.example" not in raw
    assert b"uid-of-anns-calendar" not in raw


def test_a_whole_day_is_a_date_with_an_exclusive_end():
    calendar, [vevent] = sent(component(Moment.day(date(2026, 12, 1))))
    assert (vevent["DTSTART"].dt, vevent["DTEND"].dt) == (date(2026, 12, 1), date(2026, 12, 2))
    assert vevent["DTSTART"].params["VALUE"] == "DATE"
    assert not calendar.walk("VTIMEZONE")


def test_utc_needs_no_zone():
    calendar, [vevent] = sent(component(at("2026-12-01T10:00", "UTC")))
    assert vevent["DTSTART"].to_ical() == b"20261201T100000Z"
    assert not calendar.walk("VTIMEZONE")


def test_a_flight_has_two_zones():
    trip = component(at("2026-12-01T10:00"), end=at("2026-12-01T12:30", "America/New_York"))
    calendar, [vevent] = sent(trip)
    assert {zone["TZID"] for zone in calendar.walk("VTIMEZONE")} == {"Europe/Paris", "America/New_York"}
    assert vevent["DTEND"].dt - vevent["DTSTART"].dt == timedelta(hours=8, minutes=30)


def test_a_duration_becomes_an_end_and_no_length_needs_none():
    _, [vevent] = sent(component(duration=timedelta(minutes=90)))
    assert vevent["DTEND"].dt - vevent["DTSTART"].dt == timedelta(minutes=90)
    assert "DTEND" not in sent(component(duration=timedelta()))[1][0]


def test_occurrences_are_named_in_the_form_of_the_masters_start():
    master = series(
        exdates=(at("2026-12-08T09:00", "UTC"), at("2026-12-15T04:00", "America/New_York")),
        rdates=(Period(at("2026-12-10T09:00", "UTC")),),
    )
    moved = occurrence(at("2026-12-22T09:00", "UTC"), at("2026-12-22T15:00"))
    found = lines(master, moved)
    assert "EXDATE;TZID=Europe/Paris:20261208T100000" in found
    assert "EXDATE;TZID=Europe/Paris:20261215T100000" in found
    assert "RDATE;TZID=Europe/Paris:20261210T100000" in found
    assert "RECURRENCE-ID;TZID=Europe/Paris:20261222T100000" in found
    assert "DTSTART;TZID=Europe/Paris:20261222T150000" in found


def test_a_period_keeps_its_end():
    period = Period(at("2026-12-10T09:00", "UTC"), duration=timedelta(hours=2))
    assert "RDATE;VALUE=PERIOD;TZID=Europe/Paris:20261210T100000/20261210T120000" in lines(series(rdates=(period,)))


def test_the_second_pass_through_a_repeated_hour_is_told_in_utc():
    master = component(at("2026-10-01T02:30"), rules=("FREQ=DAILY",), exdates=(at("2026-10-25T01:30", "UTC"),))
    assert "EXDATE:20261025T013000Z" in lines(master)


def test_a_newcomer_sees_a_cancelled_occurrence_as_an_exception():
    gone = occurrence(at("2026-12-08T09:00", "UTC"), at("2026-12-09T18:00"), status=Status.CANCELLED)
    moved = occurrence(at("2026-12-15T10:00"), at("2026-12-15T15:00"))
    _, found = sent(series(), gone, moved)
    assert [("RECURRENCE-ID" in e, str(e["STATUS"])) for e in found] == [(False, "CONFIRMED"), (True, "CONFIRMED")]
    assert "EXDATE;TZID=Europe/Paris:20261208T100000" in lines(series(), gone, moved)


def test_of_occurrences_without_a_master_the_cancelled_ones_are_left_out():
    kept, gone = occurrence(at("2026-12-08T10:00")), occurrence(at("2026-12-15T10:00"), status=Status.CANCELLED)
    assert len(sent(kept, gone)[1]) == 1
    with pytest.raises(ValueError, match="nothing to send"):
        assemble(event(kept, gone), [gone], "REQUEST", SENDER)


def test_one_changed_occurrence_goes_alone():
    moved = occurrence(at("2026-12-15T09:00", "UTC"), at("2026-12-15T15:00"))
    _, [vevent] = sent(moved, of=event(series(), moved))
    assert vevent["RECURRENCE-ID"].to_ical() == b"20261215T100000"


def test_a_cancel_of_all_is_the_master_alone():
    master = replace(series(), status=Status.CANCELLED)
    _, [vevent] = sent(master, occurrence(at("2026-12-15T10:00")), method="CANCEL")
    assert (vevent["STATUS"], "RECURRENCE-ID" in vevent, "DTEND" in vevent) == ("CANCELLED", False, True)
    assert vevent["ATTENDEE"].params["RSVP"] == "FALSE"


def test_a_cancel_may_name_several_occurrences():
    gone = [occurrence(at(f"2026-12-{day:02}T10:00"), status=Status.CANCELLED) for day in (8, 15)]
    _, found = sent(*gone, method="CANCEL", of=event(series(), *gone))
    assert [e["RECURRENCE-ID"].to_ical() for e in found] == [b"20261208T100000", b"20261215T100000"]
    assert {str(e["STATUS"]) for e in found} == {"CANCELLED"}


def test_a_cancel_leaves_living_occurrences_alone():
    gone, moved = occurrence(at("2026-12-08T10:00"), status=Status.CANCELLED), occurrence(at("2026-12-15T10:00"))
    _, [vevent] = sent(gone, moved, method="CANCEL", of=event(series(), gone, moved))
    assert vevent["RECURRENCE-ID"].to_ical() == b"20261208T100000"


def test_who_alone_is_no_longer_invited_sees_no_status():
    _, [vevent] = sent(method="CANCEL")
    assert "STATUS" not in vevent


@pytest.mark.parametrize("method", ["REPLY", "request", "PUBLISH"])
def test_nothing_else_is_sent(method):
    with pytest.raises(ValueError, match="sent as"):
        assemble(event(), event().components, method, SENDER)


def test_a_cancelled_event_is_never_a_request():
    with pytest.raises(ValueError, match="nothing to send"):
        assemble(event(), [component(status=Status.CANCELLED)], "REQUEST", SENDER)


def test_a_download_has_no_attendee():
    raw = publish(event(), "abc@invites.example", SENDER)
    check_lines(raw)
    calendar, [vevent] = read(raw)
    assert calendar["METHOD"] == "PUBLISH"
    assert vevent["UID"] == "abc@invites.example"
    assert "ATTENDEE" not in vevent


def test_a_download_of_a_cancelled_event_says_so():
    gone = occurrence(at("2026-12-08T10:00"), status=Status.CANCELLED)
    assert read(publish(event(gone), "abc", SENDER))[1][0]["STATUS"] == "CANCELLED"


def test_html_goes_beside_the_text():
    _, [vevent] = sent(component(html="<p>Doors at nine, sharp;\nbe there</p>"))
    # As Outlook writes it: escaped like any other text.
    assert vevent["X-ALT-DESC"].to_ical() == rb"<p>Doors at nine\, sharp\;\nbe there</p>"
    assert vevent["X-ALT-DESC"].params["FMTTYPE"] == "text/html"


def test_other_properties_go_on_as_they_came():
    extra = (
        Property("CATEGORIES", (("LANGUAGE", ("en",)),), r"SPORT,BALL\, FOOT"),
        Property("TRANSP", (), "TRANSPARENT"),
        Property("URL", (), "https://club.example/?a=1;b=2"),
        Property("X-APPLE-STRUCTURED-LOCATION", (("X-TITLE", ("Main Street 1, Town",)),), "geo:1.0,2.0"),
        Property("X-MICROSOFT-CDO-BUSYSTATUS", (), "FREE"),
        Property("ATTACH", (), "https://club.example/plan.pdf"),
    )
    found = lines(component(extra=extra))
    assert r"CATEGORIES;LANGUAGE=en:SPORT,BALL\, FOOT" in found
    assert "TRANSP:TRANSPARENT" in found
    assert "TRANSP:OPAQUE" not in found
    assert "URL:https://club.example/?a=1;b=2" in found
    assert 'X-APPLE-STRUCTURED-LOCATION;X-TITLE="Main Street 1, Town":geo:1.0,2.0' in found
    assert "X-MICROSOFT-CDO-BUSYSTATUS:FREE" in found
    assert "ATTACH:https://club.example/plan.pdf" in found


@pytest.mark.parametrize(
    "extra",
    [
        Property("ATTENDEE", (), "mailto:secret@guest.example"),
        Property("attendee", (), "mailto:secret@guest.example"),
        Property("X-MICROSOFT-CDO-OWNERAPPTID", (), "secret"),
        Property("X-MS-OLK-SENDER", (), "secret"),
        Property("RELATED-TO", (), "secret"),
        Property("CONTACT", (("SENT-BY", ("mailto:secret@x.example",)),), "us"),
        Property("X-OTHER-START", (("TZID", ("secret",)),), "20261201T000000"),
        Property("ATTACH", (), "cid:secret"),
        Property("ATTACH", (("ENCODING", ("BASE64",)), ("VALUE", ("BINARY",))), "c2VjcmV0secret"),
        Property("END", (), "VEVENT secret"),
        Property("X-BAD:secret\r\nATTENDEE", (), "x"),
        Property("X-OK", (("BAD=1:secret", ("x",)),), "x"),
    ],
)
def test_what_is_the_organizers_own_stays_behind(extra):
    assert "secret" not in "\n".join(lines(component(extra=(extra,))))


def test_nothing_can_start_a_line_of_its_own():
    evil = "x\r\nATTENDEE:mailto:eve@evil.example\nBEGIN:VALARM\x00\x85END:VEVENT\u2028UID:1"
    extra = (Property("CATEGORIES", (("X-P", (evil,)),), evil),)
    master = component(
        summary=evil, description=evil, location=evil, html=evil, extra=extra, rules=(f"FREQ=DAILY;COUNT=2{evil}",)
    )
    whole = event(master, organizer_name=f'"{evil}')
    raw = assemble(whole, whole.components, "REQUEST", SENDER).fill(copy(name=f'Eve":{evil}'))
    check_lines(raw)
    begun = raw.replace(b"\r\n ", b"").decode().splitlines()
    assert sum(line.startswith("ATTENDEE") for line in begun) == 1
    assert sum(line.startswith(("BEGIN:VALARM", "END:VEVENT", "UID")) for line in begun) == 2


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.text(max_size=300), st.text(max_size=60), st.text(max_size=60))
def test_texts_come_back_as_they_were(summary, description, name, organizer_name):
    whole = event(component(summary=summary, description=description), organizer_name=organizer_name)
    raw = assemble(whole, whole.components, "REQUEST", SENDER).fill(copy(name=name))
    check_lines(raw)
    _, [vevent] = read(raw)
    assert visible(vevent["SUMMARY"]) == visible(summary)
    assert visible(vevent.get("DESCRIPTION", "")) == visible(description)
    assert isinstance(vevent["ATTENDEE"].params["CN"], str)


def visible(value):
    """What a person could tell apart: printable characters, and where lines break."""
    return "\n".join("".join(filter(str.isprintable, line)) for line in str(value).splitlines()).strip()


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("bob+fun@guest.example", "mailto:bob+fun@guest.example"),
        ("o'neil&co@guest.example", "mailto:o'neil&co@guest.example"),
        ("who?what%@guest.example", "mailto:who%3Fwhat%25@guest.example"),
        ('"john doe"@guest.example', "mailto:%22john%20doe%22@guest.example"),
        ("info@bücher.example", "mailto:info@xn--bcher-kva.example"),
        ("jörg@bücher.example", "mailto:jörg@bücher.example"),
    ],
)
def test_addresses_stand_as_mail_systems_take_them(address, written):
    assert sent(to=copy(address=address, name=""))[1][0]["ATTENDEE"] == written


@pytest.mark.parametrize("address", ["", "bob", "bob@x.example\r\nUID:1", "bö b@x.example\n"])
def test_no_address_no_copy(address):
    with pytest.raises(ValueError, match="not a mail address"):
        assemble(event(), event().components, "REQUEST", SENDER).fill(copy(address=address))


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ("FREQ=WEEKLY;COUNT=10", date(2027, 2, 9)),
        ("freq=weekly;count=10;byday=MO,TU", date(2027, 2, 9)),
        ("FREQ=DAILY;UNTIL=20300101T000000Z", date(2030, 1, 1)),
        ("FREQ=DAILY;UNTIL=20301399", date(2036, 12, 1)),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=3", date(2036, 12, 1)),
        ("FREQ=MONTHLY", date(2036, 12, 1)),
        ("FREQ=HOURLY;COUNT=3", date(2036, 12, 1)),
        ("FREQ=DAILY;COUNT=" + "9" * 5000, date(2036, 12, 1)),
        ("FREQ=DAILY;COUNT=999999;INTERVAL=999999", date(2036, 12, 1)),
        ("nonsense", date(2036, 12, 1)),
    ],
)
def test_zones_are_looked_up_for_as_long_as_the_series_runs(rule, last):
    assert span([component(rules=(rule,))]) == (date(2026, 12, 1), last)


def test_events_at_the_end_of_time_can_be_told():
    sent(component(at("9990-12-01T10:00"), rules=("FREQ=DAILY",)))
    sent(component(at("0002-12-01T10:00")))


def test_the_product_names_its_version():
    assert version("invited") == VERSION
