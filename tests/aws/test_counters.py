"""The figures on AWS: whatever the stream repeats counts once, and whatever was written counts."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invited.domain import scopes
from invited.domain.errors import Temporary
from invited.engines.aws import counters, places
from invited.engines.aws.counters import LANES, Record
from invited.engines.aws.table import Table
from tests.aws import stack
from tests.facts import NOW, a_delivery, a_receipt, an_event, an_invitation


@pytest.fixture
def engine(aws_client, settings, clock):
    made = stack.made(aws_client, settings.data_dir)
    with stack.SettledEngine(made, aws_client, clock) as engine:
        yield engine


@pytest.fixture
def table(engine):
    return engine.table


@pytest.fixture
def event(engine):
    event = an_event()
    engine.ports.store.add_event(event, 10)
    engine.ports.store.admit(event.id, [an_invitation(event.id, f"{c}1") for c in "2acz"], 10)
    return event


def a_record(event, number, job="", **counts):
    return Record(str(number).zfill(40), event.id, job, counts, {}, {})


def scope(event):
    return scopes.of_event(event.id)


def test_a_batch_that_comes_twice_counts_once(table, event):
    batch = [a_record(event, 1, x=1), a_record(event, 2, x=2, y=-1)]
    for _ in range(2):
        counters.count(table, "shard-1", batch, NOW)
    assert counters.read(table, scope(event)) == counters.read(table, scopes.EVERYBODY) == {"x": 3, "y": -1}


def test_a_batch_that_comes_again_cut_otherwise_counts_once(table, event):
    records = [a_record(event, n, x=1) for n in range(10)]
    for batch in (records[:6], records[3:8], records[7:], records[:2], records):
        counters.count(table, "shard-1", batch, NOW)
    assert counters.read(table, scope(event)) == {"x": 10}


def test_a_crash_between_two_scopes_is_made_good(table, event, monkeypatch):
    record = a_record(event, 1, "j1", invitations=1)
    update, done = Table.update, []

    def dies(self, key, *args, **kwargs):
        if len(done) == 2:
            raise Temporary("a crash")
        done.append(key)
        return update(self, key, *args, **kwargs)

    monkeypatch.setattr(Table, "each", lambda self, work, things: [work(thing) for thing in things])
    monkeypatch.setattr(Table, "update", dies)
    with pytest.raises(Temporary):
        counters.count(table, "shard-1", [record], NOW)
    monkeypatch.setattr(Table, "update", update)
    counters.count(table, "shard-1", [record], NOW)
    for each in (scope(event), scopes.EVERYBODY, scopes.of_organizer(event.organizer), scopes.of_job("j1")):
        assert counters.read(table, each) == {"invitations": 1}


def test_shards_count_by_themselves(table, event):
    for shard in range(3 * LANES):
        for _ in range(2):
            counters.count(table, f"shard-{shard}", [a_record(event, 7, x=1)], NOW)
    assert counters.read(table, scope(event)) == {"x": 3 * LANES}


def test_more_counters_than_one_write_takes(table, event):
    records = [a_record(event, n, **{f"c{i}": 1 for i in range(20 * n, 20 * n + 40)}) for n in range(30)]
    for batch in (records, records):
        counters.count(table, "shard-1", batch, NOW)
    assert sum(counters.read(table, scope(event)).values()) == 30 * 40


def test_marks_of_shards_that_are_over_are_forgotten(table, event):
    for day in range(20):
        counters.count(table, f"shard-{day}", [a_record(event, 1, x=1)], NOW + timedelta(days=day))
    items = list(table.query(places.counters(scope(event))))
    marks = [name for item in items for name in item if name.startswith("m:")]
    assert len(marks) < 20
    assert counters.read(table, scope(event)) == {"x": 20}


def test_what_is_about_no_event_counts_nowhere(table):
    counters.count(table, "shard-1", [a_record(an_event(), 1, x=1)], NOW)
    assert counters.read(table, scopes.EVERYBODY) == {}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 10)), max_size=6))
def test_whatever_is_repeated_in_whatever_order_counts_once(engine, repeats):
    table, event = engine.table, an_event()
    engine.ports.store.add_event(event, 1000)
    records = [a_record(event, n, x=2**n) for n in range(10)]
    done = 0
    for wanted, length in [*repeats, (0, 10)]:
        # The first time records come in order: no batch begins beyond what was counted.
        start = min(wanted, done)
        counters.count(table, event.id, records[start : start + length], NOW)
        done = max(done, min(10, start + length))
    assert counters.read(table, scope(event)) == {"x": 2**10 - 1}


def test_figures_are_those_of_the_store_however_often_the_stream_is_told(engine, event, aws_client):
    store = engine.ports.store
    store.mark(event.id, [a_delivery("21"), a_delivery("a1")])
    store.record([a_receipt(event.id, "21"), a_receipt(event.id, "a1", recurrence_id="20261201")])
    before = store.statistics(event.id)
    assert (before.invitations, before.sent, before.accepted) == (4, 2, 1)
    again = stack.SettledStore(engine.table, stack.Stream(aws_client, engine.ports.settings), lambda: NOW)
    assert again.statistics(event.id) == before


def test_how_many_are_invited_is_known_before_the_stream_tells(engine, event):
    late = super(stack.SettledStore, engine.ports.store)
    figures = late.statistics(event.id)
    assert (figures.invitations, figures.queued, figures.by_day) == (4, 4, {})
    assert late.statistics("nowhere") == type(figures)()


def test_a_guest_is_one_item_of_two_write_units(engine, event):
    store = engine.ports.store
    named = an_invitation(
        event.id, "y" * 16, job="j" * 16, address="margaret.thatcherson@guests.example", name="Margaret"
    )
    store.admit(event.id, [named], 10)
    store.mark(event.id, [a_delivery(named.token)])
    store.record([a_receipt(event.id, named.token, mail="0" * 32, client="Google Calendar", comment="With pleasure")])
    item = engine.table.get(places.guest(event.id, named.token))
    assert len(json.dumps(item)) < 2048
