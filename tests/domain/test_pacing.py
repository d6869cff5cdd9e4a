"""How fast mail may go, and how long who refuses it is left alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.domain import pacing
from invited.domain.pacing import BURST, HORIZON, LONGEST, LONGEST_OF_RELAY, RELAY, Pace, granted, slowed
from tests.facts import NOW

FIRST = 30.0


def later(seconds):
    return NOW + timedelta(seconds=seconds)


@given(
    st.floats(0.01, 10_000),
    st.lists(st.tuples(st.floats(0, 100), st.integers(1, 5_000)), min_size=1, max_size=50),
)
def test_no_span_of_time_gets_more_than_its_rate(rate, asked):
    pace, now, given = Pace(), 0.0, []
    for gap, wanted in asked:
        now += gap
        pace, grant = granted(pace, wanted, rate, later(now))
        assert 0 <= grant.count <= wanted
        given.append((now, grant.count))
    for first, (begin, _) in enumerate(given):
        for end, _ in given[first:]:
            got = sum(count for at, count in given[first:] if at <= end)
            assert got <= (end - begin) * rate + max(BURST * rate, 1) + 0.1


@given(st.floats(0.5, 5_000), st.integers(1, 400))
def test_who_comes_when_told_gets_all_of_it_about_as_fast_as_the_rate(rate, wanted):
    pace, now, left = Pace(), NOW, wanted
    while left:
        pace, grant = granted(pace, left, rate, now)
        left -= grant.count
        assert grant.due > now or not left
        now = grant.due
    assert (now - NOW).total_seconds() <= 1.1 * wanted / rate + 2 / rate + 0.1


def test_many_who_are_turned_away_are_told_to_come_one_after_the_other():
    pace = Pace()
    dues = []
    for _ in range(1_200):
        pace, grant = granted(pace, 10, 10, NOW)
        dues.append((grant.due - NOW).total_seconds())
    assert dues[:4] == [0, 1, 2, 3]
    assert dues[-1] == HORIZON


def test_nothing_is_too_slow_for_one_mail():
    pace, grant = granted(Pace(), 5, 0.01, NOW)
    assert (grant.count, grant.due) == (1, later(100))
    assert granted(pace, 5, 0.01, later(99))[1].count == 0
    assert granted(pace, 5, 0.01, later(100))[1].count == 1


@pytest.mark.parametrize(("name", "longest"), [("x.example", LONGEST), (RELAY, LONGEST_OF_RELAY)])
def test_each_refusal_doubles_the_wait_up_to_a_limit(name, longest):
    pace, now, waits = Pace(), NOW, []
    for _ in range(12):
        pace = slowed(pace, name, "450 4.2.0 later", now, FIRST)
        waits.append((pace.held - now).total_seconds())
        now = pace.held
    assert waits == [min(FIRST * 2**n, longest) for n in range(12)]


def test_what_was_under_way_when_it_was_refused_doubles_nothing():
    pace = slowed(Pace(), "x.example", "450", NOW, FIRST)
    assert slowed(pace, "x.example", "450", later(29), FIRST) == pace


def test_success_halves_the_wait_until_it_is_forgotten():
    pace = Pace(wait=100)
    waits = []
    while pace.wait:
        pace = pacing.eased(pace, FIRST)
        waits.append(pace.wait)
    assert waits == [50, 25, 0]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("450 4.2.0 <bob@x.example>: greylisted", "450 4.2.0"),
        ("the connection to the relay 10.0.0.1:25 broke: 421 4.7.0 too many", "421 4.7.0"),
        ("421-4.7.0 slow down", "421"),
        ("the relay mx450.example:2525 cannot be used: Connection refused", ""),
    ],
)
def test_only_the_code_of_a_refusal_is_kept_for_its_words_may_name_somebody(reason, said):
    assert slowed(Pace(), "x.example", reason, NOW, FIRST).said == said


@pytest.mark.parametrize(
    ("reason", "is_about_domain"),
    [("452 4.2.2 mailbox full", False), ("450 4.2.1 busy", False), ("450 4.2.0 greylisted", True), ("451 later", True)],
)
def test_a_full_mailbox_says_nothing_of_its_domain(reason, is_about_domain):
    assert pacing.is_about_domain(reason) is is_about_domain


def test_one_who_is_refused_again_and_again_waits_as_long_as_it_has_lasted():
    assert [pacing.retry_wait(NOW, later(s), FIRST) for s in (0, 29, 100, 99_999)] == [FIRST, FIRST, 100, LONGEST]


@given(st.floats(-100, 100_000))
def test_a_delay_is_never_too_short_nor_twice_too_long(seconds):
    due = later(seconds)
    delay = pacing.delay(due, NOW)
    exact = (due - NOW).total_seconds()
    assert delay == 0 if exact <= 0 else exact <= delay < 2 * exact
