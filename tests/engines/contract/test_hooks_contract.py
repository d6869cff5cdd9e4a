"""Any store must keep webhooks and their calls so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from invited.domain.call import Attempt, Call, CallState
from invited.domain.errors import LimitReached, Temporary
from invited.domain.fact import FactKind
from invited.domain.hook import Health, Hook
from tests.facts import NOW

LATER = NOW + timedelta(minutes=5)


def a_hook(hook_id="h1", **changes):
    return Hook(**({"id": hook_id, "owner": "ann@club.example", "url": "https://x.example/", "created": NOW} | changes))


def a_call(call_id="c1", hook_id="h1", **changes):
    facts = {"kind": FactKind.PING, "body": '{"é": 1}', "created": NOW, "due": NOW}
    return Call(hook_id, call_id, **(facts | changes))


@pytest.fixture
def hook(store):
    hook = a_hook(kinds=(FactKind.RECEIPT_RECORDED,), event_id="e1", may_read_attendees=True, note="CRM")
    store.add_hook(hook, 2)
    return hook


def test_a_webhook_is_kept_as_it_was_added(store, hook):
    assert store.hook("h1") == hook
    assert store.hook("h2") is None


def test_each_owner_has_a_bounded_number_of_webhooks(store, hook):
    second, third = a_hook("h2", created=LATER), a_hook("h3", created=LATER)
    store.add_hook(second, 2)
    with pytest.raises(LimitReached):
        store.add_hook(third, 2)
    store.add_hook(a_hook("h4", owner=""), 2)
    assert store.hooks("ann@club.example") == [hook, second]
    assert [found.id for found in store.hooks("")] == ["h4"]
    assert store.hooks("eve@club.example") == []


def test_only_the_expected_version_is_replaced(store, hook):
    after = replace(hook, url="https://y.example/", generation=1, rotated=NOW, version=1)
    store.replace_hook(after, 0)
    assert store.hook("h1") == after
    for stale in (after, a_hook("h2")):
        with pytest.raises(Temporary):
            store.replace_hook(stale, 0)
    assert store.hook("h1") == after


def test_a_webhook_that_is_called_again_begins_in_good_health(store, hook):
    ill = Health(7, NOW, LATER, wakes=LATER)
    store.release_hook("h1", ill)
    store.replace_hook(replace(hook, disabled="gone", version=1), 0)
    assert store.hook("h1").health == ill
    store.replace_hook(replace(hook, version=2), 1)
    assert store.hook("h1").health == Health(wakes=LATER)


def test_a_removed_webhook_leaves_nothing(store, hook):
    store.owe("h1", [a_call()], 10)
    assert store.remove_hook("h1")
    assert not store.remove_hook("h1")
    assert store.hook("h1") is None
    assert store.calls("h1", NOW) == []
    store.owe("h1", [a_call()], 10)
    assert store.waiting_calls("h1", 10) == []
    assert not store.release_hook("h1", Health())


def test_one_at_a_time_has_the_right_to_call(store, hook):
    assert store.claim_hook("h1", NOW, 60).hook == hook
    turns = [store.claim_hook("h1", NOW + timedelta(seconds=59), 60) for _ in range(2)]
    assert [(turn.hook, turn.is_next) for turn in turns] == [(None, True), (None, False)]
    assert store.release_hook("h1", Health(failures=1))
    assert store.claim_hook("h1", NOW, 60).hook == replace(hook, health=Health(failures=1))
    assert not store.release_hook("h1", Health())
    store.claim_hook("h1", NOW, 60)
    assert store.claim_hook("h1", NOW + timedelta(seconds=60), 60).hook == hook
    assert store.claim_hook("nothing", NOW, 60).hook is None


def test_a_call_is_owed_once(store, hook):
    for _ in range(2):
        store.owe("h1", [a_call("c1"), a_call("c2")], 10)
    assert store.hook("h1").waiting == 2
    assert store.calls("h1", NOW) == [a_call("c2"), a_call("c1")]
    assert store.call("h1", "c1", NOW) == a_call("c1")
    assert store.call("h2", "c1", NOW) is None
    done = replace(a_call("c1"), state=CallState.DELIVERED, due=None, expires=LATER)
    store.replace_call(done, CallState.WAITING)
    store.owe("h1", [a_call("c1")], 10)
    assert store.call("h1", "c1", NOW) == done


def test_what_has_no_room_is_counted_as_missed(store, hook):
    store.owe("h1", [a_call("c1"), a_call("c2"), a_call("c3")], 2)
    found = store.hook("h1")
    assert (found.waiting, found.missed) == (2, 1)
    store.replace_call(replace(a_call("c1"), state=CallState.FAILED, due=None, expires=LATER), CallState.WAITING)
    store.owe("h1", [a_call("c4")], 2)
    found = store.hook("h1")
    assert (found.waiting, found.missed) == (2, 1)


def test_calls_wait_in_the_order_in_which_they_are_due(store, hook):
    store.owe("h1", [a_call("c1", due=LATER), a_call("c2"), a_call("c3", due=LATER, created=LATER)], 10)
    assert [call.id for call in store.waiting_calls("h1", 10)] == ["c2", "c1", "c3"]
    assert [call.id for call in store.waiting_calls("h1", 1)] == ["c2"]


def test_a_call_changes_only_from_where_it_stands(store, hook):
    store.owe("h1", [a_call()], 10)
    attempt = Attempt(NOW, 503, 0.25, "later – soon")
    tried = replace(a_call(), due=LATER, tries=1, attempts=(attempt,))
    assert store.replace_call(tried, CallState.WAITING)
    assert store.call("h1", "c1", NOW) == tried
    assert not store.replace_call(tried, CallState.FAILED)
    failed = replace(tried, state=CallState.FAILED, due=None, expires=LATER)
    assert store.replace_call(failed, CallState.WAITING)
    assert not store.replace_call(failed, CallState.WAITING)
    assert (store.hook("h1").waiting, store.waiting_calls("h1", 10)) == (0, [])
    assert store.replace_call(failed.again(LATER), CallState.FAILED)
    assert store.hook("h1").waiting == 1
    assert not store.replace_call(a_call("nothing"), CallState.WAITING)


def test_the_log_is_paged_newest_first(store, hook):
    calls = [a_call(f"c{n}", created=NOW + timedelta(seconds=n // 2)) for n in range(5)]
    store.owe("h1", calls, 10)
    newest_first = [call.id for call in reversed(calls)]
    found, after = [], ""
    while page := store.calls("h1", NOW, after=after, limit=2):
        found += [call.id for call in page]
        after = page[-1].id
    assert found == newest_first


def test_what_is_over_is_forgotten_in_time(store, hook):
    store.owe("h1", [a_call("c1"), a_call("c2")], 10)
    store.replace_call(replace(a_call("c1"), state=CallState.DELIVERED, due=None, expires=LATER), CallState.WAITING)
    assert [call.id for call in store.calls("h1", NOW)] == ["c2", "c1"]
    assert [call.id for call in store.calls("h1", LATER)] == ["c2"]
    assert store.call("h1", "c1", LATER) is None
