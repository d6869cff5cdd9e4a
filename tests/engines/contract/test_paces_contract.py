"""Any store must share out rates, and remember who is left alone, so."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from invited.domain.pacing import RELAY, Pace, slowed
from tests.facts import NOW


def test_a_rate_is_shared_by_all_who_ask_at_the_same_time(store):
    with ThreadPoolExecutor(8) as pool:
        grants = list(pool.map(lambda _: store.reserve({RELAY: 10}, {RELAY: 42.0}, NOW), range(16)))
    assert sum(grant[RELAY].count for grant in grants) == 42
    assert store.reserve({RELAY: 100}, {RELAY: 42.0}, NOW + timedelta(seconds=0.5))[RELAY].count == 21


def test_each_name_has_a_rate_of_its_own(store):
    grants = store.reserve({"a.example": 9, "b.example": 9}, {"a.example": 5.0, "b.example": 20.0}, NOW)
    assert {name: grant.count for name, grant in grants.items()} == {"a.example": 5, "b.example": 9}


def test_who_refuses_is_left_alone_longer_each_time_until_it_goes_well(store):
    assert store.paces(["x.example", RELAY]) == {}
    first = slowed(Pace(), "x.example", "450 4.2.0 later", NOW, 30)
    assert store.slow({"x.example": "450 4.2.0 later"}, NOW, 30) == {"x.example": first}
    assert store.slow({"x.example": "450 later"}, NOW, 30) == {"x.example": first}
    assert store.paces(["x.example", "y.example"]) == {"x.example": first}
    again = store.slow({"x.example": "451 no"}, first.held, 30)["x.example"]
    assert (again.wait, again.said, again.held) == (60, "451", first.held + timedelta(seconds=60))
    store.ease(["x.example", "y.example"], 30)
    assert store.paces(["x.example", "y.example"])["x.example"].wait == 30
    store.ease(["x.example"], 30)
    assert store.paces(["x.example"])["x.example"].wait == 0


def test_a_rate_and_a_refusal_of_the_same_name_do_not_meet(store):
    store.slow({RELAY: "421 no"}, NOW, 30)
    store.reserve({RELAY: 3}, {RELAY: 5.0}, NOW)
    pace = store.paces([RELAY])[RELAY]
    assert pace.held == NOW + timedelta(seconds=30)
    store.slow({RELAY: "421 no"}, pace.held, 30)
    assert store.reserve({RELAY: 9}, {RELAY: 5.0}, NOW)[RELAY].count == 2


def test_what_says_nothing_any_more_is_forgotten(store):
    store.slow({"x.example": "450"}, NOW, 30)
    assert store.slow({"x.example": "450"}, NOW + timedelta(days=1), 30)["x.example"].wait == 30
