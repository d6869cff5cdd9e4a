import email
import email.policy
import struct
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tnefparse import TNEF

from invited.domain.errors import Refused
from invited.imip.tnef import calendar_of
from invited.imip.tnef.stream import MAX_LIST, MAX_PROPERTIES, read
from tests.corpus import ABSENT, CORPUS
from tests.imip.winmail import (
    ADDRESS,
    ALL_DAY,
    ATTENDEE_CHANGE,
    BERLIN,
    BODY,
    CLASS,
    END,
    HTML,
    ID,
    INTENDED,
    IS_PROPOSAL,
    LOCATION,
    MINUTES,
    NAME,
    OCCURRENCE_TIME,
    OWNER_CHANGE,
    PATTERN,
    PREFIX,
    PROPOSED_END,
    PROPOSED_START,
    RECURS,
    RTF,
    SENDER_ADDRESS,
    SEQUENCE,
    SMTP,
    START,
    SUBJECT,
    ZONE,
    ZONE_STRUCT,
    Code,
    attribute,
    foreign_id,
    global_id,
    outcome,
    pattern,
    properties,
    rtf_plain,
    tnef,
    u16,
    u32,
    zone_definition,
    zone_struct,
)

FILES = sorted(path.name for path in CORPUS.glob("tnef/*")) if CORPUS else []

REQUEST, CANCELED = "IPM.Schedule.Meeting.Request", "IPM.Schedule.Meeting.Canceled"
ACCEPTED, DECLINED = "IPM.Schedule.Meeting.Resp.Pos", "IPM.Schedule.Meeting.Resp.Neg"
UID = "040000008200E00074C5B7101A82E00800000000000000000000000000000000000000001000000030313233343536373839616263646566"
NINE = datetime(2026, 6, 1, 7, tzinfo=UTC)
"""09:00 in Berlin, a Monday."""
PLAN = {
    ID: global_id(),
    SUBJECT: "Match day",
    START: NINE,
    END: NINE + timedelta(hours=1),
    ZONE: zone_definition("W. Europe Standard Time", (2, BERLIN)),
    OWNER_CHANGE: datetime(2026, 5, 1, 12, tzinfo=UTC),
    SEQUENCE: 3,
    SMTP: "organizer@example.org",
    NAME: "Ball Club",
}
WEEKLY = PLAN | {PATTERN: pattern(0x200B, 1, 1, u32(2), datetime(2026, 6, 1)), RECURS: True}


def row(address, **more):
    named = {"name": 0x3001, "kind": 0x0C15, "track": 0x5FFF, "flags": 0x5FFD}
    return {0x39FE: address} | {named[name]: of for name, of in more.items()}


def events(message_class, values, recipients=(), **options):
    raw = calendar_of(tnef(message_class, values, recipients), **options)
    calendar = icalendar.Calendar.from_ical(raw)
    assert not calendar.errors
    assert raw.count(b"\r\n") == raw.count(b"\n")
    assert raw.endswith(b"END:VCALENDAR\r\n")
    return calendar["METHOD"], calendar.events


def event(message_class, values, recipients=(), **options):
    method, (only,) = events(message_class, values, recipients, **options)
    return method, only


def line(component, name):
    return component.content_line(name, component[name]).replace("\r\n ", "")


# The corpus


def corpus(name):
    if CORPUS is None:
        pytest.skip(ABSENT)
    raw = (CORPUS / "tnef" / name).read_bytes()
    if not name.endswith(".eml"):
        return raw
    parts = email.message_from_bytes(raw, policy=email.policy.default).walk()
    return next(part for part in parts if part.get_content_type() == "application/ms-tnef").get_content()


