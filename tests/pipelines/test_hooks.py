"""How webhooks are called: in order, one caller at a time, patiently, and never at the cost of others."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from invited import hooks
from invited.domain.call import CallState
from invited.domain.errors import Aside
from invited.domain.fact import Fact, FactKind
from invited.domain.hook import Hook
from invited.messages import Attendee, HookDisabled, HookDue, SendRequested, Unsubscribed
from invited.pipelines import call, warn
from invited.ports import Answer


class Receiver:
    """Takes every call, or answers what it is told to; each may take some of the clock's time."""

    def __init__(self, clock):
        self.clock, self.status, self.seconds, self.posts = clock, 204, 0, []

    def post(self, url, headers, body):
        self.posts.append((url, headers, json.loads(body), body))
        self.clock.advance(self.seconds)
        return Answer(self.status, self.seconds, "so be it")

    @property
    def told(self):
        return [fact["n"] for *_, body, _ in self.posts for fact in body["data"]["facts"]]


@pytest.fixture
def receiver(clock):
    return Receiver(clock)


@pytest.fixture
def engine(engine, receiver):
    return replace(engine, courier=receiver)


@pytest.fixture
def hook(engine, event, clock):
    hook = Hook("h1", event.organizer, "https://x.example/in", clock())
    engine.store.add_hook(hook, 5)
    return hook


@pytest.fixture
def tell(engine, event, clock):
    def told(*numbers, kind=FactKind.RECEIPT_RECORDED):
        facts = (Fact(f"f{n}", kind, clock(), event.id, {"n": n}) for n in numbers)
        hooks.tell(engine, event.organizer, facts)

    return told


def state(engine, n=0):
    return engine.store.calls("h1", engine.now())[n]


def test_where_nobody_listens_nothing_is_even_looked_at(engine, event, embedded):
    def facts():
        raise AssertionError("looked at")
        yield

    hooks.tell(engine, event.organizer, facts())
    assert embedded.queue.depth().ready == 0


def test_facts_come_in_order_signed_and_in_batches(hook, tell, work, receiver, engine, clock):
    tell(*range(250))
    work()
    assert receiver.told == list(range(250))
    assert [len(body["data"]["facts"]) for *_, body, _ in receiver.posts] == [100, 100, 50]
    url, headers, _, raw = receiver.posts[0]
    assert url == hook.url
    assert headers["webhook-timestamp"] == str(int(clock().timestamp()))
    expected = Webhook(hooks.secret(engine, "h1", 0)).sign(headers["webhook-id"], clock(), raw.decode())
    assert headers["webhook-signature"] == expected
    assert {c.state for c in engine.store.calls("h1", clock())} == {CallState.DELIVERED}


def test_what_is_told_twice_is_called_once(hook, tell, work, receiver):
    for _ in range(2):
        tell(1)
        work()
    assert receiver.told == [1]


def test_kinds_are_told_apart_without_losing_their_order(hook, tell, work, receiver):
    tell(1)
    tell(2, kind=FactKind.DELIVERY_BOUNCED)
    tell(3)
    work()
    assert [body["type"] for *_, body, _ in receiver.posts] == [
        "receipt.recorded",
        "delivery.bounced",
        "receipt.recorded",
    ]


def test_only_the_owner_and_the_domain_hear_of_an_event(hook, tell, work, receiver, engine, clock):
    engine.store.add_hook(Hook("h2", "eve@other.example", "https://eve.example/", clock()), 5)
    engine.store.add_hook(Hook("h3", "", "https://domain.example/", clock()), 5)
    engine.store.add_hook(Hook("h4", "", "https://off.example/", clock(), disabled="by request"), 5)
    tell(1)
    work()
    assert sorted(url for url, *_ in receiver.posts) == ["https://domain.example/", "https://x.example/in"]


