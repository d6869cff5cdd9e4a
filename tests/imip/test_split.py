"""What is sent of a THISANDFUTURE change: nothing that a client must know the word for, and the same occurrences."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import recurring_ical_events

from invited.domain.event import Period, Stamp, Status, begun, cancelled, updated
from invited.imip.assemble import publish
from invited.imip.recurrence import occurrences
from invited.imip.split import MAX_EXPLICIT, explicit
from tests.imip.inbound_mails import calendar, understood
from tests.imip.inbound_mails import event as written
from tests.imip.made import CHANGED, at, component, event, occurrence

EARLY = datetime(2020, 1, 1, tzinfo=UTC)
MASTER = component(at("2026-12-01T10:00"), rules=("FREQ=WEEKLY;COUNT=6",))
LATER = occurrence(at("2026-12-15T10:00"), at("2026-12-16T12:00"), is_this_and_future=True, summary="Later", revision=3)
NEWER = Stamp(1, CHANGED, CHANGED)


def seen(planned):
    icalendar.use_zoneinfo()
    text = publish(planned, "u@invites.example", "rsvp@invites.example")
    assert b"THISANDFUTURE" not in text
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between((2020, 1, 1), (2040, 1, 1))
    return sorted((e["DTSTART"].dt.astimezone(UTC), str(e["SUMMARY"])) for e in found)


def told(planned, limit=500):
    return sorted((c.start.instant(), c.summary) for c in occurrences(planned, EARLY, limit))


def test_a_split_is_a_change_of_each_occurrence_that_follows():
    own = occurrence(at("2026-12-22T10:00"), at("2026-12-22T20:00"), summary="Once")
    planned = event(MASTER, LATER, own, revision=3)
    assert seen(planned) == told(planned)
    sent = explicit(planned)
    assert [c.revision for c in sent.components] == [0, 3, 0, 3, 3]
    # Whoever has the series gets the changed occurrences alone, a newcomer the series first.
    assert [method for method, _ in sent.catch_up(2)] == ["REQUEST"]
    assert len(sent.catch_up(2)[0][1]) == 3
    assert [len(parts) for _, parts in sent.catch_up(-1)] == [1, 4]


def test_a_cancelled_rest_is_the_end_of_the_series():
    planned, _ = cancelled(
        begun(event(MASTER)), {at("2026-12-15T10:00").instant(): NEWER}, CHANGED, {at("2026-12-15T10:00").instant()}
    )
    assert len(told(planned)) == 2
    assert seen(planned) == told(planned)
    ((method, (master,)),) = explicit(planned).catch_up(0)
    assert method == "REQUEST"
    assert master.rules == ("FREQ=WEEKLY;UNTIL=20261215T085959Z",)


def test_an_endless_series_ends_after_what_is_said_one_by_one():
    planned = event(component(at("2026-12-01T10:00"), rules=("FREQ=DAILY",)), LATER, revision=3)
    sent = explicit(planned)
    assert len(sent.components) == 1 + MAX_EXPLICIT
    assert seen(planned) == told(planned, 14 + MAX_EXPLICIT)


def test_what_is_over_is_not_told_again():
    planned = event(MASTER, LATER, changed=datetime(2026, 12, 28, tzinfo=UTC))
    assert [c.start for c in explicit(planned).components] == [
        MASTER.start,
        at("2026-12-30T12:00"),
        at("2027-01-06T12:00"),
    ]


def test_whole_days():
    day = at("2026-12-01T00:00", None)
    master = component(day, rules=("FREQ=DAILY;COUNT=9",))
    ends = replace(
        component(day.plus(timedelta(days=4)), recurrence_id=day.plus(timedelta(days=4))),
        is_this_and_future=True,
        status=Status.CANCELLED,
    )
    assert explicit(event(master, ends)).head.rules == ("FREQ=DAILY;UNTIL=20261204",)


def test_added_dates_end_with_the_series():
    gone = occurrence(at("2026-12-22T10:00"), status=Status.CANCELLED, is_this_and_future=True)
    dates = (Period(at("2026-12-10T10:00")), Period(at("2026-12-30T10:00")))
    assert explicit(event(replace(MASTER, rdates=dates), gone)).head.rdates == dates[:1]


def test_a_plain_event_is_left_alone():
    planned = event(MASTER, occurrence(at("2026-12-15T10:00"), at("2026-12-16T12:00")))
    assert explicit(planned) is planned
    alone = event(LATER)
    assert explicit(alone) is alone


def test_a_request_and_a_cancel_of_what_follows_are_read():
    line = "RECURRENCE-ID;RANGE=THISANDFUTURE:20261208T090000Z"
    series = written("RRULE:FREQ=WEEKLY;COUNT=6")
    moved = written(line, "SEQUENCE:1", start="DTSTART:20261209T090000Z")
    (submission,) = understood(calendar(series, moved)).submissions
    planned = begun(replace(event(), components=submission.components))
    assert [c.start.wall.day for c in occurrences(planned, EARLY, 9)] == [1, 9, 16, 23, 30, 6]
    (cancel,) = understood(calendar(written(line, "SEQUENCE:2"), method="CANCEL")).cancellations
    keys = {key and key.instant(): stamp for key, stamp in cancel.keys}
    gone, _ = cancelled(planned, keys, CHANGED, cancel.ranges)
    assert len(told(gone)) == 1
    back, _ = updated(gone, (replace(submission.components[1], stamp=Stamp(3, CHANGED, CHANGED)),), CHANGED)
    assert len(told(back)) == 6