def test_an_answer_of_exchange():
    calendar = icalendar.Calendar.from_ical(calendar_of(corpus("horde-compress__Itip_Reply.eml")))
    (reply,) = calendar.events
    assert calendar["METHOD"] == "REPLY"
    assert reply["SUMMARY"] == 'Infoveranstaltung VDI/VDE Jena "Digitalisierung Medizintechnik"'
    # Not the hexadecimal GlobalObjectId, as Horde prints it: the id is another calendar's, kept inside.
    assert reply["UID"] == "20150113143519.trPhO6SrBAGURICFhR5NMg5@www.nachthell.net"
    assert reply["ATTENDEE"] == "mailto:J.Meier@medizin.uni-leipzig.de"
    assert reply["ATTENDEE"].params == {"CN": "Meier, Jens", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED"}
    assert reply["DTSTAMP"].dt == datetime(2015, 1, 14, 9, 5, 1, tzinfo=UTC)


def test_a_request_of_outlook_on_an_imap_account():
    calendar = icalendar.Calendar.from_ical(calendar_of(corpus("horde-compress__winmail2.dat")))
    (request,) = calendar.events
    assert calendar["METHOD"] == "REQUEST"
    assert (request["SUMMARY"], request["DESCRIPTION"]) == ("Test Meeting", "This is a test meeting.")
    assert request["ORGANIZER"] == "mailto:mike@theupstairsroom.com"
    assert request["ATTENDEE"] == "mailto:mrubinsk@horde.org"
    asked = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    assert asked.items() <= request["ATTENDEE"].params.items()
    assert request["DTSTART"].to_ical() == b"20150128T080000"
    assert request["DTSTART"].params["TZID"] == "Eastern Standard Time"


def test_a_request_for_a_weekly_series():
    calendar = icalendar.Calendar.from_ical(calendar_of(corpus("horde-compress__TnefMeetingRequest.tnef")))
    (request,) = calendar.events
    assert (calendar["METHOD"], request["SUMMARY"], request["LOCATION"]) == ("REQUEST", "Meeting", "Office")
    assert request["RRULE"].to_ical() == b"FREQ=WEEKLY;BYDAY=MO"
    assert request["DTSTART"].to_ical() == b"20131223T120000"


@pytest.mark.parametrize(
    "name",
    [
        # A task, which is no event: nobody can be invited to one here.
        "horde-compress__tnef_task.eml",
        "tnefparse__IPM-DistList.tnef",
        "tnefparse__minimal_attachment.tnef",
        "tnefparse__umlaut.tnef",
    ],
)
def test_what_is_no_meeting_is_none(name):
    assert calendar_of(corpus(name)) is None


def test_the_corpus_has_no_other_files():
    assert not FILES or len(FILES) == 7


@pytest.mark.parametrize("name", FILES)
def test_another_reader_finds_the_same_properties(name):
    theirs = TNEF(corpus(name), do_checksum=False)
    ours = read(corpus(name)).message().properties
    for found in theirs.mapiprops:
        if found.guid_name is None and not isinstance(found.raw_data, list):
            key = (found.guid.bytes_le, found.guid_prop) if found.guid else found.name
            assert found.raw_data in ours.values[key][1]
        elif found.guid_name is None and found.attr_type == 0x1E and "".join(found.raw_data).strip("\0 "):
            key = (found.guid.bytes_le, found.guid_prop) if found.guid else found.name
            assert ours.text(key) == found.raw_data[0].strip("\0 ").replace("\x01", "")


# Messages


@pytest.mark.parametrize(
    ("message_class", "method", "partstat"),
    [
        (REQUEST, "REQUEST", None),
        (CANCELED, "CANCEL", None),
        (ACCEPTED, "REPLY", "ACCEPTED"),
        (DECLINED, "REPLY", "DECLINED"),
        ("IPM.Schedule.Meeting.Resp.Tent", "REPLY", "TENTATIVE"),
        ("IPM.Microsoft Schedule.MtgReq", "REQUEST", None),
        ("IPM.Microsoft Schedule.MtgCncl", "CANCEL", None),
        ("IPM.Microsoft Schedule.MtgRespP", "REPLY", "ACCEPTED"),
        ("IPM.Microsoft Schedule.MtgRespN", "REPLY", "DECLINED"),
        ("Microsoft Mail v3.0 IPM.Microsoft Schedule.MtgRespA", "REPLY", "TENTATIVE"),
        ("ipm.schedule.meeting.request.contoso", "REQUEST", None),
    ],
)
def test_each_message_class_is_a_method(message_class, method, partstat):
    found, component = event(message_class, PLAN)
    assert found == method
    assert component["UID"] == UID
    assert ("ATTENDEE" in component) is (partstat is not None)
    assert (component["ATTENDEE"].params["PARTSTAT"] if partstat else None) == partstat
    assert ("ORGANIZER" in component) is (partstat is None)
    assert component.get("STATUS") == ("CANCELLED" if method == "CANCEL" else None)


@pytest.mark.parametrize(
    "message_class",
    [
        "IPM.Note",
        "IPM.Microsoft Mail.Note",
        "IPM.TaskRequest",
        "IPM.DistList",
        "IPM.Appointment",
        "IPM.Schedule.Meeting.Notification.Forward",
        "IPM.Schedule.Meeting.Requests",
        "IPM.Microsoft Schedule.MtgXYZ",
        "IPM",
    ],
)
def test_other_message_classes_are_no_meeting(message_class):
    assert calendar_of(tnef(message_class, PLAN)) is None


def test_the_class_may_stand_among_the_properties_only():
    assert event("", PLAN | {CLASS: REQUEST})[0] == "REQUEST"
    assert calendar_of(tnef("", PLAN)) is None


def test_a_request_says_all_that_the_stream_says():
    rows = [
        row("a@example.org", name="Anna 'A' Ä", kind=1, track=3),
        row("b@example.org", kind=2),
        row("room@example.org", kind=3),
        row("organizer@example.org", kind=1),
        row("hidden@example.org", kind=1, flags=2),
        row("A@example.org", kind=1),
        {0x3003: "/o=Club/cn=Recipients/cn=x", 0x3002: "EX"},
        {0x3003: "c@example.org", 0x3002: "SMTP", 0x5FFF: 4},
    ]
    more = {
        LOCATION: "Stadium, north",
        BODY: "Bring\r\nscarves",
        INTENDED: 2,
        0x0036: 2,
        SENDER_ADDRESS: "pa@example.org",
    }
    _, found = event(REQUEST, PLAN | more, rows)
    assert line(found, "DTSTART") == "DTSTART;TZID=W. Europe Standard Time:20260601T090000"
    assert line(found, "DTEND") == "DTEND;TZID=W. Europe Standard Time:20260601T100000"
    assert (found["SEQUENCE"], found["DTSTAMP"].dt) == (3, datetime(2026, 5, 1, 12, tzinfo=UTC))
    assert (found["SUMMARY"], found["LOCATION"]) == ("Match day", "Stadium, north")
    assert (found["DESCRIPTION"], found["CLASS"], found["TRANSP"]) == ("Bring\nscarves", "PRIVATE", "OPAQUE")
    assert found["X-MICROSOFT-CDO-INTENDEDSTATUS"] == "BUSY"
    assert line(found, "ORGANIZER") == (
        'ORGANIZER;CN="Ball Club";SENT-BY="mailto:pa@example.org":mailto:organizer@example.org'
    )
    people = {str(a)[7:]: (a.params["ROLE"], a.params["PARTSTAT"], a.params["CUTYPE"]) for a in found["ATTENDEE"]}
    assert people == {
        "a@example.org": ("REQ-PARTICIPANT", "ACCEPTED", "INDIVIDUAL"),
        "b@example.org": ("OPT-PARTICIPANT", "NEEDS-ACTION", "INDIVIDUAL"),
        "room@example.org": ("NON-PARTICIPANT", "NEEDS-ACTION", "RESOURCE"),
        "c@example.org": ("REQ-PARTICIPANT", "DECLINED", "INDIVIDUAL"),
    }
    assert found["ATTENDEE"][0].params["CN"] == "Anna 'A' Ä"


def test_an_answer_names_who_answers_to_whom_and_what_they_wrote():
    values = PLAN | {ATTENDEE_CHANGE: NINE, SUBJECT: "Zugesagt: Match day", PREFIX: "Zugesagt: ", BODY: "See you"}
    method, found = event(ACCEPTED, values, [row("rsvp@example.net", name="Club")])
    assert method == "REPLY"
    assert (found["SUMMARY"], found["COMMENT"], found["DTSTAMP"].dt) == ("Match day", "See you", NINE)
    assert found["ORGANIZER"] == "mailto:rsvp@example.net"
    assert found["ATTENDEE"] == "mailto:organizer@example.org"
    assert "DESCRIPTION" not in found


def test_the_mails_sender_stands_for_whom_the_stream_does_not_name():
    anonymous = {key: of for key, of in PLAN.items() if key not in (SMTP, NAME)} | {0x0042: "Guest"}
    assert event(ACCEPTED, anonymous, sender="guest@example.org")[1]["ATTENDEE"] == "mailto:guest@example.org"
    assert "ATTENDEE" not in event(ACCEPTED, anonymous)[1]
    exchange = anonymous | {ADDRESS: "/o=Club/cn=x", 0x0064: "EX"}
    assert event(REQUEST, exchange, sender="o@example.org")[1]["ORGANIZER"] == "mailto:o@example.org"
    account = anonymous | {0x0E29: "00a9\x01POP\x01me@example.org"}
    assert event(REQUEST, account)[1]["ORGANIZER"] == "mailto:me@example.org"


def test_a_proposal_of_another_time_is_a_counter():
    proposed = {IS_PROPOSAL: True, PROPOSED_START: NINE + timedelta(hours=2), PROPOSED_END: NINE + timedelta(hours=3)}
    method, found = event(DECLINED, PLAN | proposed)
    assert (method, found["ATTENDEE"].params["PARTSTAT"]) == ("COUNTER", "DECLINED")
    assert found["DTSTART"].to_ical() == b"20260601T110000"
    assert line(found, "X-MS-OLK-ORIGINALSTART").endswith(":20260601T090000")
    assert event(REQUEST, PLAN | {IS_PROPOSAL: True})[0] == "REQUEST"


def test_the_uid_of_another_calendar_comes_back_as_it_was():
    assert event(ACCEPTED, PLAN | {ID: foreign_id("abc-123@example.org")})[1]["UID"] == "abc-123@example.org"


@pytest.mark.parametrize("values", [{}, {ID: b""}, {ID: bytes(1001)}, {ID: foreign_id("")}])
def test_without_an_id_it_is_refused(values):
    with pytest.raises(Refused, match="id"):
        calendar_of(tnef(ACCEPTED, {key: of for key, of in PLAN.items() if key != ID} | values))


def test_without_a_start_a_request_is_refused_and_a_cancel_is_not():
    plain = {key: of for key, of in PLAN.items() if key not in (START, END)}
    with pytest.raises(Refused, match="no start"):
        calendar_of(tnef(REQUEST, plain))
    assert "DTSTART" not in event(CANCELED, plain)[1]


def test_all_day_meetings_are_dates_in_their_own_zone():
    midnight = datetime(2026, 5, 31, 22, tzinfo=UTC)
    day = PLAN | {ALL_DAY: True, START: midnight, END: midnight + timedelta(days=2)}
    _, found = event(REQUEST, day)
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (date(2026, 6, 1), date(2026, 6, 3))
    without_zone = {key: of for key, of in day.items() if key != ZONE} | {END: midnight}
    _, found = event(REQUEST, without_zone)
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (date(2026, 6, 1), date(2026, 6, 2))


def test_a_single_meeting_in_a_zone_of_no_known_name_is_told_in_utc():
    for zone in ({ZONE: zone_definition("Customized Time Zone", (2, BERLIN))}, {ZONE_STRUCT: zone_struct()}, {}):
        plain = {key: of for key, of in PLAN.items() if key != ZONE}
        raw = calendar_of(tnef(REQUEST, plain | zone))
        assert b"DTSTART:20260601T070000Z" in raw
        assert b"VTIMEZONE" not in raw


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({BODY: Code("Grüße".encode("cp1252"))}, "Grüße"),
        ({RTF: rtf_plain(rb"{\rtf1 One\par Two}")}, "One\nTwo"),
        ({RTF: b"junk", HTML: b"<p>One</p><p>T&amp;wo</p><script>x()</script>"}, "One\nT&wo"),
        ({HTML: "<b>Łódź</b>".encode(), 0x3FDE: 65001}, "Łódź"),
        ({BODY: "a\0b"}, "a"),
    ],
)
def test_the_body_in_any_form(body, words):
    _, found = event(REQUEST, PLAN | body)
    assert found["DESCRIPTION"] == words
    assert ("X-ALT-DESC" in found) is (HTML in body)