def test_both_secrets_sign_after_a_rotation(hook, tell, work, receiver, engine, clock):
    engine.store.replace_hook(replace(hook, generation=1, rotated=clock(), version=1), 0)
    tell(1)
    work()
    _, headers, _, raw = receiver.posts[0]
    signatures = headers["webhook-signature"].split(" ")
    for signature, generation in zip(signatures, (1, 0), strict=True):
        secret = hooks.secret(engine, "h1", generation)
        assert secret.startswith("whsec_")
        assert Webhook(secret).sign(headers["webhook-id"], clock(), raw.decode()) == signature


@pytest.mark.parametrize("status", [0, 301, 302, 308, 400, 404, 429, 500, 503])
def test_whatever_is_not_2xx_is_tried_again(hook, tell, work, receiver, engine, clock, status):
    receiver.status = status
    tell(1)
    work()
    assert len(receiver.posts) == 1
    found = state(engine)
    assert (found.state, found.tries, found.attempts[0].status) == (CallState.WAITING, 1, status)
    receiver.status = 200
    clock.advance(7)
    work()
    assert state(engine).state is CallState.DELIVERED
    assert [headers["webhook-id"] for _, headers, *_ in receiver.posts] == [found.id] * 2
    assert receiver.posts[0][3] == receiver.posts[1][3]


def test_a_dead_receiver_costs_one_attempt_in_a_while_however_much_waits(hook, tell, work, receiver, clock):
    receiver.status = 0
    for n in range(20):
        tell(n)
        work()
    assert len(receiver.posts) == 1
    for _ in range(24 * 60):
        clock.advance(60)
        work()
    assert len(receiver.posts) <= 24 * 4 + 10


def test_all_that_waited_comes_once_the_receiver_is_back(hook, tell, work, receiver, engine, clock):
    receiver.status = 500
    for n in range(30):
        tell(n)
        work()
    receiver.status = 200
    clock.advance(3600)
    work()
    clock.advance(3600)
    work()
    assert sorted(set(receiver.told)) == list(range(30))
    assert engine.store.hook("h1").waiting == 0
    assert engine.store.hook("h1").health.failures == 0


def test_one_call_that_is_never_taken_stops_no_other(hook, tell, work, receiver, engine, clock):
    post = receiver.post

    def picky(url, headers, body):
        receiver.status = 500 if b'"n":0' in body else 204
        return post(url, headers, body)

    receiver.post = picky
    for n in range(5):
        tell(n)
        work()
        for _ in range(24 * 12):
            clock.advance(300)
            work()
    assert [n for n in receiver.told if n] == [1, 2, 3, 4]
    (poison,) = [c for c in engine.store.calls("h1", clock()) if c.state is CallState.FAILED]
    assert poison.tries == 10
    assert not engine.store.hook("h1").disabled


def test_410_disables_at_once_and_the_owner_is_told(hook, tell, work, receiver, relay, engine, clock):
    receiver.status = 410
    tell(1, 2)
    work()
    clock.advance(10)
    work()
    assert engine.store.hook("h1").disabled == "its receiver answered 410 Gone"
    (notice,) = relay.notices
    assert notice.to == hook.owner
    tell(3)
    work()
    assert len(receiver.posts) == 1


def test_days_of_failures_disable_and_enabling_tries_what_waits(hook, tell, work, receiver, relay, engine, clock):
    receiver.status = 503
    tell(1)
    for _ in range(100):
        work()
        clock.advance(3600)
    assert "every call has failed since 2026-12-01 09:00" in engine.store.hook("h1").disabled
    assert [notice.to for notice in relay.notices] == [hook.owner]
    found = engine.store.hook("h1")
    receiver.status = 200
    engine.store.replace_hook(replace(found, disabled="", version=found.version + 1), found.version)
    tell(2)
    work()
    assert receiver.told[-1] == 2


def test_the_admins_hear_of_the_domains_webhook(tell, work, receiver, relay, engine, clock):
    settings = engine.settings.model_copy(update={"admins": ("root@x.example", "ops@x.example")})
    engine.store.add_hook(Hook("h1", "", "https://x.example/", clock(), note="CRM"), 5)
    receiver.status = 410
    tell(1)
    call.handle(HookDue("h1"), replace(engine, settings=settings))
    clock.advance(10)
    work()
    assert [notice.to for notice in relay.notices] == ["root@x.example", "ops@x.example"]
    assert b"no longer called: CRM" in relay.notices[0].raw


