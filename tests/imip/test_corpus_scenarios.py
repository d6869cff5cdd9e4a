"""Other projects' iTIP scenarios, played through our own rules: what is stored, what comes, what must be the outcome.

`APPLIED` are the files whose expectations bind the server of an organizer; `NOT_APPLICABLE` says why others do not:
they tell what becomes of an attendee's own copy, or what a calendar server sends when its user edits the attendees.
"""

import json
import re
from datetime import UTC, datetime

import pytest

from invited.domain.errors import Stale
from invited.domain.event import Change, Event, Status, begun, cancelled, updated
from invited.domain.invitation import Partstat
from invited.imip.assemble import assemble
from invited.imip.itip import Method, understand
from invited.imip.mail import read
from invited.imip.recurrence import canonical, occurrences, occurs
from tests.imip.inbound_mails import ARRIVED
from tests.imip.made import copy
from tests.imip.test_corpus_inbound import CORPUS, understood, wrapped

REPLIES = "the answer as the organizer's server takes it"
APPLIED = {
    "recurring/ccs-calendarserver__itip.test_processRequest_overrideOfEXDATE.json": "an override brings a date back",
    "organizer-request/ccs-calendarserver__itip.test_processRequest.json": "instances before their series; re-asking",
    "update/ccs-calendarserver__itip.test_processRequest_mergeAttendeePartstat.json": "what re-asks and what does not",
    "update/ccs-calendarserver__itip.test_processRequest_propertyLeakage.json": "overrides beside an unchanged series",
    "update/ccs-calendarserver__itip.test_sequenceComparison.json": "see test_corpus_inbound",
    "cancel/ccs-calendarserver__itip.test_cancel.json": "the CANCEL that is sent",
    "cancel/sabre-vobject__BrokerDeleteEventTest.json": "the CANCEL that is sent (organizer's cases)",
    "cancel/sabre-vobject__BrokerProcessMessageTest.json": "updates and cancels by SEQUENCE",
    "reply/ccs-calendarserver__itip.test_processReply.json": REPLIES,
    "reply/ccs-calendarserver__itip.test_update_attendee_partstat.json": REPLIES,
    "reply/sabre-vobject__BrokerProcessReplyTest.json": REPLIES,
    "update/libical__incoming.ics": "the class of each message against calendar.ics",
}
NOT_APPLICABLE = {
    "organizer-request/sabre-vobject__BrokerNewEventTest.json": "whom a calendar server invites by itself: the "
    "organizer's attendees are not invited by us",
    "update/sabre-vobject__BrokerUpdateEventTest.json": "which attendees an edit adds or removes; ours are not in it",
    "update/sabre-vobject__EvolutionTest.json": "what an attendee's or organizer's own client makes of its attendees",
    "reply/sabre-vobject__BrokerAttendeeReplyTest.json": "what an attendee's server sends; read in test_corpus_inbound",
}
EARLY = datetime(1990, 1, 1, tzinfo=UTC)


def cases(path):
    return [
        pytest.param(case, id=case.get("title") or case.get("test") or str(number))
        for number, case in enumerate(json.loads((CORPUS / path).read_text())["cases"])
    ]


def ours(text):
    """The one event of a calendar, as it would be created."""
    (submission,) = understood(text).submissions
    facts = ("e" * 16, "x.example", "o@x.example", "", submission.uid, ARRIVED, ARRIVED)
    return begun(Event(*facts, submission.components))


def applied(event, text):
    """The event after a message, and what that means; Change.NONE where it was stale."""
    found = understood(text)
    try:
        if found.cancellations:
            (cancel,) = found.cancellations
            keys = {key and key.instant(): stamp for key, stamp in cancel.keys}
            return cancelled(event, keys, ARRIVED, cancel.ranges)
        return updated(event, found.submissions[0].components, ARRIVED)
    except Stale:
        return event, Change.NONE


def visible(event):
    return [(c.start.instant(), c.summary) for c in occurrences(event, EARLY, 20)]


def test_every_scenario_is_judged():
    scenarios = {str(p.relative_to(CORPUS)) for p in CORPUS.glob("*/*.json") if p.parent.name != "tnef"}
    assert scenarios <= set(APPLIED) | set(NOT_APPLICABLE)
    assert not set(APPLIED) & set(NOT_APPLICABLE)


@pytest.mark.parametrize("case", cases("recurring/ccs-calendarserver__itip.test_processRequest_overrideOfEXDATE.json"))
def test_an_override_brings_a_left_out_date_back(case):
    after, change = applied(ours(case["stored"]), case["itip"])
    wanted = ours(case["expected"])
    assert change is Change.SIGNIFICANT
    assert {m.instant() for m in after.head.exdates} == {m.instant() for m in wanted.head.exdates}
    assert visible(after) == visible(wanted)