def test_html_beyond_the_limits_is_left_out():
    for source in (b"<i>" * 10_001, b"x" * 200_001):
        assert not {"X-ALT-DESC", "DESCRIPTION"} & event(REQUEST, PLAN | {HTML: source})[1].keys()


def test_strings_are_in_the_streams_code_page():
    raw = tnef(REQUEST, PLAN | {SUBJECT: Code("Матч".encode("cp1251"))}, codepage=1251)
    assert "SUMMARY:Матч".encode() in calendar_of(raw)
    assert b"SUMMARY:x" in calendar_of(tnef(REQUEST, PLAN | {SUBJECT: Code(b"x")}, codepage=77777))


# Series


def test_a_series_with_deleted_and_changed_occurrences():
    changed = {
        "start": datetime(2026, 6, 9, 14),
        "end": datetime(2026, 6, 9, 15),
        "original": datetime(2026, 6, 8, 9),
        "subject": "Replay",
        "location": "Süd",
    }
    deleted = [datetime(2026, 6, 8), datetime(2026, 6, 15)]
    raw = pattern(
        0x200B, 1, 1, u32(2), datetime(2026, 6, 1),
        ending=0x2021, last=datetime(2026, 12, 28), deleted=deleted, changed=[changed],
    )  # fmt: skip
    _, (master, replay) = events(REQUEST, WEEKLY | {PATTERN: raw, LOCATION: "Nord"}, [row("a@example.org")])
    assert line(master, "DTSTART") == "DTSTART;TZID=W. Europe Standard Time:20260601T090000"
    # 09:00 in Berlin's winter: UTC, as RFC 5545 §3.3.10 asks of UNTIL.
    assert line(master, "RRULE") == "RRULE:FREQ=WEEKLY;UNTIL=20261228T080000Z;BYDAY=MO"
    assert line(master, "EXDATE") == "EXDATE;TZID=W. Europe Standard Time:20260615T090000"
    assert line(replay, "RECURRENCE-ID") == "RECURRENCE-ID;TZID=W. Europe Standard Time:20260608T090000"
    assert line(replay, "DTSTART") == "DTSTART;TZID=W. Europe Standard Time:20260609T140000"
    assert (replay["SUMMARY"], replay["LOCATION"], master["LOCATION"]) == ("Replay", "Süd", "Nord")
    assert [replay[name] == master[name] for name in ("UID", "SEQUENCE", "ORGANIZER", "ATTENDEE")] == [True] * 4


