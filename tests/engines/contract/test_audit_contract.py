"""Any store must keep the audit log so."""

from dataclasses import replace

import pytest

from invited.domain.audit import Entry
from tests.facts import NOW


def entry(number, **changes):
    facts = {"actor": "key k1", "action": "job.pause", "about": "job j1", "event_id": "e1", "detail": ""}
    return Entry(f"2026{number}", NOW, **(facts | changes))


@pytest.fixture
def log(store):
    log = [
        entry(1),
        entry(2, event_id="e2"),
        entry(3, actor="link ann@club.example", detail="why"),
        entry(4, event_id=""),
    ]
    for one in log:
        store.note(one)
    return log


def test_the_log_is_told_newest_first(store, log):
    assert store.audit() == log[::-1]
    assert store.audit(limit=2) == [log[3], log[2]]
    assert store.audit(after=log[2].id, limit=2) == [log[1], log[0]]
    assert store.audit(after=log[0].id) == []


def test_the_log_of_one_event_or_actor(store, log):
    assert store.audit(event_id="e1") == [log[2], log[0]]
    assert store.audit(event_id="e1", after=log[2].id) == [log[0]]
    assert store.audit(actor="key k1", limit=2) == [log[3], log[1]]
    assert store.audit(actor="key k1", after=log[1].id) == [log[0]]
    assert store.audit(event_id="e3") == []


def test_an_entry_is_written_once_and_never_changed(store, log):
    store.note(replace(log[0], detail="otherwise"))
    assert store.audit() == log[::-1]
