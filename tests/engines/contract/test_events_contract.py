"""Any store must keep events so."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invited.domain.door import Challenge, Door
from invited.domain.errors import LimitReached, Temporary
from invited.domain.event import Audience, Component, Period, Property, Stamp, Status, Strangers
from invited.domain.moment import Moment
from invited.ports import Order
from tests.facts import NOW, an_event


def test_an_event_comes_back_as_it_was(store):
    event = an_event()
    assert store.add_event(event, limit=10)
    assert store.event(event.id) == event
    assert store.event_by_origin(event.organizer, event.origin_uid) == event
    assert store.event("nowhere") is None
    assert store.event_by_origin(event.organizer, "other") is None


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
walls = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1))
moments = st.builds(Moment, walls, st.sampled_from(["UTC", "Europe/Paris", None]))
spans = st.timedeltas(timedelta(0), timedelta(days=400))
stamps = st.builds(Stamp, st.integers(0, 9), st.just(NOW), st.just(NOW))
components = st.builds(
    Component,
    start=moments,
    stamp=stamps,
    end=st.none() | moments,
    duration=st.none() | spans,
    recurrence_id=st.none() | moments,
    summary=texts,
    description=texts,
    status=st.sampled_from(Status),
    rules=st.lists(texts).map(tuple),
    rdates=st.lists(st.builds(Period, moments, st.none() | moments, st.none() | spans)).map(tuple),
    exdates=st.lists(moments).map(tuple),
    extra=st.lists(
        st.builds(Property, texts, st.lists(st.tuples(texts, st.lists(texts).map(tuple))).map(tuple), texts)
    ).map(tuple),
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(components, min_size=1, max_size=3).map(tuple), texts)
def test_nothing_of_an_event_is_lost(store, components, name):
    chosen = {"audience": Audience.GOING, "strangers": Strangers.ACCEPT, "door": Door(public_links=("a", "b"))}
    event = an_event(components=components, organizer_name=name, **chosen)
    store.add_event(event, limit=10**9)
    assert store.event(event.id) == event


def test_an_organizers_uid_is_one_event(store):
    event = an_event()
    assert store.add_event(event, limit=1)
    assert not store.add_event(an_event(origin_uid=event.origin_uid), limit=1)
    assert store.add_event(an_event(origin_uid=event.origin_uid, organizer="bob@club.example"), limit=1)


def test_an_organizer_has_a_limit(store):
    for _ in range(2):
        store.add_event(an_event(), limit=2)
    with pytest.raises(LimitReached, match="limit of 2 events"):
        store.add_event(an_event(), limit=2)
    assert store.add_event(an_event(organizer="bob@club.example"), limit=2)
    assert len(store.events()) == 3


def test_a_replacement_must_know_what_it_replaces(store):
    event = an_event()
    store.add_event(event, limit=10)
    second = replace(event, revision=1, sequence=1, updates=1)
    store.replace_event(second, expected_revision=0)
    with pytest.raises(Temporary):
        store.replace_event(replace(event, revision=1, updates=7), expected_revision=0)
    assert store.event(event.id) == second
    with pytest.raises(Temporary):
        store.replace_event(an_event(), expected_revision=0)


def test_a_replacement_leaves_the_choices_alone(store):
    event = an_event()
    store.add_event(event, limit=10)
    store.set_choices(event.id, {"audience": Audience.EVERYONE, "strangers": Strangers.REFUSE})
    store.replace_event(replace(event, revision=1), expected_revision=0)
    assert store.event(event.id).audience is Audience.EVERYONE
    store.set_choices(event.id, {"audience": None})
    assert store.event(event.id).audience is None
    assert store.event(event.id).strangers is Strangers.REFUSE


def test_of_choices_made_at_the_same_time_one_stands(store):
    event = an_event()
    store.add_event(event, limit=10)
    assert store.set_choices(event.id, {"strangers": Strangers.REFUSE}, expected=0)
    assert not store.set_choices(event.id, {"strangers": Strangers.ACCEPT, "audience": Audience.GOING}, expected=0)
    assert store.event(event.id) == replace(event, strangers=Strangers.REFUSE, chosen=1)
    assert store.set_choices(event.id, {"audience": Audience.GOING}, expected=1)
    assert store.set_choices(event.id, {})
    store.replace_event(replace(event, revision=1), expected_revision=0)
    assert store.event(event.id).chosen == 3
    assert not store.set_choices("absent", {}, expected=0)


def test_a_daily_mail_is_wanted_or_not_or_as_the_server_has_it(store):
    event = an_event()
    store.add_event(event, limit=10)
    assert store.event(event.id).digest is None
    for wanted in (False, True, None):
        store.set_choices(event.id, {"digest": wanted})
        assert store.event(event.id).digest is wanted
    store.add_event(an_event(id="quiet", digest=False), limit=10)
    assert store.event("quiet").digest is False


def test_choices_about_the_public_door_change_one_by_one(store):
    event = an_event()
    store.add_event(event, limit=10)
    assert store.event(event.id).door == Door()
    store.set_choices(event.id, {"public": False, "public_sites": ("https://a.example",)})
    store.set_choices(event.id, {"public_challenge": Challenge.ALWAYS, "audience": Audience.GOING})
    store.replace_event(replace(event, revision=1), expected_revision=0)
    assert store.event(event.id).door == Door(
        public=False, public_sites=("https://a.example",), public_challenge=Challenge.ALWAYS
    )
    store.set_choices(event.id, {"public": None, "public_sites": ()})
    assert store.event(event.id).door == Door(public_sites=(), public_challenge=Challenge.ALWAYS)
    assert store.event(event.id).audience is Audience.GOING
    store.set_choices("nowhere", {"public": False})
    assert store.event("nowhere") is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [4, 3, 2, 1, 0]),
        ({"domain": "a.example"}, [4, 2, 0]),
        ({"organizer": "bob@club.example"}, [4, 3]),
        ({"domain": "a.example", "organizer": "bob@club.example"}, [4]),
        ({"domain": "c.example"}, []),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_go_newest_first_through_all(store, asked, expected, limit):
    made = []
    for n in range(5):
        # Two of them at the same instant: the id decides, and neither is lost.
        created = NOW + timedelta(seconds=n - n % 2 if n != 4 else 4)
        organizer = "bob@club.example" if n > 2 else "ann@club.example"
        event = an_event(id=f"event{n}", domain=f"{'ab'[n % 2]}.example", organizer=organizer, created=created)
        store.add_event(event, limit=10)
        made.append(event)
    pages, after = [], ""
    while page := store.events(**asked, after=after, limit=limit):
        assert len(page) <= limit
        pages += page
        after = page[-1].id
    assert pages == [made[n] for n in expected]
    assert store.events(after="nowhere") == []


def walked(store, limit, **asked):
    found, after = [], ""
    while page := store.events(**asked, after=after, limit=limit):
        found += [event.origin_uid for event in page]
        after = page[-1].id
    return found


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_events_come_in_every_order_and_between_two_instants(store, limit):
    days = {"a": (1, 20), "b": (2, 10), "c": (3, 30), "d": (4, 10)}
    for uid, (created, start) in days.items():
        event = an_event(origin_uid=uid, created=NOW + timedelta(days=created))
        part = replace(event.head, start=Moment.at(NOW + timedelta(days=start)), end=None)
        organizer = "bob@club.example" if uid == "c" else event.organizer
        store.add_event(replace(event, components=(part,), organizer=organizer), 100)
    assert walked(store, limit) == walked(store, limit, order=Order.NEWEST) == ["d", "c", "b", "a"]
    assert walked(store, limit, order=Order.OLDEST) == ["a", "b", "c", "d"]
    soonest = walked(store, limit, order=Order.SOONEST)
    assert [days[uid][1] for uid in soonest] == [10, 10, 20, 30]
    assert walked(store, limit, order=Order.LATEST) == soonest[::-1]
    within = {"since": NOW + timedelta(days=10), "until": NOW + timedelta(days=30)}
    assert walked(store, limit, order=Order.SOONEST, **within) == soonest[:3]
    assert walked(store, limit, order=Order.SOONEST, organizer="bob@club.example") == ["c"]
    within = {"since": NOW + timedelta(days=2), "until": NOW + timedelta(days=4)}
    assert walked(store, limit, **within) == ["c", "b"]


def days(n, **changes):
    """A time component that begins so many days from NOW and lasts an hour."""
    start = Moment((NOW + timedelta(days=n)).replace(tzinfo=None), "UTC")
    return Component(start=start, stamp=Stamp(0, NOW, NOW), duration=timedelta(hours=1), **changes)


def test_what_is_listed_comes_in_the_order_in_which_it_is_over(store):
    endless = an_event(id="endless", components=(days(-900, rules=("FREQ=WEEKLY",)),))
    ended = an_event(id="ended", components=(days(-900, rules=("FREQ=WEEKLY;UNTIL=20251231",)),))
    past, soon = an_event(id="past", components=(days(-3),)), an_event(id="soon", components=(days(1),))
    others = an_event(id="others", organizer="bob@club.example", components=(days(1),))
    for event in (endless, ended, past, soon, others):
        store.add_event(event, limit=10)
    assert store.listed("ann@club.example", NOW, 10) == []
    for event in (endless, ended, past, soon, others):
        assert store.set_choices(event.id, {"listed": True})
    found = [event.id for event in store.listed("ann@club.example", NOW, 10)]
    assert found == ["soon", "endless"]
    assert [event.id for event in store.listed("ann@club.example", NOW - timedelta(days=4), 2)] == ["past", "soon"]
    assert all(event.is_listed for event in store.listed("ann@club.example", NOW, 10))
    store.replace_event(replace(soon, revision=1, components=(days(-3),)), expected_revision=0)
    store.set_choices("endless", {"listed": None})
    assert store.listed("ann@club.example", NOW, 10) == []
    assert not store.event("endless").is_listed
    assert store.event("soon").is_listed


def test_a_schedule_is_where_one_organizer_alone_has_it(store):
    assert (store.slug("ann@club.example"), store.scheduler("ball")) == ("", None)
    assert store.choose_slug("ann@club.example", "ball", expected="")
    assert (store.slug("ann@club.example"), store.scheduler("ball")) == ("ball", "ann@club.example")
    assert not store.choose_slug("bob@club.example", "ball", expected="")
    assert store.choose_slug("bob@club.example", "club", expected="")
    assert not store.choose_slug("bob@club.example", "ball", expected="club")
    # Somebody was quicker.
    assert not store.choose_slug("ann@club.example", "cup", expected="")
    assert not store.choose_slug("ann@club.example", "cup", expected="former")
    assert store.choose_slug("ann@club.example", "cup", expected="ball")
    assert (store.slug("ann@club.example"), store.scheduler("ball")) == ("cup", None)
    assert store.slug("bob@club.example") == "club"