def test_an_all_day_series_is_told_in_dates():
    raw = pattern(
        0x200A, 0, MINUTES, b"", datetime(2026, 6, 1), begins=0, lasts=MINUTES,
        ending=0x2021, last=datetime(2026, 6, 9), deleted=[datetime(2026, 6, 3)],
    )  # fmt: skip
    _, (master,) = events(REQUEST, WEEKLY | {PATTERN: raw, ALL_DAY: True})
    assert line(master, "DTSTART") == "DTSTART;VALUE=DATE:20260601"
    assert line(master, "DTEND") == "DTEND;VALUE=DATE:20260602"
    assert line(master, "RRULE") == "RRULE:FREQ=DAILY;UNTIL=20260609"
    assert line(master, "EXDATE") == "EXDATE;VALUE=DATE:20260603"


def test_an_occurrence_of_an_all_day_series_may_have_hours():
    day = datetime(2026, 6, 3)
    changed = {
        "start": day + timedelta(hours=18),
        "end": day + timedelta(hours=20),
        "original": day,
        "is_all_day": False,
    }
    raw = pattern(0x200A, 0, MINUTES, b"", datetime(2026, 6, 1), begins=0, lasts=MINUTES, changed=[changed])
    _, (master, evening) = events(REQUEST, WEEKLY | {PATTERN: raw, ALL_DAY: True})
    assert line(master, "DTSTART") == "DTSTART;VALUE=DATE:20260601"
    assert line(evening, "RECURRENCE-ID") == "RECURRENCE-ID;VALUE=DATE:20260603"
    assert line(evening, "DTSTART") == "DTSTART;TZID=W. Europe Standard Time:20260603T180000"
    assert b"BEGIN:VTIMEZONE" in calendar_of(tnef(REQUEST, WEEKLY | {PATTERN: raw, ALL_DAY: True}))


