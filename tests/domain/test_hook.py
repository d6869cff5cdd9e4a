"""Webhooks and their calls, without any world."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from invited.domain.call import RETRIES, Attempt, Call, CallState
from invited.domain.errors import Refused
from invited.domain.fact import MAX_TEXT, Fact, FactKind, identified, payload
from invited.domain.hook import DISABLED_AFTER, OVERLAP, PAUSES, Health, Hook, checked_url
from tests.facts import NOW


def a_fact(**changes):
    return Fact(**({"id": "f1", "kind": FactKind.RECEIPT_RECORDED, "at": NOW, "event_id": "e1"} | changes))


def test_addresses_are_told_only_to_whom_may_read_them():
    fact = a_fact(detail={"partstat": "ACCEPTED"}, personal={"email": "bob@fan.example"})
    assert "bob@" not in payload([fact], may_read_attendees=False)
    told = json.loads(payload([fact, fact], may_read_attendees=True))
    assert told["data"]["facts"][1] == {
        "id": "f1",
        "at": "2026-12-01T09:00:00Z",
        "partstat": "ACCEPTED",
        "email": "bob@fan.example",
    }
    assert (told["type"], told["version"], told["data"]["event"]) == ("receipt.recorded", 1, "e1")


def test_no_text_is_long_or_breaks_the_body():
    body = payload([a_fact(personal={"comment": "\ud800" + "x" * 9999})], may_read_attendees=True)
    body.encode()
    assert len(json.loads(body)["data"]["facts"][0]["comment"]) == MAX_TEXT


def test_ids_stand_for_what_happened():
    assert identified("a", 1) == identified("a", 1) != identified("a", 2)
    assert len(identified("a")) == 26


def test_a_webhook_hears_what_it_listens_to():
    hook = Hook("h1", "", "https://x.example/", NOW)
    assert hook.wants(a_fact())
    assert not replace(hook, kinds=(FactKind.JOB_DONE,)).wants(a_fact())
    assert not replace(hook, event_id="e2").wants(a_fact())
    assert replace(hook, kinds=(FactKind.RECEIPT_RECORDED,), event_id="e1").wants(a_fact())


def test_the_old_secret_signs_for_a_day():
    hook = Hook("h1", "", "https://x.example/", NOW, generation=3, rotated=NOW)
    assert hook.generations(NOW + OVERLAP - timedelta(seconds=1)) == (3, 2)
    assert hook.generations(NOW + OVERLAP) == (3,)
    assert replace(hook, generation=0, rotated=None).generations(NOW) == (0,)


def test_a_call_is_tried_for_three_days_and_then_given_up():
    call, at = Call("h1", "c1", FactKind.PING, "{}", NOW, NOW), NOW
    waits = []
    while call.due:
        at = call.due
        call = call.after(Attempt(at, 500, 1, ""), is_taken=False)
        waits += [call.due - at] if call.due else []
    assert call.state is CallState.FAILED
    assert call.tries == len(waits) + 1 == len(RETRIES) + 1
    assert all(least <= wait < least * 1.2 for wait, least in zip(waits, RETRIES, strict=True))
    assert timedelta(days=3) < at - NOW < timedelta(days=4)
    again = call.again(at)
    assert (again.state, again.due, again.tries, again.expires) == (CallState.WAITING, at, 0, None)
    assert again.after(Attempt(at, 204, 1, ""), is_taken=True).state is CallState.DELIVERED


def test_calls_that_failed_together_return_apart():
    first, second = (Call("h1", name, FactKind.PING, "{}", NOW, NOW) for name in ("c1", "c2"))
    failed = Attempt(NOW, 0, 1, "")
    assert first.after(failed, is_taken=False).due != second.after(failed, is_taken=False).due
    assert first.after(failed, is_taken=False) == first.after(failed, is_taken=False)


def test_pauses_grow_up_to_a_bound_and_end_with_a_success():
    health, pauses = Health(), []
    for _ in range(12):
        health = health.after_failure(NOW)
        pauses.append(health.paused_until - NOW)
    assert pauses[:3] == [PAUSES[0], PAUSES[0] * 2, PAUSES[0] * 4]
    assert pauses[-1] == PAUSES[1]
    assert not health.is_hopeless(NOW + DISABLED_AFTER - timedelta(seconds=1))
    assert health.is_hopeless(NOW + DISABLED_AFTER)
    assert health.after_success() == Health()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://x.example/", "does not begin with https"),
        ("ftp://x.example/", "does not begin with https"),
        ("https:///path", "names no host"),
        ("https://x.example:0/", "names no host"),
        ("https://x.example:99999/", "is no URL"),
        ("https://[::1/", "is no URL"),
        ("https://user@x.example/", "user name"),
        ("https://x.example/#part", "fragment"),
        ("https://x.example/a b", "percent-encoded"),
        ("https://x.example/\r\nHost: y", "percent-encoded"),
        ("https://exämple.example/", "percent-encoded"),
        ("https://x.example/" + "a" * 1000, "longer"),
        ("https://127.0.0.1/", "private network"),
        ("https://[::ffff:10.0.0.1]:8443/", "private network"),
        ("https://localhost/", "private network"),
    ],
)
def test_an_address_that_cannot_be_called_is_refused(url, why):
    with pytest.raises(Refused) as refused:
        checked_url(url, is_http_allowed=False, is_private_allowed=False)
    assert why in refused.value.reason


def test_what_the_settings_allow_is_taken():
    for url in ("https://x.example:8443/hooks?a=b", "https://8.8.8.8/"):
        assert checked_url(url, is_http_allowed=False, is_private_allowed=False) == url
    assert checked_url("http://localhost:1/", is_http_allowed=True, is_private_allowed=True)
