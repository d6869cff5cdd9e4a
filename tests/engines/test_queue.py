"""The embedded queue: what a taker holds, and what becomes of a message that fails."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from invited.domain.errors import Temporary
from invited.engines import open_engine
from invited.engines.embedded.queue import Depth
from invited.messages import DeliveryDue, EventCreated
from tests.facts import an_event, an_invitation


@pytest.fixture(params=["file", "memory"])
def engine(request, settings, clock):
    with open_engine(settings, memory=request.param == "memory", now=clock) as engine:
        yield engine


@pytest.fixture
def queue(engine):
    return engine.queue


def publish(queue, *names):
    queue.publish([EventCreated(name) for name in names])


def names(taken):
    return [one.message.event_id for one in taken]


def spoil(engine, kind="EventCreated", body="{", holder=None):
    """Put a row into the queue that no version of ours can read."""
    row = (kind, body, holder)
    insert = "INSERT INTO queue (kind, body, published, due, holder) VALUES (?, ?, 0, 0, ?)"
    engine.queue._database.write(lambda c: c.execute(insert, row).rowcount)


def test_the_oldest_go_first(queue, clock):
    publish(queue, "a", "b")
    clock.advance(1)
    publish(queue, "c")
    assert names(queue.take(2, 60)) == ["a", "b"]
    assert names(queue.take(2, 60)) == ["c"]


def test_a_taken_message_is_invisible_until_its_time_is_over(queue, clock):
    publish(queue, "a")
    (first,) = queue.take(10, 60)
    clock.advance(59)
    assert queue.take(10, 60) == []
    clock.advance(1)
    (second,) = queue.take(10, 60)
    assert (first.receives, second.receives) == (1, 2)
    assert first.id == second.id


def test_a_handle_that_others_took_over_does_nothing(engine, queue, clock):
    publish(queue, "a", "b")
    late = queue.take(2, 60)
    clock.advance(60)
    (fresh,) = queue.take(1, 60)
    assert not queue.retry(late[0].handle, 0, "late")
    assert not queue.bury(late[0].handle, "late")
    assert queue.ack([one.handle for one in late]) == [False, True]
    assert engine.ports.dead_letters.page() == []
    assert queue.depth() == Depth(ready=0, later=1, dead=0)
    assert queue.ack([fresh.handle]) == [True]
    assert queue.ack([fresh.handle]) == [False]
    assert queue.depth() == Depth(0, 0, 0)


def test_a_retry_waits_and_remembers(queue, clock):
    publish(queue, "a")
    (taken,) = queue.take(1, 60)
    assert queue.retry(taken.handle, 5, "the relay was away")
    clock.advance(4.9)
    assert queue.take(1, 60) == []
    clock.advance(0.1)
    (again,) = queue.take(1, 60)
    assert again.receives == 2


def test_takes_can_be_limited_to_kinds(queue):
    publish(queue, "a")
    queue.publish([DeliveryDue("b", ())])
    assert names(queue.take(10, 60, ["DeliveryDue", "MailArrived"])) == ["b"]
    assert queue.take(10, 60, ["DeliveryDue"]) == []
    assert names(queue.take(10, 60)) == ["a"]


def test_many_takers_never_share_a_message(queue):
    publish(queue, *(f"{n:03}" for n in range(200)))
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: names(queue.take(20, 60)), range(16)))
    assert sorted(name for batch in taken for name in batch) == [f"{n:03}" for n in range(200)]


def test_an_endless_error_is_cut(engine, queue):
    publish(queue, "a")
    (taken,) = queue.take(1, 60)
    queue.bury(taken.handle, "x" * 100_000)
    (letter,) = engine.ports.dead_letters.page()
    assert len(letter.error) == 10_000
    assert queue.depth() == Depth(0, 0, 1)


@pytest.mark.parametrize(
    ("kind", "body"), [("EventCreated", "{"), ("Unheard", "{}"), ("EventCreated", '{"mail": 3}'), ("", "[" * 10_000)]
)
def test_what_cannot_be_read_becomes_a_dead_letter_and_blocks_nobody(engine, queue, kind, body):
    for _ in range(3):
        spoil(engine, kind, body)
    publish(queue, "a")
    assert names(queue.take(1, 60)) == ["a"]
    assert queue.take(1, 60) == []
    letters = engine.ports.dead_letters.page()
    assert [(letter.kind, letter.body) for letter in letters] == [(kind, body)] * 3
    assert all("cannot be read" in letter.error for letter in letters)
    with pytest.raises((KeyError, ValueError)):
        letters[0].message()


def test_publishing_wakes_who_waits(queue):
    found = []

    def wait_and_take():
        while not (taken := queue.take(1, 60)):
            queue.wait(30)
        found.append(names(taken))

    threads = [threading.Thread(target=wait_and_take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for name in "abc":
        publish(queue, name)
    for thread in threads:
        thread.join(20)
    assert sorted(found) == [["a"], ["b"], ["c"]]


def test_waiting_ends_where_something_is_due_already_or_soon(queue, clock):
    queue.wait(0)
    queue.publish([EventCreated("soon")], delay=0.001)
    queue.wait(30)
    clock.advance(1)
    queue.wait(30)
    queue.wait(0.001, ["DeliveryDue"])


def test_waiting_can_be_cut_short(queue):
    thread = threading.Thread(target=queue.wait, args=(30,))
    thread.start()
    while thread.is_alive():
        queue.wake()
    thread.join()


def test_all_or_none_is_published(engine, queue):
    with pytest.raises(KeyError):
        queue.publish([EventCreated("a"), "no message"])
    assert queue.depth() == Depth(0, 0, 0)


def test_what_dead_workers_held_is_taken_from_them(engine, queue, clock):
    store = engine.ports.store
    event = an_event()
    store.add_event(event, 10)
    store.admit(event.id, [an_invitation(event.id)], 10)
    queue.publish([DeliveryDue(event.id, ("t1",)), EventCreated("delayed")])
    taken = queue.take(2, 300)
    spoil(engine, holder=1)
    queue.retry(next(one.handle for one in taken if one.message == EventCreated("delayed")), 60, "later")
    store.claim(event.id, ["t1"], 0, clock(), 300)
    engine.recover()
    assert [one.message for one in queue.take(10, 300)] == [DeliveryDue(event.id, ("t1",))]
    assert [i.token for i in store.claim(event.id, ["t1"], 0, clock(), 300).claimed] == ["t1"]


def test_only_what_the_dead_process_held_is_taken_from_it(engine, queue):
    queue.publish([EventCreated("ours")])
    (taken,) = queue.take(1, 300)
    engine.recover(os.getpid() + 1)
    assert queue.take(10, 300) == []
    engine.recover(os.getpid())
    assert [one.message for one in queue.take(10, 300)] == [taken.message]


def test_a_closed_queue_says_so(settings, clock):
    engine = open_engine(settings, memory=True, now=clock)
    engine.close()
    engine.close()
    with pytest.raises(Temporary, match="closed"):
        engine.queue.publish([EventCreated("a")])
    with pytest.raises(Temporary, match="closed"):
        engine.queue.take(1, 60)


def test_a_clock_that_goes_back_holds_nothing_up(queue, clock):
    clock.advance(365 * 86_400)
    publish(queue, "taken", "due")
    queue.publish([EventCreated("later")], delay=60)
    (held,) = queue.take(1, 600)
    clock.advance(-364 * 86_400)
    assert names(queue.take(10, 600)) == ["due"]
    assert queue.ack([held.handle]) == [True]
    clock.advance(59)
    assert queue.take(10, 600) == []
    clock.advance(1)
    assert names(queue.take(10, 600)) == ["later"]


def test_a_server_that_starts_after_its_clock_was_set_back_goes_on(settings, clock):
    with open_engine(settings, now=clock) as engine:
        clock.advance(365 * 86_400)
        publish(engine.queue, "held", "waits")
        engine.queue.take(1, 600)
    clock.advance(-364 * 86_400)
    with open_engine(settings, now=clock) as engine:
        engine.recover()
        assert sorted(names(engine.queue.take(10, 600))) == ["held", "waits"]
