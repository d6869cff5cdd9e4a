"""Every rule of the preflight: a right invite, one mutation of it, and exactly that rule fires."""

import base64
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.imip.lint import RULES, Severity, document, lint
from tests.corpus import ABSENT, CORPUS

ROOT = Path(__file__).resolve().parents[2]

ICS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//invited//test//EN
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:abc-def@club.test
DTSTAMP:20261101T090000Z
SEQUENCE:0
STATUS:CONFIRMED
DTSTART;TZID=Europe/Paris:20261201T190000
DTEND;TZID=Europe/Paris:20261201T210000
SUMMARY:Season opening\\, gala
DESCRIPTION:Doors open at six.\\nBring a \\\\ scarf\\; it is cold in Málaga.
LOCATION:Main hall
ORGANIZER;CN="Doe, Ann":mailto:rsvp@club.test
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;
 RSVP=TRUE;CN=Bob:mailto:bob@guest.test
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Soon
TRIGGER:-PT15M
END:VALARM
END:VEVENT
END:VCALENDAR
"""

CANCEL = (
    ICS.replace("METHOD:REQUEST", "METHOD:CANCEL")
    .replace("SEQUENCE:0", "SEQUENCE:1")
    .replace("STATUS:CONFIRMED", "STATUS:CANCELLED")
    .replace(ICS[ICS.index("BEGIN:VALARM") : ICS.index("END:VEVENT")], "")
)

REPLY = (
    CANCEL.replace("METHOD:CANCEL", "METHOD:REPLY")
    .replace("STATUS:CANCELLED", "STATUS:CONFIRMED")
    .replace("NEEDS-ACTION", "ACCEPTED")
)

SERIES = ICS.replace("LOCATION:", "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=5\nLOCATION:")

DAY = ICS.replace("DTSTART;TZID=Europe/Paris:20261201T190000", "DTSTART;VALUE=DATE:20261201").replace(
    "DTEND;TZID=Europe/Paris:20261201T210000", "DTEND;VALUE=DATE:20261202"
)

VEVENT = ICS[ICS.index("BEGIN:VEVENT") : ICS.index("END:VCALENDAR")]

CHANGED = VEVENT.replace("SUMMARY", "RECURRENCE-ID;TZID=Europe/Paris:20261208T190000\nSUMMARY")

MAIL = """\
From: "Ann Doe" <rsvp@club.test>
To: Bob <bob@guest.test>
Subject: Season opening
Date: Sun, 01 Nov 2026 09:00:00 +0000
Message-ID: <1@club.test>
MIME-Version: 1.0
Auto-Submitted: auto-generated
List-Unsubscribe: <https://club.test/u/1>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=UTF-8

Season opening, 1 December, 19:00
--b
Content-Type: text/html; charset=UTF-8

<p>Season opening, 1 December, 19:00</p>
--b
Content-Type: text/calendar; method=REQUEST; charset=UTF-8
Content-Transfer-Encoding: base64