def test_one_occurrence_of_a_series_by_itself():
    # 9 hours, 30 minutes: PidLidStartRecurrenceTime.
    moved = WEEKLY | {ID: global_id(day=date(2026, 6, 8)), OCCURRENCE_TIME: 9 << 12 | 30 << 6}
    for message_class in (REQUEST, CANCELED, ACCEPTED):
        _, found = event(message_class, moved)
        assert line(found, "RECURRENCE-ID") == "RECURRENCE-ID;TZID=W. Europe Standard Time:20260608T093000"
        assert "RRULE" not in found
        assert found["UID"] == UID
    _, found = event(CANCELED, {key: of for key, of in moved.items() if key != OCCURRENCE_TIME})
    assert line(found, "RECURRENCE-ID").endswith(":20260608T090000")
    assert line(event(CANCELED, moved | {ALL_DAY: True})[1], "RECURRENCE-ID") == "RECURRENCE-ID;VALUE=DATE:20260608"


def test_a_series_cannot_do_without_a_zone_unless_it_is_in_utc():
    plain = {key: of for key, of in WEEKLY.items() if key != ZONE}
    with pytest.raises(Refused, match="time zone"):
        calendar_of(tnef(REQUEST, plain))
    _, (master,) = events(REQUEST, plain | {START: NINE + timedelta(hours=2)})
    assert line(master, "DTSTART") == "DTSTART:20260601T090000Z"
    own = plain | {ZONE: zone_definition("Own, 1", (2, BERLIN))}
    raw = calendar_of(tnef(REQUEST, own))
    assert b'DTSTART;TZID="Own, 1":20260601T090000' in raw
    assert b"TZID:Own\\, 1" in raw


