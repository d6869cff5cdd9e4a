"""A proposed time in every spelling that clients have for it."""

import pytest

from invited.domain.invitation import Partstat
from invited.imip.itip import Method
from tests.imip.inbound_mails import calendar, event, understood

ASKED = ("DTEND:20261201T103000Z", "DTSTAMP:20261101T000000Z")


def reply(*lines, method="COUNTER", mime=None, **kwargs):
    found = understood(calendar(event(*lines, **kwargs), method=method), method=mime or method)
    assert not found.faults, found.faults
    (only,) = found.replies
    return only


def times(found):
    return [moment and moment.to_text() for moment in (found.proposed_start, found.proposed_end)]


def test_a_counter_bears_the_new_time():
    found = reply("ATTENDEE:mailto:a@x.org", *ASKED)
    assert times(found) == ["2026-12-01T09:00:00Z", "2026-12-01T10:30:00Z"]
    assert found.proposes


def test_google_says_reply_outside_and_counter_inside():
    found = reply("ATTENDEE;PARTSTAT=TENTATIVE:mailto:a@x.org", *ASKED, mime="REPLY")
    assert (found.method, found.partstat) == (Method.COUNTER, Partstat.TENTATIVE)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("DURATION:PT45M",), ["2026-12-01T09:00:00Z", "2026-12-01T09:45:00Z"]),
        ((), ["2026-12-01T09:00:00Z", None]),
        (("DTEND:nonsense",), ["2026-12-01T09:00:00Z", None]),
        (("DURATION:P99999W",), ["2026-12-01T09:00:00Z", None]),
    ],
)
def test_an_end_that_is_not_told_or_not_readable(lines, expected):
    assert times(reply("ATTENDEE:mailto:a@x.org", *lines)) == expected


@pytest.mark.parametrize("start", ["DTSTART:20261201T090000", "DTSTART;TZID=Nowhere:20261201T090000", "DTSTART:x", ""])
def test_a_counter_whose_time_cannot_be_read_keeps_its_comment(start):
    found = reply("ATTENDEE:mailto:a@x.org", "COMMENT:An hour later?", start=start)
    assert found.proposes
    assert times(found) == [None, None]
    assert found.comment == "An hour later?"


@pytest.mark.parametrize("name", ["TO-ALL-PROPOSED-NEW-TIME", "X-TO-ALL-PROPOSED-NEW-TIME"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("DTSTART:20261202T080000Z;STATUS:;", ["2026-12-02T08:00:00Z", "2026-12-02T09:30:00Z"]),
        ("DTSTART:20261202T080000Z;DTEND:20261202T083000Z", ["2026-12-02T08:00:00Z", "2026-12-02T08:30:00Z"]),
        ("DTSTART;VALUE=DATE:20261203;", ["2026-12-03", None]),
        ("STATUS:DECLINED;", [None, None]),
        ("", [None, None]),
    ],
)
def test_ios_puts_it_into_a_parameter_of_its_answer(name, value, expected):
    line = f'ATTENDEE;PARTSTAT=TENTATIVE;{name}="{value}":mailto:a@x.org'
    found = reply(line, *ASKED, method="REPLY")
    assert (found.method, found.partstat) == (Method.REPLY, Partstat.TENTATIVE)
    assert times(found) == expected
    assert found.proposes == (expected[0] is not None)


def test_an_ordinary_answer_proposes_nothing():
    found = reply("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x.org", *ASKED, method="REPLY")
    assert not found.proposes


@pytest.mark.parametrize(
    ("parameters", "delegate"),
    [
        ('PARTSTAT=DELEGATED;DELEGATED-TO="mailto:Eve@X.org"', "eve@x.org"),
        ("PARTSTAT=DELEGATED;DELEGATED-TO=eve@x.org", "eve@x.org"),
        ('PARTSTAT=DELEGATED;DELEGATED-TO="mailto:eve@x.org","mailto:f@x.org"', "eve@x.org"),
        ("PARTSTAT=DELEGATED", ""),
        ('PARTSTAT=ACCEPTED;DELEGATED-TO="mailto:eve@x.org"', ""),
    ],
)
def test_whom_the_attendee_sends_instead(parameters, delegate):
    assert reply(f"ATTENDEE;{parameters}:mailto:a@x.org", method="REPLY").delegated_to == delegate
