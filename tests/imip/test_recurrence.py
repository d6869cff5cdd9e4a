"""Which occurrences take place; recurring-ical-events is the independent reader."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from invited.domain.event import Period, Status
from invited.domain.moment import Moment
from invited.imip.assemble import publish
from invited.imip.recurrence import canonical, occurrences, occurs
from tests.imip.made import at, component, event, occurrence

EARLY = datetime(2020, 1, 1, tzinfo=UTC)
MASTER = component(at("2026-12-01T10:00"), rules=("FREQ=WEEKLY;COUNT=6",))


def starts(found):
    return [c.start.instant() for c in found]


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def read_back(planned):
    """The starts and summaries that recurring-ical-events sees in what we would publish."""
    icalendar.use_zoneinfo()
    calendar = icalendar.Calendar.from_ical(publish(planned, "u@invites.example", "rsvp@invites.example"))
    found = recurring_ical_events.of(calendar).between((2020, 1, 1), (2050, 1, 1))
    return sorted((instant(e["DTSTART"].dt), str(e["SUMMARY"])) for e in found)


def instant(moment):
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.combine(moment, datetime.min.time(), UTC)


def ours(planned):
    return sorted((c.start.instant(), c.summary) for c in occurrences(planned, EARLY, 1000))


zones = st.sampled_from(["Europe/Paris", "America/New_York", "UTC", "Asia/Kolkata", None])
rules = st.builds(
    lambda rule, count: f"{rule};COUNT={count}",
    st.sampled_from(
        [
            "FREQ=DAILY",
            "FREQ=DAILY;INTERVAL=3",
            "FREQ=WEEKLY;BYDAY=MO,WE,SA",
            "FREQ=WEEKLY;INTERVAL=2",
            "FREQ=MONTHLY;BYDAY=-1SU",
            "FREQ=MONTHLY;BYDAY=2TU",
            "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
        ]
    ),
    st.integers(1, 12),
)


@st.composite
def series(draw):
    """A bounded series with dates added, left out, moved and cancelled."""
    zone = draw(zones)
    wall = draw(st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)))
    wall = wall.replace(hour=0 if zone is None else 4 + wall.hour % 16, minute=0, second=0, microsecond=0)
    rule = draw(rules)
    # The start is one of the rule's own dates, as every calendar writes it.
    begins = occurrences(event(component(Moment(wall, zone), rules=(rule,))), Moment(wall, zone).instant(), 2)[-1].start
    plain = event(component(begins, rules=(rule,), summary="Plain"))
    known = [c.start for c in occurrences(plain, EARLY, 20)]
    extra = draw(st.lists(st.integers(1, 20), max_size=2, unique=True))
    master = replace(
        plain.head,
        exdates=tuple(draw(st.lists(st.sampled_from(known), max_size=2, unique=True))),
        rdates=tuple(Period(Moment(begins.wall + timedelta(days=n, hours=bool(zone)), zone)) for n in extra),
    )
    changed = draw(st.lists(st.sampled_from(known), max_size=3, unique=True))
    changed = [m for m in changed if m not in master.exdates]
    moves = st.integers(-5, 5).map(lambda n: timedelta(days=n))
    return event(
        master,
        *(
            replace(
                plain.head,
                start=m.plus(draw(moves)),
                end=None,
                duration=timedelta(days=1),
                rules=(),
                recurrence_id=m,
                summary="Changed",
                status=draw(st.sampled_from([Status.CONFIRMED, Status.CANCELLED])),
            )
            for m in changed
        ),
    )


@settings(max_examples=60, deadline=None)
@given(series())
def test_occurrences_are_those_another_reader_sees(planned):
    assert ours(planned) == read_back(planned)
    for each in occurrences(planned, EARLY, 50):
        assert occurs(planned, each.recurrence_id.instant())
    for gone in planned.head.exdates:
        assert not occurs(planned, gone.instant())


def test_a_single_event_occurs_once():
    single = event()
    assert occurs(single, single.head.start.instant())
    assert not occurs(single, EARLY)
    assert occurrences(single, EARLY, 5) == (single.head,)
    assert occurrences(single, single.head.start.instant() + timedelta(seconds=1), 5) == ()


def test_a_cancelled_event_does_not_occur():
    gone = event(replace(MASTER, status=Status.CANCELLED))
    assert occurrences(gone, EARLY, 5) == ()
    assert not occurs(gone, MASTER.start.instant())


def test_a_series_keeps_its_hour_across_a_change_of_the_clocks():
    found = occurrences(event(component(at("2026-10-20T10:00"), rules=("FREQ=WEEKLY;COUNT=3",))), EARLY, 5)
    assert starts(found) == [utc("2026-10-20T08:00"), utc("2026-10-27T09:00"), utc("2026-11-03T09:00")]
    assert all(c.ends().instant() - c.start.instant() == timedelta(hours=1) for c in found)


def test_a_moved_occurrence_is_named_by_its_original_start():
    moved = occurrence(at("2026-12-08T10:00"), at("2026-12-25T15:00"))
    planned = event(MASTER, moved)
    assert occurs(planned, utc("2026-12-08T09:00"))
    assert not occurs(planned, utc("2026-12-25T14:00"))
    assert starts(occurrences(planned, utc("2026-12-23T00:00"), 2)) == [
        utc("2026-12-25T14:00"),
        utc("2026-12-29T09:00"),
    ]


def test_what_follows_goes_its_own_way_until_the_next_split():
    later = occurrence(at("2026-12-08T10:00"), at("2026-12-09T12:00"), is_this_and_future=True, summary="Later")
    last = occurrence(at("2026-12-29T10:00"), at("2026-12-29T08:00"), is_this_and_future=True, summary="Early")
    single = occurrence(at("2026-12-15T10:00"), at("2026-12-15T20:00"), summary="Once")
    planned = event(MASTER, later, single, last)
    assert [(c.start.wall.isoformat()[5:16], c.summary) for c in occurrences(planned, EARLY, 9)] == [
        ("12-01T10:00", "Open day"),
        ("12-09T12:00", "Later"),
        ("12-15T20:00", "Once"),
        ("12-23T12:00", "Later"),
        ("12-29T08:00", "Early"),
        ("01-05T08:00", "Early"),
    ]
    assert occurs(planned, utc("2026-12-22T09:00"))
    gone = event(MASTER, replace(later, status=Status.CANCELLED))
    assert len(occurrences(gone, EARLY, 9)) == 1
    assert not occurs(gone, utc("2026-12-22T09:00"))


def test_a_period_has_its_own_length():
    extra = Period(at("2026-12-03T10:00"), duration=timedelta(hours=5))
    found = occurrences(event(replace(MASTER, rdates=(extra,))), EARLY, 2)[1]
    assert found.ends().instant() - found.start.instant() == timedelta(hours=5)


def test_instances_whose_series_is_not_known():
    one = occurrence(at("2026-12-08T10:00"), at("2026-12-08T11:00"))
    assert starts(occurrences(event(one), EARLY, 5)) == [utc("2026-12-08T10:00")]
    assert occurs(event(one), utc("2026-12-08T09:00"))
    assert not occurs(event(one), utc("2026-12-15T09:00"))


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30"])
def test_odd_rules_end(rule):
    planned = event(component(at("1970-01-01T00:00", "UTC"), rules=(rule,)))
    assert not occurs(planned, utc("2026-12-01T00:00"))
    assert len(occurrences(planned, datetime.min.replace(tzinfo=UTC), 5)) == 1


def test_answers_name_occurrences_in_one_way():
    timed, days = event(MASTER), event(component(Moment.day(date(2026, 12, 5)), rules=("FREQ=WEEKLY;COUNT=3",)))
    assert canonical(timed, "20261208T090000Z") == "20261208T090000Z"
    assert canonical(timed, "20261208") == "20261208T090000Z"
    assert canonical(days, "20261212") == "20261212"
    # Midnight in Paris, in New York and in Tokyo.
    for named in ("20261211T230000Z", "20261212T050000Z", "20261211T150000Z"):
        assert canonical(days, named) == "20261212"
    assert canonical(event(), "20261208T090000Z") == ""
    for planned, named in ((timed, "20261208T100000Z"), (timed, "20261209"), (days, "20261213")):
        with pytest.raises(ValueError, match="no occurrence"):
            canonical(planned, named)