def test_an_answer_to_a_series_needs_nothing_of_its_pattern():
    for message_class in (ACCEPTED, CANCELED):
        assert "RRULE" not in event(message_class, WEEKLY | {PATTERN: b"junk"})[1]
    with pytest.raises(Refused, match="how the meeting repeats"):
        calendar_of(tnef(REQUEST, WEEKLY | {PATTERN: b"junk"}))


# Hostile streams


def test_what_is_no_tnef_is_none():
    for raw in (b"", b"\x78\x9f\x3e\x22", b"PK\x03\x04" + bytes(100), u32(0x223E9F78) + u16(1)):
        assert calendar_of(raw) is None


def test_a_cut_stream_is_refused_or_none_at_every_length():
    whole = tnef(REQUEST, PLAN, [row("a@example.org")])
    complete = calendar_of(whole)
    for size in range(len(whole)):
        found = outcome(calendar_of, whole[:size])
        # Recipients stand last; without them it is a meeting all the same.
        assert found is None or (size > len(whole) - 120 and len(found) <= len(complete))


@pytest.mark.parametrize(
    "body",
    [
        u32(0xFFFFFFFF),
        u32(MAX_PROPERTIES + 1) + bytes(100_000),
        # A multiple value of four thousand million numbers; of as many empty strings; of an unknown type.
        u32(1) + u16(0x1003, 0x1234) + u32(0xFFFFFFFF),
        u32(1) + u16(0x001F, 0x1234) + u32(0xFFFFFFFF) + bytes(100_000),
        u32(1) + u16(0x0099, 0x1234) + bytes(100),
        u32(1) + u16(0x001F, 0x8000) + bytes(16) + u32(1, 0xFFFFFFFF),
        bytes(MAX_LIST + 1),
    ],
)
def test_counts_that_no_sender_means_are_refused(body):
    raw = u32(0x223E9F78) + u16(1) + attribute(0x8008, REQUEST.encode())
    with pytest.raises(Refused):
        calendar_of(raw + attribute(0x9003, body))
    rows = attribute(0x9003, properties(PLAN)) + attribute(0x9004, u32(0xFFFFFFFF) + body)
    with pytest.raises(Refused):
        calendar_of(raw + rows)