@pytest.mark.parametrize(
    "case",
    [
        *cases("organizer-request/ccs-calendarserver__itip.test_processRequest.json"),
        *cases("update/ccs-calendarserver__itip.test_processRequest_mergeAttendeePartstat.json"),
        *cases("update/ccs-calendarserver__itip.test_processRequest_propertyLeakage.json"),
    ],
)
def test_a_request_leaves_the_occurrences_that_it_should(case):
    after, change = applied(ours(case["stored"]), case["itip"])
    wanted = visible(ours(case["expected"]))
    if case["title"].startswith("3.1"):
        # A series comes without its changed occurrence, which is dropped there. Here it stays as long as the series
        # has its date: Google and Exchange send a series again without what was changed in it before.
        wanted[1] = (wanted[1][0], "Test")
    assert visible(after) == wanted
    # Where the attendee's answer stands there, nobody is asked again here, and the other way round.
    if "partstat" in case["title"] and "date change" in case["title"]:
        title_says_moved = "1.3" not in case["title"]  # its "date change" changes no date
        assert (change is Change.SIGNIFICANT) is title_says_moved
    if "summary change only" in case["title"]:
        assert change is Change.MINOR


def sent_cancel(event, revision):
    """SEQUENCEs and RECURRENCE-IDs of the CANCEL that somebody with `revision` gets; None for no mail."""
    mails = [parts for method, parts in event.catch_up(revision) if method == "CANCEL"]
    if not mails:
        return None
    (parts,) = mails
    raw = assemble(event, parts, "CANCEL", "rsvp@x.example").fill(copy()).decode()
    return re.findall(r"RECURRENCE-ID[^:]*:(\S+)", raw), set(re.findall(r"SEQUENCE:(\d+)", raw))


@pytest.mark.parametrize("case", cases("cancel/ccs-calendarserver__itip.test_cancel.json"))
def test_the_cancel_that_is_sent(case):
    event = ours(case["stored"])
    when = [each and datetime(*each["args"], tzinfo=UTC) for each in case["instances"]]
    keys = dict.fromkeys(when, event.head.stamp)
    after, _ = cancelled(event, keys, ARRIVED)
    if not case["expected_cancel"].count("VEVENT"):
        assert sent_cancel(after, 0) is None
        return
    originals, sequences = sent_cancel(after, 0)
    assert originals == re.findall(r"RECURRENCE-ID[^:]*:(\S+)", case["expected_cancel"])
    assert sequences == {"1"}  # our own numbers: theirs goes up by one as well
    for method, parts in after.catch_up(0):
        assert method == "CANCEL"
        # A moved occurrence keeps the start it was moved to beside its original one.
        starts = re.findall(r"DTSTART[^:]*:(\S+)", case["expected_cancel"])
        assert [p.start.instant() for p in parts] == [datetime.fromisoformat(s) for s in starts]


@pytest.mark.parametrize(
    "case", [c for c in cases("cancel/sabre-vobject__BrokerDeleteEventTest.json") if "Organizer" in c.id]
)
def test_a_deleted_event_is_cancelled_as_another_server_does(case):
    event = ours(case["inputs"]["oldMessage"])
    after, _ = cancelled(event, {None: event.head.stamp}, ARRIVED)
    ((method, (part,)),) = after.catch_up(0)
    assert method == "CANCEL"
    raw = assemble(after, [part], "CANCEL", "rsvp@x.example").fill(copy()).decode()
    assert "DTSTART:20140716T120000Z" in raw
    assert "DTEND:20140716T130000Z" in raw
    assert "STATUS:CANCELLED" in raw


def answered(case):
    """The occurrences that an answer counts for in the stored event, "" being the whole, with the answer."""
    event = ours(case["stored"])
    found = {}
    for reply in understood(case["itip"]).replies:
        try:
            found[canonical(event, reply.recurrence_id) if reply.recurrence_id else ""] = reply.partstat
        except ValueError:
            continue
    return found


@pytest.mark.parametrize(
    "case", [c for c in cases("reply/ccs-calendarserver__itip.test_processReply.json") if "VPOLL" not in c.id]
)
def test_an_answer_counts_for_what_takes_place(case):
    found = answered(case)
    assert found[""] is Partstat.ACCEPTED
    assert set(found) <= {"", "20071114T000000Z"}
    if case["title"].startswith("1.6"):
        # 16 November is no date of the stored series: set aside, the whole answer stands.
        assert found == {"": Partstat.ACCEPTED}


