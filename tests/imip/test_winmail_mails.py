"""Meetings inside a winmail.dat, read as any other mail is."""

from datetime import UTC, datetime, timedelta

import pytest

from invited.domain.event import Status
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip.itip import Method, understand
from invited.imip.mail import read
from tests.corpus import CORPUS
from tests.imip.inbound_mails import ARRIVED, calendar, event
from tests.imip.test_tnef import FILES, corpus
from tests.imip.winmail import END, ID, START, SUBJECT, foreign_id, tnef, u16, u32
from tests.imip.winmail_mails import enclosed, reply, request

PLAN = {
    "organizer": "ann@club.test",
    "organizer_name": "Ann",
    "uid": "u1@club.test",
    "summary": "Game",
    "start": Moment(datetime(2026, 12, 5, 19), "Europe/Berlin"),
    "end": Moment(datetime(2026, 12, 5, 22), "Europe/Berlin"),
    "sequence": 2,
    "now": ARRIVED,
}
DAMAGED = u32(0x223E9F78) + u16(1) + bytes.fromhex("01088007001d000000") + b"IPM.Schedule.Meeting.Request\0"


def understood(raw, envelope=None):
    return understand(read(raw, envelope), ARRIVED)


def test_a_request():
    (found,) = understood(request(**PLAN)).submissions
    (part,) = found.components
    assert (found.method, found.uid, found.organizer) == (Method.REQUEST, "u1@club.test", "ann@club.test")
    assert (part.summary, part.location, part.description) == ("Game", "Stadium", "Bring scarves")
    assert (part.start, part.end, part.stamp.sequence) == (PLAN["start"], PLAN["end"], 2)
    assert part.status is Status.CONFIRMED


def test_a_cancel():
    (found,) = understood(request(**PLAN, method="CANCEL")).cancellations
    assert found.uid == "u1@club.test"


def test_an_answer():
    raw = reply(
        attendee="bob@fan.test",
        uid="u1@club.test",
        partstat="TENTATIVE",
        sequence=2,
        start=datetime(2026, 12, 5, 18, tzinfo=UTC),
        end=datetime(2026, 12, 5, 21, tzinfo=UTC),
        now=ARRIVED - timedelta(hours=1),
    )
    (found,) = understood(raw).replies
    assert (found.uid, found.attendee, found.partstat) == ("u1@club.test", "bob@fan.test", Partstat.TENTATIVE)
    assert (found.sequence, found.dtstamp) == (2, ARRIVED - timedelta(hours=1))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("ms-tnef", "a.bin"),
        ("vnd.ms-tnef", "winmail.dat"),
        ("octet-stream", "WINMAIL.DAT"),
        ("octet-stream", "win.dat"),
        ("octet-stream", "unnamed"),
        ("x-anything", "unnamed"),
    ],
)
def test_however_it_is_called(kind, name):
    raw = read(request(**PLAN))
    (part,) = raw.calendars
    assert part.method == "REQUEST"
    winmail = tnef("IPM.Schedule.Meeting.Request", {})
    assert read(enclosed(winmail, "a@x.org", kind=kind, name=name)).fault


def test_not_in_a_file_of_another_type():
    winmail = tnef("IPM.Schedule.Meeting.Request", {})
    found = read(enclosed(winmail, "a@x.org", kind="pdf", name="plan.pdf"))
    assert (found.fault, [a.name for a in found.attachments]) == (None, ["plan.pdf"])


def with_calendar(winmail, *, kind):
    text = calendar(event("SUMMARY:Real"))
    part = f"--b\nContent-Type: {kind}\n\n{text}\n".encode()
    attached = b"--b\nContent-Type: application/ms-tnef\nContent-Transfer-Encoding: 8bit\n\n"
    head = b"From: a@x.org\nContent-Type: multipart/mixed; boundary=b\n\n"
    return head + attached + winmail + b"\n" + part + b"--b--\n"


def test_a_real_calendar_part_wins():
    (found,) = understood(with_calendar(DAMAGED, kind="text/calendar; method=REQUEST")).submissions
    assert found.components[0].summary == "Real"


def test_a_damaged_meeting_is_told_where_nothing_else_says_it():
    found = understood(enclosed(DAMAGED, "a@x.org"))
    assert found.submissions == ()
    (fault,) = found.faults
    assert fault.reason.endswith(".")
    assert fault.remedy.endswith(".")
    assert not understood(with_calendar(DAMAGED, kind="text/calendar; method=REQUEST")).faults


def test_what_is_no_meeting_stays_an_attachment():
    note = tnef("IPM.Note", {})
    found = read(enclosed(note, "a@x.org"))
    assert [a.name for a in found.attachments] == ["winmail.dat"]
    assert found.calendars == ()
    assert found.fault is None


def test_the_envelope_stands_for_whom_nothing_names():
    values = {ID: foreign_id("u1@club.test"), START: ARRIVED, END: ARRIVED, SUBJECT: "Yes"}
    raw = enclosed(tnef("IPM.Schedule.Meeting.Resp.Pos", values), "a@x.org").replace(b"From: a@x.org", b"From: nobody")
    (found,) = understood(raw, "bob@fan.test").replies
    assert found.attendee == "bob@fan.test"


# The corpus, through the whole of it.


def submitted(name):
    raw = corpus(name)
    found = understood(enclosed(raw, "mike@theupstairsroom.com"))
    assert not found.faults
    return found


def test_a_request_of_the_corpus():
    (found,) = submitted("horde-compress__winmail2.dat").submissions
    (part,) = found.components
    assert (part.summary, part.description) == ("Test Meeting", "This is a test meeting.")
    assert found.organizer == "mike@theupstairsroom.com"
    assert part.start == Moment(datetime(2015, 1, 28, 8), "America/New_York")


def test_a_series_of_the_corpus():
    (found,) = submitted("horde-compress__TnefMeetingRequest.tnef").submissions
    (part,) = found.components
    assert (part.summary, part.location, part.rules) == ("Meeting", "Office", ("FREQ=WEEKLY;BYDAY=MO",))


def whole(name):
    corpus(name)
    return (CORPUS / "tnef" / name).read_bytes()


def test_an_answer_of_the_corpus():
    (found,) = understood(whole("horde-compress__Itip_Reply.eml")).replies
    assert found.uid == "20150113143519.trPhO6SrBAGURICFhR5NMg5@www.nachthell.net"
    assert (found.attendee, found.partstat) == ("j.meier@medizin.uni-leipzig.de", Partstat.ACCEPTED)


def test_a_task_is_no_event():
    assert understood(whole("horde-compress__tnef_task.eml")).submissions == ()


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".eml")])
def test_every_stream_of_the_corpus_is_read(name):
    assert not understood(enclosed(corpus(name), "a@x.org")).faults