def test_a_slow_receiver_gives_others_a_turn(hook, tell, receiver, engine, embedded, clock):
    receiver.seconds = 3
    for n in range(4):
        tell(n)
    embedded.queue.ack([taken.handle for taken in embedded.queue.take(10, 60)])
    call.handle(HookDue("h1"), engine)
    assert len(receiver.posts) == 2
    assert [taken.message for taken in embedded.queue.take(10, 60)] == [HookDue("h1")]


def test_whoever_comes_while_it_is_called_is_not_forgotten(hook, tell, receiver, engine, embedded):
    post = receiver.post

    def told_meanwhile(url, headers, body):
        if not receiver.posts:
            tell(2)
            with pytest.raises(Aside):
                call.handle(HookDue("h1"), engine)
        return post(url, headers, body)

    receiver.post = told_meanwhile
    tell(1)
    embedded.queue.ack([taken.handle for taken in embedded.queue.take(10, 60)])
    call.handle(HookDue("h1"), engine)
    assert receiver.told == [1]
    assert HookDue("h1") in [taken.message for taken in embedded.queue.take(10, 60)]


def test_a_caller_who_died_is_replaced(hook, tell, work, receiver, engine, clock):
    engine.store.claim_hook("h1", clock(), call.LEASE)
    tell(1)
    work()
    assert receiver.told == []
    clock.advance(call.LEASE)
    work()
    assert receiver.told == [1]


def test_a_dead_process_gives_its_turn_back(hook, tell, work, receiver, engine, embedded, clock):
    tell(1)
    embedded.queue.take(10, 600)
    engine.store.claim_hook("h1", clock(), call.LEASE)
    embedded.recover()
    work()
    assert receiver.told == [1]


def test_a_bulk_send_is_told_in_few_calls(hook, work, receiver, engine, event, embedded):
    people = tuple(Attendee(f"p{n}@fan.example") for n in range(20))
    embedded.queue.publish([SendRequested(event.id, "job1", "api", people)])
    work()
    kinds = [(body["type"], len(body["data"]["facts"])) for *_, body, _ in receiver.posts]
    assert kinds == [("invitation.added", 20), ("invitation.sent", 20), ("job.done", 1)]
    facts = receiver.posts[1][2]["data"]["facts"]
    assert "email" not in facts[0]
    assert len({fact["attendee"] for fact in facts}) == 20


def test_who_unsubscribes_from_everything_is_told_to_the_domain_alone(hook, work, receiver, engine, embedded, clock):
    engine.store.add_hook(Hook("h2", "", "https://domain.example/", clock(), may_read_attendees=True), 5)
    embedded.queue.publish([Unsubscribed("bob@fan.example", "", clock())])
    work()
    ((url, _, body, _),) = receiver.posts
    assert (url, body["data"]["event"]) == ("https://domain.example/", None)
    assert body["data"]["facts"][0]["email"] == "bob@fan.example"


def test_a_ping_comes_whatever_the_webhook_listens_to(hook, work, receiver, engine, clock):
    only = replace(hook, kinds=(FactKind.JOB_DONE,), version=1)
    engine.store.replace_hook(only, 0)
    hooks.ping(engine, only)
    work()
    ((_, _, body, _),) = receiver.posts
    assert (body["type"], len(body["data"]["facts"])) == ("webhook.ping", 1)
    assert datetime.fromisoformat(body["timestamp"]) == clock().astimezone(UTC)
    assert timedelta(0) == datetime.fromisoformat(body["timestamp"]).utcoffset()


def test_a_webhook_that_is_called_again_by_then_is_not_mailed_about(hook, relay, engine):
    with pytest.raises(Aside):
        warn.handle(HookDisabled("h1", hook.owner, "it is gone"), engine)
    assert relay.notices == []