def test_a_great_many_attributes_and_recipients_end():
    flood = u32(0x223E9F78) + u16(1) + attribute(0x8010, b"", level=2) * 200_000
    assert calendar_of(flood + attribute(0x8008, REQUEST.encode())) is None
    people = [row(f"guest{number}@example.org") for number in range(2001)]
    with pytest.raises(Refused):
        calendar_of(tnef(REQUEST, PLAN, people))
    assert len(event(REQUEST, PLAN, people[:1500])[1]["ATTENDEE"]) == 1000


def test_changed_occurrences_times_people_have_a_limit():
    changed = [
        {"start": start, "end": start, "original": start}
        for start in (datetime(2026, 6, 1, 9) + timedelta(weeks=week) for week in range(400))
    ]
    raw = pattern(0x200B, 1, 1, u32(2), datetime(2026, 6, 1), changed=changed)
    assert len(events(REQUEST, WEEKLY | {PATTERN: raw})[1]) == 401
    people = [row(f"guest{number}@example.org") for number in range(500)]
    with pytest.raises(Refused, match="too many changed occurrences"):
        calendar_of(tnef(REQUEST, WEEKLY | {PATTERN: raw}, people))


def test_nothing_in_a_text_becomes_a_line_of_its_own():
    evil = "x\r\nATTENDEE:mailto:evil@example.org\r\n\x0bEND:VEVENT"
    values = PLAN | {SUBJECT: evil, LOCATION: evil, BODY: evil, NAME: evil, ZONE: zone_definition(evil, (2, BERLIN))}
    raw = calendar_of(tnef(REQUEST, values, [row("a@example.org", name=evil)]))
    (found,) = icalendar.Calendar.from_ical(raw).events
    assert found["ATTENDEE"] == "mailto:a@example.org"
    assert raw.count(b"\r\nEND:VEVENT\r\n") == 1
    assert "evil@example.org" in found["DESCRIPTION"]


SEEDS = [
    tnef(REQUEST, PLAN | {LOCATION: "x", RTF: rtf_plain(b"{\\rtf1 Hello}")}, [row("a@example.org")]),
    tnef(REQUEST, WEEKLY),
    tnef(ACCEPTED, PLAN | {IS_PROPOSAL: True, PROPOSED_START: NINE}),
    *(corpus(name) for name in FILES if "umlaut" not in name),
]


def understood(raw):
    found = outcome(calendar_of, raw)
    assert found is None or icalendar.Calendar.from_ical(found)["METHOD"]


@settings(max_examples=150, deadline=2000)
@given(raw=st.binary(max_size=2000), is_tnef=st.booleans())
def test_random_bytes_raise_nothing_but_refused(raw, is_tnef):
    understood(struct.pack("<IH", 0x223E9F78, 1) + raw if is_tnef else raw)


@settings(max_examples=300, deadline=2000)
@given(
    seed=st.sampled_from(SEEDS),
    edits=st.lists(st.tuples(st.integers(0, 12_000), st.binary(min_size=1, max_size=8)), min_size=1, max_size=12),
    cut=st.none() | st.integers(0, 12_000),
)
def test_damaged_streams_raise_nothing_but_refused(seed, edits, cut):
    raw = bytearray(seed)
    for at, patch in edits:
        start = at % len(raw)
        raw[start : start + len(patch)] = patch
    understood(bytes(raw[:cut]))
