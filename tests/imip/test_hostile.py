"""Whatever bytes come, reading them ends, and with nothing but a result or Refused."""

from datetime import timedelta
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invited.domain.errors import Refused
from invited.imip.bounces import read_bounce
from invited.imip.itip import understand
from invited.imip.mail import read
from tests.imip.inbound_mails import ARRIVED, calendar, event, mail

quick = settings(max_examples=120, deadline=timedelta(seconds=5), suppress_health_check=list(HealthCheck))

NAMES = st.sampled_from(
    [
        "DTSTART",
        "DTEND",
        "DURATION",
        "RECURRENCE-ID",
        "RRULE",
        "RDATE",
        "EXDATE",
        "UID",
        "SEQUENCE",
        "DTSTAMP",
        "ORGANIZER",
        "ATTENDEE",
        "STATUS",
        "SUMMARY",
        "X-ALT-DESC",
        "COMMENT",
        "GEO",
        "ATTACH",
        "BEGIN",
        "END",
        "METHOD",
    ]
)
PARAMETERS = st.sampled_from(
    ["", ";VALUE=DATE", ";TZID=Europe/Paris", ";TZID=X", ';TZID="a:b"', ";RANGE=THISANDFUTURE", ";CN=a,b", ";A", ';"']
)
VALUES = st.one_of(
    st.sampled_from(
        [
            "20261201T090000Z",
            "20261201",
            "16000101T000000",
            "29991231T235959",
            "PT1H",
            "-P9999W",
            "P99999D",
            "FREQ=DAILY;COUNT=3",
            "FREQ=WEEKLY;UNTIL=29991231",
            "mailto:a@x.org",
            "VEVENT",
            "VCALENDAR",
            "VTIMEZONE",
            "2147483648",
            "20261201T090000Z/PT1H",
        ]
    ),
    st.text(max_size=40),
)
LINES = st.builds("{}{}:{}".format, NAMES, PARAMETERS, VALUES)


def look(raw, envelope_from=None):
    try:
        found = read(raw, envelope_from)
    except Refused:
        return
    understand(found, ARRIVED)
    read_bounce(found, raw, envelope_from or "")


@quick
@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=30)))
def test_any_bytes(raw, envelope_from):
    look(raw, envelope_from)


@quick
@given(
    st.lists(
        st.sampled_from(
            [
                b"From: a@x.org\n",
                b"Content-Type: multipart/mixed; boundary=b\n",
                b"Content-Type: multipart/report; boundary=b\n",
                b"Content-Type: message/rfc822\n",
                b"Content-Type: message/delivery-status\n",
                b"Content-Type: text/calendar; charset=utf-7; method=REQUEST\n",
                b"Content-Type: =?x?q?y?=; name*0*=utf-9''%zz\n",
                b"Content-Transfer-Encoding: base64\n",
                b"Content-Transfer-Encoding: uuencode\n",
                b"\n",
                b"--b\n",
                b"--b--\n",
                b"BEGIN:VCALENDAR\n",
                b"BEGIN:VEVENT\n",
                b"DTSTART:20261201\n",
                b"END:VEVENT\n",
                b"\xff\xfe=\n",
            ]
        ),
        max_size=25,
    ).map(b"".join)
)
def test_any_mail(raw):
    look(raw, "")


@quick
@given(st.binary(max_size=300))
def test_any_calendar_bytes(octets):
    look(mail(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + octets + b"\nEND:VEVENT\nEND:VCALENDAR"))


@quick
@given(st.lists(LINES, max_size=12), st.sampled_from(["REQUEST", "REPLY", "CANCEL", "COUNTER", "", "X"]))
def test_any_event(lines, method):
    look(mail(calendar(event(*lines), event(*lines[::-1]), method=method)))


LONG = 400_000


@pytest.mark.parametrize(
    "text",
    [
        "\n" * LONG,
        " \n" * (LONG // 2),
        event("DTSTART" + ";TZID=" * (LONG // 6) + ":x"),
        event("SUMMARY" + ";A" * (LONG // 2) + ":x"),
        event("SUMMARY;A=" + '"' * LONG + ":x"),
        event("SUMMARY:" + "\\" * LONG),
        event("X-ALT-DESC;FMTTYPE=text/html:" + "<b>" * (LONG // 8)),
        event("RRULE:FREQ=DAILY;BYDAY=" + "MO," * (LONG // 3)),
        event("ORGANIZER:" + "mailto:" * (LONG // 7)),
        event("ORGANIZER;CN=" + "a" * LONG + ":mailto:a@x.org"),
        "BEGIN:VCALENDAR\n" + "BEGIN:VTIMEZONE\nTZID:X\nEND:VTIMEZONE\n" * 10_000 + event() + "\nEND:VCALENDAR",
    ],
    ids=range(11),
)
def test_length_alone_costs_little(text):
    begin = process_time()
    look(mail(text if text.startswith("BEGIN:VCAL") else calendar(text)))
    assert process_time() - begin < 10


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: text/calendar\n\n" + b" " * 2_000_000,
        b"From: " + b"<" * 1_000_000 + b"\n\n",
        b"From: " + b"a@x.org, " * 100_000 + b"\n\n",
        b"Subject: " + b"=?utf-8?q?x?= " * 100_000 + b"\n\n",
        b"Content-Type: text/plain" + b'\n ;a="' * 100_000 + b"\n\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 200_000,
        b"Content-Type: message/rfc822\n\n" * 100_000,
    ],
    ids=range(7),
)
def test_large_mails_cost_little(raw):
    begin = process_time()
    look(raw)
    assert process_time() - begin < 10
