"""Rules fall as python-dateutil says, and end at once where it does not."""

from datetime import datetime, timedelta
from itertools import islice
from time import perf_counter

import pytest
from dateutil.rrule import rrulestr
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from invited.domain.moment import Moment
from invited.domain.rule import falls, falls_at

START = datetime(2026, 1, 30, 9, 30)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def listed(rule, number=20, start=START, since=None):
    return [m.wall for m in islice(falls(rule, Moment(start, "UTC"), since or start), number)]


def some(name, low, high, **more):
    numbers = st.lists(st.integers(low, high).filter(bool), min_size=1, max_size=3, unique=True, **more)
    return numbers.map(lambda found: f";{name}=" + ",".join(map(str, found)))


def maybe(strategy):
    return st.just("") | strategy


plain_days = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True)
numbered = st.builds(lambda n, d: f"{n}{d}", st.sampled_from(["1", "2", "-1", "-2", "4"]), st.sampled_from(WEEKDAYS))
# Not both kinds in one rule: dateutil then asks for days that are both.
by_day = plain_days | st.lists(numbered, min_size=1, max_size=3, unique=True)
interval = st.integers(1, 5).map(lambda n: f";INTERVAL={n}")
hours = maybe(some("BYHOUR", 1, 23)) | some("BYMINUTE", 1, 59)


def rules(frequency, *parts):
    return st.builds(lambda *found: f"FREQ={frequency}" + "".join(found), maybe(interval), *parts)


def days(found):
    return ";BYDAY=" + ",".join(found)


RULES = st.one_of(
    rules("DAILY", maybe(some("BYMONTH", 1, 12)), maybe(some("BYMONTHDAY", -3, 28)), hours),
    st.builds("FREQ=HOURLY{}{}".format, maybe(some("BYHOUR", 1, 23)), maybe(some("BYMONTHDAY", 1, 28))),
    rules("WEEKLY", maybe(plain_days.map(days)), maybe(st.sampled_from([";WKST=SU", ";WKST=MO"])), hours),
    rules("MONTHLY", by_day.map(days), maybe(some("BYSETPOS", -2, 2)), hours),
    rules("MONTHLY", maybe(some("BYMONTHDAY", -28, 28)), maybe(some("BYMONTH", 1, 12))),
    rules("YEARLY", maybe(some("BYMONTH", 1, 12)), by_day.map(days)),
    rules("YEARLY", some("BYMONTH", 1, 12), maybe(some("BYMONTHDAY", -28, 28))),
    rules("YEARLY", some("BYYEARDAY", -366, 366)),
    # Not week -52: where it is the first one, dateutil leaves out its days of the year before.
    rules("YEARLY", some("BYWEEKNO", -51, 51), plain_days.map(days), maybe(st.just(";WKST=SU"))),
)


@settings(max_examples=80, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    RULES,
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).filter(lambda d: d.day < 29),
    st.integers(0, 2000),
    st.integers(1, 15),
)
def test_dates_are_those_of_dateutil(rule, start, later, count):
    start = start.replace(second=0, microsecond=0)
    horizon = start + timedelta(days=6000)
    ended = f"{rule};UNTIL={horizon:%Y%m%dT%H%M%S}Z"
    every = list(islice(rrulestr(f"{rule};UNTIL={horizon:%Y%m%dT%H%M%S}", dtstart=start), 40))
    assert listed(ended, 40, start) == every
    assert listed(f"{rule};COUNT={count}", count + 5, start)[: len(every)] == every[:count]
    since = start + timedelta(days=later)
    assert listed(ended, 3, start, since)[:1] == [wall for wall in every if wall >= since][:1] or len(every) == 40
    assert all(falls_at(rule, Moment(start, "UTC"), Moment(wall, "UTC").instant()) for wall in every[-3:])


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=DAILY;COUNT=10000;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;BYMONTH=13",
        "FREQ=FORTNIGHTLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYDAY=XX",
        "nonsense",
        "",
    ],
)
def test_a_rule_that_never_falls_ends_at_once(rule):
    begun = perf_counter()
    assert listed(rule, start=datetime(1970, 1, 1)) == []
    assert not falls_at(rule, Moment(datetime(1970, 1, 1), "UTC"), Moment(START, "UTC").instant())
    assert perf_counter() - begun < 5


def test_a_rule_is_followed_from_where_it_is_asked():
    begun = perf_counter()
    assert listed("FREQ=HOURLY", 1, datetime(1900, 1, 1), datetime(2900, 1, 1)) == [datetime(2900, 1, 1)]
    assert perf_counter() - begun < 1


def test_what_a_rule_leaves_open_comes_from_the_start():
    assert listed("FREQ=YEARLY;BYWEEKNO=20", 2) == [datetime(2026, 5, 15, 9, 30), datetime(2027, 5, 21, 9, 30)]
    assert listed("FREQ=MONTHLY", 3) == [START, datetime(2026, 3, 30, 9, 30), datetime(2026, 4, 30, 9, 30)]


def test_the_end_of_a_rule_is_an_instant():
    start = Moment(datetime(2026, 10, 24, 1, 30), "Europe/Paris")
    # 25 October, 01:30 in Paris, is 23:30 UTC of the day before.
    found = [m.wall.day for m in falls("FREQ=DAILY;UNTIL=20261024T233000Z", start, start.wall)]
    assert found == [24, 25]


def test_whole_days_know_no_hours():
    start = Moment(datetime(2026, 12, 1))
    assert [m.wall.day for m in falls("FREQ=DAILY;BYHOUR=9,10;UNTIL=20261203", start, start.wall)] == [1, 2, 3]


def test_the_calendar_ends():
    start = Moment(datetime(9980, 1, 1), "UTC")
    assert len(list(falls("FREQ=YEARLY", start, start.wall))) == 11


def test_many_questions_about_a_rule_are_quick():
    start, begun = Moment(datetime(1970, 1, 1, 9), "UTC"), perf_counter()
    for day in range(500):
        instant = Moment(datetime(2026, 1, 1, 9) + timedelta(days=day), "UTC").instant()
        assert not falls_at("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", start, instant)
        assert not falls_at("FREQ=DAILY;COUNT=10000", start, instant)
        assert falls_at("FREQ=DAILY", start, instant)
    assert perf_counter() - begun < 5
