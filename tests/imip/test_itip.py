from datetime import UTC, datetime

import pytest

from invited.domain.invitation import Partstat
from invited.imip.itip import MAX_EVENTS, MAX_FAULTS, Method
from tests.imip.inbound_mails import ARRIVED, calendar, event, understood

GUEST = "ATTENDEE;PARTSTAT=ACCEPTED;X-NUM-GUESTS=2:mailto:guest@x.org"


def reply(*lines, method="REPLY", **kwargs):
    found = understood(calendar(event(*lines, **kwargs), method=method))
    assert not found.faults, found.faults
    (only,) = found.replies
    return only


def test_a_submission_tells_its_organizer():
    line = 'ORGANIZER;CN="Doe, Jane";SENT-BY="mailto:Desk@x.org":MAILTO:Jane@X.org'
    (found,) = understood(calendar(event(line), product="-//A//B//EN")).submissions
    assert (found.method, found.uid, found.product) == (Method.REQUEST, "u1", "-//A//B//EN")
    assert (found.organizer, found.organizer_name, found.sent_by) == ("jane@x.org", "Doe, Jane", "desk@x.org")


def test_a_submission_without_organizer():
    (found,) = understood(calendar(event())).submissions
    assert (found.organizer, found.organizer_name, found.sent_by) == ("", "", "")


@pytest.mark.parametrize(
    ("body", "mime", "method"),
    [
        ("PUBLISH", "REQUEST", Method.PUBLISH),
        (" request", "", Method.REQUEST),
        ("", "request", Method.REQUEST),
        ("", "", Method.PUBLISH),
        ("CREATE", "", Method.PUBLISH),
    ],
)
def test_the_bodys_method_wins(body, mime, method):
    (found,) = understood(calendar(event(), method=body), method=mime).submissions
    assert found.method is method


def test_every_uid_is_a_submission_of_its_own():
    found = understood(calendar(event(uid="a"), event(uid="b")), calendar(event(uid="c")))
    assert [s.uid for s in found.submissions] == ["a", "b", "c"]


def test_the_same_calendar_twice_is_one():
    found = understood(calendar(event()), calendar(event()))
    assert len(found.submissions) == 1
    assert not found.faults


def test_one_fault_does_not_spoil_the_others():
    found = understood(calendar(event(uid="a", start=""), event(uid="b")))
    assert [s.uid for s in found.submissions] == ["b"]
    assert len(found.faults) == 1


def test_without_a_uid_the_content_names_the_event():
    bare = event("SUMMARY:x").replace("UID:u1\n", "")
    again = bare.replace("SUMMARY", "DTSTAMP:20260101T000000Z\nSUMMARY")
    first, second = (understood(calendar(text)).submissions[0].uid for text in (bare, again))
    assert first == second
    assert first.startswith("without-uid-")


@pytest.mark.parametrize("text", ["", "BEGIN:VCALENDAR\nEND:VCALENDAR", calendar("BEGIN:VTODO\nUID:1\nEND:VTODO"), "x"])
def test_a_calendar_without_events_is_a_fault(text):
    found = understood(text)
    assert [f.reason for f in found.faults] == ["The calendar file in the mail holds no event."]


def test_no_calendar_is_no_fault():
    assert understood().faults == ()


def test_bare_events_and_other_components_beside():
    found = understood(event() + "\nBEGIN:VFREEBUSY\nEND:VFREEBUSY")
    assert len(found.submissions) == 1


def test_too_many_events_and_faults():
    found = understood(calendar(*[event(uid=str(n)) for n in range(MAX_EVENTS + 1)]))
    assert not found.submissions
    assert "more than 200 events" in found.faults[0].reason
    broken = [event("SUMMARY:" + str(n), uid=str(n), start="") for n in range(MAX_FAULTS + 5)]
    assert len(understood(calendar(*broken)).faults) == MAX_FAULTS


def test_a_cancel_names_what_is_off():
    one = event("RECURRENCE-ID:20261202T090000Z", "SEQUENCE:4", start="")
    found = understood(calendar(event("SEQUENCE:3", "ORGANIZER:mailto:o@x.org", start=""), one, method="CANCEL"))
    (cancel,) = found.cancellations
    assert (cancel.uid, cancel.organizer, cancel.sent_by) == ("u1", "o@x.org", "")
    assert [(key and key.to_text(), stamp.sequence) for key, stamp in cancel.keys] == [
        (None, 3),
        ("2026-12-02T09:00:00Z", 4),
    ]
    assert cancel.keys[0][1].arrived == ARRIVED