@pytest.mark.parametrize(
    "case",
    [
        c
        for c in cases("reply/ccs-calendarserver__itip.test_update_attendee_partstat.json")
        if "VPOLL" not in json.dumps(c.values[0]["itip"])
    ],
)
def test_answers_to_occurrences_are_those_another_server_takes(case):
    if case["success"]:
        # 1.3 names none: the answer that comes is the one that stands.
        assert {name for name, _ in case["rids"]} <= set(answered(case))


@pytest.mark.parametrize("case", cases("reply/sabre-vobject__BrokerProcessReplyTest.json"))
def test_an_answer_to_an_instance_is_taken_where_it_takes_place(case):
    if not case["expected"] or not case["inputs"].get("old") or "RECURRENCE-ID" not in case["inputs"]["itip"]:
        return
    old = understood(case["inputs"]["old"])
    if not old.submissions:
        pytest.skip(f"not readable here: {[fault.reason for fault in old.faults]}")
    event = ours(case["inputs"]["old"])
    for reply in understood(case["inputs"]["itip"]).replies:
        if reply.recurrence_id:
            instant = datetime.fromisoformat(reply.recurrence_id).astimezone(UTC)
            assert occurs(event, instant), case["test"]


def stream(path):
    """The calendars of a stream with what each is expected to be."""
    text = (CORPUS / path).read_text()
    # Two ends with a digit too few or too many, for which we refuse the whole event.
    text = text.replace("T10300Z", "T103000Z").replace("T1100000Z", "T110000Z")
    for calendar in re.findall(r"BEGIN:VCALENDAR.*?END:VCALENDAR\r?\n?", text, re.DOTALL):
        expected = re.search(r"X-LIC-EXPECT:(\S+)", calendar)
        yield (expected[1] if expected else ""), calendar


STORED = {e.origin_uid: e for e in (ours(text) for _, text in stream("update/libical__calendar.ics"))}
INCOMING = list(stream("update/libical__incoming.ics"))


@pytest.mark.parametrize(("expected", "text"), INCOMING, ids=[f"{n + 1}" for n in range(len(INCOMING))])
def test_the_class_of_a_message(expected, text):
    found = understand(read(wrapped(text.encode())), ARRIVED)
    match expected:
        case "REQUEST-NEW" | "REQUEST-DELEGATE":
            assert found.submissions[0].uid not in STORED
        case "OBSOLETE":
            # “Otherwise identical to #I1”: the same UID as it, with a lower SEQUENCE.
            first = ours(INCOMING[0][1])
            assert applied(first, text) == (first, Change.NONE)
        case "REQUEST-RESCHEDULE":
            _, change = applied(STORED[found.submissions[0].uid], text)
            assert change is Change.SIGNIFICANT
        case "REQUEST-UPDATE":
            # “Updates C1” after the reschedule: at the same SEQUENCE, with a later DTSTAMP.
            (rescheduled,) = [t for e, t in INCOMING if e == "REQUEST-RESCHEDULE"]
            event, _ = applied(STORED[found.submissions[0].uid], rescheduled)
            after, _ = applied(event, text)
            assert after.head.summary == "Pool party"
        case "CANCEL-EVENT":
            after, _ = applied(STORED[found.cancellations[0].uid], text)
            assert after.is_cancelled
        case "COUNTER":
            assert found.replies[0].method is Method.COUNTER
        case "PUBLISH-UPDATE":
            assert found.submissions[0].method is Method.PUBLISH
        case "PUBLISH-FREEBUSY":
            assert found.faults[0].reason.endswith("holds no event.")
        case _:
            wanted = {"ACCEPT": Partstat.ACCEPTED, "DECLINE": Partstat.DECLINED, "DELEGATE": Partstat.DELEGATED}
            (reply,) = found.replies
            assert reply.partstat is wanted[expected.rpartition("-")[2]]
            assert reply.uid in STORED


def test_updates_and_cancels_by_sequence():
    """sabre's messages have no DTSTART, which a calendar needs; with one they do what it expects."""
    for param in cases("cancel/sabre-vobject__BrokerProcessMessageTest.json"):
        case = param.values[0]
        if case["test"] not in ("testRequestUpdate", "testCancel"):
            continue
        old, itip = (
            case["inputs"][name].replace("UID:", "DTSTART:20261201T090000Z\r\nUID:") for name in ("old", "itip")
        )
        after, _ = applied(ours(old), itip)
        assert after.head.stamp.sequence == 2
        assert (after.head.status is Status.CANCELLED) is (case["test"] == "testCancel")