@ICS@
--b--
"""


def ics(text):
    return text.replace("\n", "\r\n").encode()


def coded(data):
    return base64.encodebytes(data).decode().strip()


def mail(text=MAIL, calendar=ICS):
    data = ics(calendar) if isinstance(calendar, str) else calendar
    return text.replace("@ICS@", coded(data)).replace("\n", "\r\n").encode()


def swap(old, new, text=ICS):
    assert old in text, old
    return ics(text.replace(old, new, 1))


def in_mail(old, new, text=MAIL, calendar=ICS):
    assert old in text, old
    return mail(text.replace(old, new, 1), calendar)


def method(name, calendar):
    return MAIL.replace("method=REQUEST", f"method={name}"), calendar


def without(name, text=ICS):
    lines = text.split("\n")
    kept = [line for line in lines if not line.startswith((f"{name}:", f"{name};"))]
    assert len(kept) < len(lines), name
    return "\n".join(kept)


ATTENDEE = ICS[ICS.index("ATTENDEE") : ICS.index("BEGIN:VALARM")]
SECOND = ATTENDEE.replace("bob@", "eve@").replace("CN=Bob", "CN=Eve")
PART = MAIL[MAIL.index("--b\nContent-Type: text/cal") : MAIL.index("--b--")]
HTML = MAIL[MAIL.index("--b\nContent-Type: text/html") : MAIL.index("--b\nContent-Type: text/cal")]
FILE = PART.replace("text/calendar; method=REQUEST; charset=UTF-8", "application/ics")
ALONE = MAIL[: MAIL.index("Content-Type: multi")] + PART.removeprefix("--b\n")
MIXED = MAIL.replace("multipart/alternative", "multipart/mixed").replace(HTML, "")
NESTED = "\n".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}' for n in range(80))
STANDARD = ICS[ICS.index("BEGIN:STANDARD") : ICS.index("BEGIN:DAYLIGHT")]
DAYLIGHT = ICS[ICS.index("BEGIN:DAYLIGHT") : ICS.index("END:VTIMEZONE")]
START = "DTSTART;TZID=Europe/Paris:20261201T190000"
END = "DTEND;TZID=Europe/Paris:20261201T210000"
RULE = "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=5"
TNEF = "Content-Type: application/ms-tnef; name=winmail.dat\n\nx\n"


def series_and(changed, series=SERIES):
    return series.replace("END:VCALENDAR", changed + "END:VCALENDAR")


# One row per rule: its id, and a wrong sample. All that it must not be confused with is in RIGHT.
WRONG = [
    # Mail structure
    ("size", ics(ICS) + b"\r\n" * 150_001),
    ("mail-unreadable", f"From: a@b.test\nDate: x\n{NESTED}\n".encode()),
    ("calendar-missing", in_mail(PART, "")),
    ("winmail", in_mail(PART, f"--b\n{TNEF}")),
    ("calendar-only-attached", in_mail(PART, FILE)),
    ("mime-method-missing", in_mail(" method=REQUEST;", "")),
    ("mime-method-mismatch", in_mail("method=REQUEST", "method=CANCEL")),
    ("mime-method-case", in_mail("method=REQUEST", "method=request")),
    ("mime-charset", in_mail("method=REQUEST; charset=UTF-8", "method=REQUEST")),
    ("calendar-disposition", in_mail("base64\n", "base64\nContent-Disposition: inline\n")),
    ("calendar-content-id", in_mail("base64\n", "base64\nContent-ID: <1>\n")),
    ("alternative-order", in_mail(HTML + PART, PART + HTML)),
    ("calendar-not-first", mail(MIXED)),
    ("text-missing", mail(ALONE)),
    ("calendar-twice", in_mail(PART, PART + FILE)),
    ("calendars-differ", in_mail(PART, PART + FILE.replace("@ICS@", coded(swap("SEQUENCE:0", "SEQUENCE:1"))))),
    ("calendar-encoding", MAIL.replace("base64", "8bit").replace("@ICS@", ICS).replace("\n", "\r\n").encode()),
    ("base64-broken", in_mail("@ICS@", "@ICS@\n!")),
    ("mail-line-endings", mail().replace(b"Season opening, 1 December, 19:00\r\n", b"Season opening\n", 1)),
    ("mail-line-length", in_mail("Season opening, 1", "x" * 999)),
    # Headers
    ("from-missing", in_mail('From: "Ann Doe" <rsvp@club.test>\n', "")),
    ("date-missing", in_mail("Date: Sun, 01 Nov 2026 09:00:00 +0000\n", "")),
    ("message-id-missing", in_mail("Message-ID: <1@club.test>\n", "")),
    ("subject-missing", in_mail("Subject: Season opening\n", "Subject:\n")),
    ("mime-version-missing", in_mail("MIME-Version: 1.0\n", "")),
    ("header-repeated", in_mail("Auto-Submitted:", "Auto-Submitted: auto-generated\nAuto-Submitted:")),
    ("header-raw", in_mail("Subject: Season", "Subject: Sáson")),
    ("from-not-organizer", in_mail("<rsvp@club", "<ann@club")),
    ("from-not-attendee", in_mail("<rsvp@club", "<eve@guest", *method("REPLY", REPLY))),
    ("to-not-attendee", in_mail("<bob@guest", "<eve@guest")),
    ("recipients-several", in_mail("To: Bob", "Cc: eve@guest.test\nTo: Bob")),
    ("reply-to-not-organizer", in_mail("To: Bob", "Reply-To: ann@club.test\nTo: Bob")),
    ("sender-differs", in_mail("To: Bob", "Sender: robot@club.test\nTo: Bob")),
    ("auto-submitted-missing", in_mail("Auto-Submitted: auto-generated\n", "")),
    ("precedence-bulk", in_mail("To: Bob", "Precedence: bulk\nTo: Bob")),
    ("unsubscribe-one-click", in_mail("List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", "")),
    ("unsubscribe-https", in_mail("<https://club.test/u/1>", "<mailto:u@club.test>")),
    ("unsubscribe-encoded", in_mail("<https://club.test/u/1>", "=?utf-8?q?=3Chttps=3A//club=2Etest/u/1=3E?=")),
    ("unsubscribe-missing", in_mail(MAIL[MAIL.index("List-Un") : MAIL.index("Content-Type")], "")),
    # Calendar object
    ("calendar-not-found", b"this is no calendar\r\n"),
    ("component-structure", swap("END:VALARM\n", "")),
    ("line-malformed", swap("LOCATION:", "and a scarf\nLOCATION:")),
    ("parameter-quote", swap('CN="Doe, Ann"', 'CN=Ann "A" Doe')),
    ("parameter-unquoted", swap('CN="Doe, Ann"', "CN=Doe, Ann")),
    ("line-endings", ics(ICS).replace(b"\r\nLOCATION", b"\nLOCATION")),
    ("line-length", swap("\n RSVP", "RSVP")),
    ("fold-splits-character", ics(ICS).replace("Málaga".encode(), b"M\xc3\r\n \xa1laga")),
    ("not-utf8", ics(ICS).replace("Málaga".encode(), b"M\xe1laga")),
    ("byte-order-mark", b"\xef\xbb\xbf" + ics(ICS)),
    ("control-character", swap("Main hall", "Main\x07 hall")),
    ("text-unescaped", swap("opening\\, gala", "opening, gala")),
    ("text-escape", swap("Main hall", "Main\\hall")),
    ("description-html", swap("Doors open at six.", "Doors<br>open")),
    (
        "attach-inline",
        ics(ICS).replace(b"LOCATION", b"ATTACH;ENCODING=BASE64:" + b"\r\n AAAA" * 25_001 + b"\r\nLOCATION"),
    ),
    ("calendar-several", ics(ICS + ICS.replace(ICS[ICS.index("BEGIN:VTIME") : ICS.index("END:VCAL")], ""))),
    ("version", ics(without("VERSION"))),
    ("prodid-missing", ics(without("PRODID"))),
    ("calscale", swap("GREGORIAN", "JULIAN")),
    ("event-missing", ics(ICS.replace(VEVENT, ""))),
    ("method-missing", mail(calendar=without("METHOD"))),
    ("method-none", ics(without("METHOD"))),
    ("method-unknown", swap("METHOD:REQUEST", "METHOD:INVITE")),
    ("method-publish", mail(*method("PUBLISH", ICS.replace("METHOD:REQUEST", "METHOD:PUBLISH")))),
    ("request-cancelled", swap("STATUS:CONFIRMED", "STATUS:CANCELLED")),
    ("cancel-status", ics(without("STATUS", CANCEL))),
    ("cancel-sequence", swap("SEQUENCE:1", "SEQUENCE:0", CANCEL)),
    ("cancel-times", ics(without("DTEND", without("DTSTART;TZID=Europe/Paris", CANCEL)))),
    ("alarm-forbidden", swap("END:VEVENT", "BEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM\nEND:VEVENT", CANCEL)),
    ("uid-missing", ics(without("UID"))),
    ("uid-length", swap("UID:abc", "UID:" + ("x" * 60 + "\n ") * 5)),
    ("uid-differs", ics(series_and(VEVENT.replace("UID:abc", "UID:xyz"), ICS))),
    ("dtstamp-missing", ics(without("DTSTAMP"))),
    ("dtstamp-not-utc", swap("DTSTAMP:20261101T090000Z", "DTSTAMP:20261101T090000")),
    ("summary-missing", ics(without("SUMMARY"))),
    ("sequence-missing", ics(without("SEQUENCE"))),
    ("property-repeated", swap("LOCATION:", "LOCATION:Bar\nLOCATION:")),
    ("status-unknown", swap("STATUS:CONFIRMED", "STATUS:BUSY")),
    ("value-invalid", swap(END, "DTEND;TZID=Europe/Paris:20261301T210000")),
    # Time
    ("dtstart-missing", ics(without("DTSTART;TZID=Europe/Paris"))),
    ("dtend-missing", ics(without("DTEND"))),
    ("dtend-and-duration", swap(END, END + "\nDURATION:PT2H")),
    ("dtend-not-after-start", swap(END, END.replace("T21", "T18"))),
    ("all-day-inclusive-end", swap("20261202", "20261201", DAY)),
    ("dtend-type", swap(END, "DTEND;VALUE=DATE:20261202")),
    ("value-type", swap("DTEND;VALUE=DATE:", "DTEND:", DAY)),
    ("all-day-as-midnight", ics(ICS.replace("20261201T190000", "20261201T000000").replace("01T21", "02T00"))),
    ("time-floating", ics(ICS.replace(START, "DTSTART:20261201T190000").replace(END, "DURATION:PT2H"))),
    ("tzid-on-utc", swap(END, END + "Z")),
    ("timezone-undeclared", ics(ICS.replace(ICS[ICS.index("BEGIN:VTIMEZONE") : ICS.index("BEGIN:VEVENT")], ""))),
    ("timezone-windows", ics(ICS.replace("Europe/Paris", "Romance Standard Time"))),
    ("timezone-unknown", ics(ICS.replace("Europe/Paris", "Club Time"))),
    ("timezone-wrong", ics(ICS.replace("Europe/Paris", "Asia/Tokyo"))),
    ("timezone-twice", swap("BEGIN:VEVENT", ICS[ICS.index("BEGIN:VTIME") : ICS.index("BEGIN:VE")] + "BEGIN:VEVENT")),
    ("timezone-empty", ics(ICS.replace(STANDARD, "").replace(DAYLIGHT, ""))),
    ("timezone-offset", swap("TZOFFSETFROM:+0100\n", "")),
    ("timezone-rdate", swap("RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "RDATE:20261025T030000")),
    ("timezone-observances", swap(DAYLIGHT, DAYLIGHT + DAYLIGHT.replace("19810329", "19960331"))),
    ("timezone-rule", swap("RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n", "")),
    # Recurrence
    ("rrule-invalid", swap(RULE, "RRULE:FREQ=OFTEN", SERIES)),
    ("rrule-several", swap(RULE, RULE + "\nRRULE:FREQ=DAILY;COUNT=3", SERIES)),
    ("rrule-too-often", swap(RULE, "RRULE:FREQ=SECONDLY", SERIES)),
    ("rrule-outlook", swap(RULE, "RRULE:FREQ=YEARLY;BYWEEKNO=20", SERIES)),
    ("rrule-until-type", swap("COUNT=5", "UNTIL=20270101", SERIES)),
    ("rrule-until-early", swap("COUNT=5", "UNTIL=20261001T000000Z", SERIES)),
    ("rrule-start", swap("BYDAY=TU", "BYDAY=MO,FR", SERIES)),
    ("rdate-alone", swap("LOCATION:", "RDATE;TZID=Europe/Paris:20261210T190000\nLOCATION:")),
    ("rdate-extra", swap("LOCATION:", "RDATE;TZID=Europe/Paris:20261210T190000\nLOCATION:", SERIES)),
    ("exdate-type", swap("LOCATION:", "EXDATE;VALUE=DATE:20261208\nLOCATION:", SERIES)),
    ("exception-beside-master", ics(series_and(CHANGED))),
    (
        "exception-sequence",
        ics(series_and(CHANGED, SERIES.replace("SEQUENCE:0", "SEQUENCE:1")).replace(":REQUEST", ":PUBLISH")),
    ),
    ("exception-with-rule", ics(series_and(CHANGED.replace("SUMMARY", RULE + "\nSUMMARY"), ICS.replace(VEVENT, "")))),
    (
        "recurrence-id-type",
        ics(
            series_and(CHANGED.replace("ID;TZID=Europe/Paris:20261208T190000", "ID;VALUE=DATE:20261208")).replace(
                ":REQUEST", ":PUBLISH"
            )
        ),
    ),
    ("component-repeated", ics(series_and(VEVENT, ICS))),
    (
        "this-and-future",
        ics(ICS.replace(VEVENT, CHANGED.replace("RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE"))),
    ),
    # Participants
    ("organizer-missing", ics(without("ORGANIZER"))),
    ("attendee-missing", swap(ATTENDEE, "")),
    ("address-invalid", swap("mailto:bob@guest.test", "invalid:nomail")),
    ("organizer-name", swap('ORGANIZER;CN="Doe, Ann"', "ORGANIZER")),
    (
        "organizer-differs",
        ics(ICS.replace(VEVENT, CHANGED + CHANGED.replace("261208", "261215").replace("rsvp@club", "ann@club"))),
    ),
    ("organizer-is-attendee", swap("bob@guest", "rsvp@club")),
    ("attendees-several", swap(ATTENDEE, ATTENDEE + SECOND)),
    ("attendee-repeated", swap(ATTENDEE, ATTENDEE + ATTENDEE)),
    ("attendee-parameters", swap("CUTYPE=INDIVIDUAL;", "")),
    ("attendee-rsvp", swap("RSVP=TRUE", "RSVP=FALSE")),
    ("partstat-unknown", swap("PARTSTAT=NEEDS-ACTION", "PARTSTAT=YES")),
    ("reply-partstat", swap("PARTSTAT=ACCEPTED;", "", REPLY)),
    (
        "reply-attendees",
        swap(
            ATTENDEE.replace("NEEDS-ACTION", "ACCEPTED"), (ATTENDEE + SECOND).replace("NEEDS-ACTION", "ACCEPTED"), REPLY
        ),
    ),
]


RIGHT = {
    "request": mail(),
    "request file": ics(ICS),
    "request for a whole day": mail(calendar=DAY),
    "request without the name of a method's charset, in ASCII": in_mail(
        "; charset=UTF-8\nContent-Transfer", "\nContent-Transfer", calendar=ICS.replace("Málaga", "Malaga")
    ),
    "request in UTC": mail(
        calendar=ICS[: ICS.index("BEGIN:VTIME")].replace(";TZID=Europe/Paris", "")
        + VEVENT.replace(START, "DTSTART:20261201T180000Z").replace(END, "DTEND:20261201T200000Z")
        + "END:VCALENDAR\n"
    ),
    "series": mail(calendar=SERIES),
    "series until": ics(SERIES.replace("COUNT=5", "UNTIL=20270101T180000Z")),
    "series of days": ics(
        DAY.replace("LOCATION:", "RRULE:FREQ=MONTHLY;UNTIL=20270601\nEXDATE;VALUE=DATE:20270101\nLOCATION:")
    ),
    "changed occurrence": mail(calendar=ICS.replace(VEVENT, CHANGED)),
    "cancel": mail(*method("CANCEL", CANCEL)),
    "reply": in_mail(
        "<rsvp@club.test>\nTo: Bob <bob@guest.test>", "<bob@guest.test>\nTo: <rsvp@club.test>", *method("REPLY", REPLY)
    ),
    "quoted-printable": MAIL.replace("base64", "quoted-printable")
    .replace("@ICS@", ICS.replace("=", "=3D").replace("á", "=C3=A1"))
    .replace("\n", "\r\n")
    .encode(),
    "stored with bare LF": MAIL.replace("@ICS@", coded(ics(ICS))).encode(),
    "folded in characters' gaps": ics(ICS.replace("Málaga", "Má\n laga")),
    "sent by an agent": in_mail(
        "<rsvp@club", "<ann@club", calendar=ICS.replace('CN="Doe', 'SENT-BY="mailto:ann@club.test";\n CN="Doe')
    ),
}


def rules(data):
    return {finding.rule for finding in lint(data)}


@pytest.mark.parametrize(("rule", "data"), WRONG, ids=[rule for rule, _ in WRONG])
def test_one_mistake_breaks_exactly_one_rule(rule, data):
    assert rules(data) == {rule}


@pytest.mark.parametrize("data", RIGHT.values(), ids=RIGHT)
def test_a_right_invite_breaks_none(data):
    assert lint(data) == ()


def test_every_rule_has_its_mistake_here_and_everything_a_reader_needs():
    assert [rule.id for rule in RULES] == [rule for rule, _ in WRONG]
    for rule in RULES:
        assert rule.says.endswith("."), rule.id
        assert rule.remedy.endswith((".", "…", "…”", '"')), rule.id
        assert rule.source, rule.id
        assert rule.clients, rule.id


def test_the_page_is_made_from_the_table():
    page = ROOT / "docs" / "lint.md"
    assert page.read_text() == document(), "docs/lint.md lags behind: invited lint --rules > docs/lint.md"


def test_a_finding_says_where_and_how_bad():
    (finding,) = lint(in_mail("@ICS@", "@ICS@", calendar=ICS.replace("RSVP=TRUE", "RSVP=FALSE")))
    assert (finding.rule, finding.severity, finding.place) == (
        "attendee-rsvp",
        Severity.WARNING,
        "part 3 (text/calendar), line 32: ATTENDEE",
    )
    assert "gmail" in finding.clients
    assert finding.message == "RSVP=TRUE is missing."
    assert finding.remedy == "Add RSVP=TRUE."


def test_errors_come_first_and_a_rule_that_breaks_often_is_cut_short():
    lines = "LOCATION:a\\\\hall\n".replace("\\\\", "\\")
    findings = lint(swap("LOCATION:", lines * 30 + "LOCATION:"))
    severities = [list(Severity).index(finding.severity) for finding in findings]
    assert severities == sorted(severities)
    escapes = [finding for finding in findings if finding.rule == "text-escape"]
    assert len(escapes) == 10
    assert escapes[-1].message.endswith("(and 20 more like it)")


def corpus():
    return sorted(p for p in CORPUS.rglob("*") if p.suffix in (".ics", ".eml")) if CORPUS else []


@pytest.mark.skipif(not corpus(), reason=ABSENT)
def test_the_corpus_lints_without_raising():
    counts = {path.name: len(lint(path.read_bytes())) for path in corpus()}
    assert len(counts) > 100


def known(folder, name):
    path = next((p for p in corpus() if p.parent.name == folder and p.name == name), None)
    if path is None:
        pytest.skip(ABSENT)
    return {finding.rule: finding for finding in lint(path.read_bytes())}


@pytest.mark.parametrize(
    ("folder", "name", "rule"),
    [
        ("organizer-request", "bluemind__google.invite.new.eml", "calendar-twice"),
        ("organizer-request", "bluemind__outlook-teams-invite.eml", "timezone-windows"),
        ("organizer-request", "bluemind__not.imip.1.eml", "calendar-only-attached"),
        ("counter", "bluemind__google_counter.eml", "mime-method-mismatch"),
        ("cancel", "bluemind__outlook.invite.cancel.eml", "cancel-status"),
        ("malformed-ics", "icalendar__bom_calendar.ics", "byte-order-mark"),
        ("malformed-ics", "icalendar__issue_1081_invalid_rrule_freq.ics", "rrule-invalid"),
        ("malformed-ics", "allenporter-ical__missing_colon.ics", "line-malformed"),
        ("malformed-ics", "allenporter-ical__calendar_labs_same_day_dtend.ics", "all-day-inclusive-end"),
        ("malformed-ics", "recurring-ical-events__issue_132_swapped_start_and_end.ics", "dtend-not-after-start"),
        ("malformed-mime", "bluemind__invalid_base64.eml", "base64-broken"),
    ],
)
def test_what_real_clients_send(folder, name, rule):
    assert rule in known(folder, name)


@given(st.binary(max_size=2000))
def test_no_bytes_make_it_raise(data):
    lint(data)


PIECES = st.sampled_from(
    [
        *ICS.split("\n"),
        *MAIL.split("\n"),
        *("--b", "--b--", "", " ", "\t", "=?", '"', ";", ":", "RRULE:FREQ=DAILY;UNTIL=x"),
    ]
)


@given(st.lists(PIECES | st.text(max_size=12), max_size=60), st.sampled_from(["\r\n", "\n", "\r"]))
def test_no_heap_of_lines_makes_it_raise(lines, ending):
    lint(ending.join(lines).encode("utf-8", "surrogatepass"))


@given(st.data())
def test_no_damaged_invite_makes_it_raise(data):
    whole = data.draw(st.sampled_from([mail(), ics(SERIES), RIGHT["quoted-printable"], ics(series_and(CHANGED))]))
    at = data.draw(st.integers(0, len(whole)))
    lint(whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + data.draw(st.integers(0, 40)) :])


BOMBS = {
    "empty lines": b"\n" * 12_000_000,
    "empty lines in a mail": b"From: a@b.test\n\n" + b"\n" * 12_000_000,
    "folds": b"BEGIN:VCALENDAR\n" + b" x\n" * 1_000_000,
    "components": b"BEGIN:VEVENT\n" * 100_000,
    "events": b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 24_000 + b"END:VCALENDAR\r\n",
    "parameters": b"BEGIN:VCALENDAR\nX" + b";A=b" * 500_000 + b"\n",
    "quotes": b"BEGIN:VCALENDAR\nX;A=" + b'"' * 2_000_000 + b"\n",
    "commas": b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEXDATE:" + b"," * 2_000_000 + b"\nRRULE:" + b";" * 2_000_000,
    "backslashes": b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:" + b"\\" * 2_000_000,
    "digits": b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSEQUENCE:" + b"9" * 2_000_000 + b"\nDURATION:P" + b"9" * 2_000_000,
    "address": b"From: " + b"a" * 3_000_000 + b"@\n\n",
    "comments": b"From: " + b"(" * 3_000_000 + b"\n\n",
    "content type": b"From: a@b.test\nContent-Type: text/calendar" + b';a="' * 1_000_000 + b"\n\nx",
    "many content types": (b"From: a@b.test\n" + b"Content-Type: multipart/mixed" + b';"' * 3_000 + b"\n") * 90
    + b"\nx",
    "nested": "".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(40)).encode()
    + b"x\n" * 140_000,
    "parts": b'From: a@b.test\nContent-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\n" * 70_000,
    "base64": MAIL.replace("@ICS@", coded(b"\n" * 2_000_000)).encode(),
    "rule": ics(SERIES.replace("BYDAY=TU", "BYDAY=" + "TU," * 300_000 + "MO")),
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS)
def test_nothing_takes_long(data):
    before = time.process_time()
    lint(data)
    # Processor time, and a bound that only a quadratic rule reaches.
    assert time.process_time() - before < 5


def test_findings_are_plain_data():
    assert json.loads(json.dumps([finding.rule for finding in lint(b"")])) == ["calendar-not-found"]