def test_a_reply_in_full():
    found = reply(GUEST, "SEQUENCE:3", "DTSTAMP:20261030T080000Z", "COMMENT:See you\\, all")
    assert found.method is Method.REPLY
    assert (found.uid, found.recurrence_id, found.attendee, found.sent_by) == ("u1", "", "guest@x.org", "")
    assert (found.partstat, found.sequence, found.guests) == (Partstat.ACCEPTED, 3, 2)
    assert (found.dtstamp, found.comment) == (datetime(2026, 10, 30, 8, tzinfo=UTC), "See you, all")


def test_a_reply_that_says_almost_nothing():
    found = reply(start="")
    assert (found.attendee, found.partstat, found.sequence) == ("", Partstat.NEEDS_ACTION, None)
    assert (found.dtstamp, found.comment, found.guests) == (ARRIVED, "", 0)


@pytest.mark.parametrize(
    ("value", "partstat"),
    [
        ("accepted", Partstat.ACCEPTED),
        ("TENTATIVE", Partstat.TENTATIVE),
        ("DECLINED", Partstat.DECLINED),
        ("DELEGATED", Partstat.DELEGATED),
        ("X-MAYBE", Partstat.NEEDS_ACTION),
    ],
)
def test_answers(value, partstat):
    assert reply(f"ATTENDEE;PARTSTAT={value}:mailto:a@x.org").partstat is partstat


def test_where_clients_put_a_note():
    assert reply("COMMENT:\\n", "X-CALENDARSERVER-PRIVATE-COMMENT:Late").comment == ""
    assert reply("X-CALENDARSERVER-PRIVATE-COMMENT:Late").comment == "Late"
    assert reply('ATTENDEE;X-RESPONSE-COMMENT="Late":mailto:a@x.org').comment == "Late"


def test_outlooks_sequence():
    assert reply("X-MICROSOFT-CDO-APPT-SEQUENCE:5").sequence == 5
    assert reply("SEQUENCE:1", "X-MICROSOFT-CDO-APPT-SEQUENCE:5").sequence == 1


def test_the_alarms_attendee_is_nobody():
    alarm = "BEGIN:VALARM\nACTION:EMAIL\nATTENDEE:mailto:alarm@x.org\nEND:VALARM"
    assert reply(alarm, GUEST).attendee == "guest@x.org"
    assert reply(alarm).attendee == ""


def test_a_counter_is_answered_by_who_sent_it():
    lines = ["ATTENDEE:mailto:one@x.org", "ATTENDEE;PARTSTAT=DECLINED:mailto:organizer@example.org"]
    found = reply(*lines, method="COUNTER")
    assert (found.method, found.attendee, found.partstat) == (
        Method.COUNTER,
        "organizer@example.org",
        Partstat.DECLINED,
    )


@pytest.mark.parametrize(
    ("line", "start", "key"),
    [
        ("RECURRENCE-ID:20261202T090000Z", "", "20261202T090000Z"),
        ("RECURRENCE-ID;TZID=Europe/Paris:20261202T100000", "", "20261202T090000Z"),
        ("RECURRENCE-ID;TZID=Romance Standard Time:20260702T100000", "", "20260702T080000Z"),
        ("RECURRENCE-ID:20261202T100000", "DTSTART;TZID=Europe/Paris:20261203T100000", "20261202T090000Z"),
        ("RECURRENCE-ID;VALUE=DATE:20261202", "", "20261202"),
        ("RECURRENCE-ID:20261202T000000Z", "DTSTART;VALUE=DATE:20261202", "20261202"),
    ],
)
def test_answers_to_one_occurrence(line, start, key):
    assert reply(GUEST, line, start=start).recurrence_id == key


def test_one_mail_may_answer_several_occurrences():
    parts = [event(GUEST), event(GUEST, "RECURRENCE-ID:20261202T090000Z"), event(GUEST)]
    found = understood(calendar(*parts, method="REPLY"))
    assert [r.recurrence_id for r in found.replies] == ["", "20261202T090000Z"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (calendar(event(GUEST).replace("UID:u1\n", ""), method="REPLY"), "which event it is for"),
        (calendar(event("RECURRENCE-ID:20261202T100000", start=""), method="REPLY"), "cannot be told"),
        (calendar(event(), method="ADD"), "only adds dates"),
        (calendar(event(), method="DECLINECOUNTER"), "declines a proposal"),
        (calendar(event(uid="x" * 1001)), "longer than 1,000"),
    ],
)
def test_faults(text, words):
    found = understood(text)
    assert not found.replies
    assert not found.submissions
    assert words in found.faults[0].reason
