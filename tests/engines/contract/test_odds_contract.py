"""Any engine must keep mails, keys, suppressed addresses and rates so, and hand messages on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from invited.domain.suppression import Suppression
from invited.messages import DeliveryDue, EventCreated, MailArrived
from tests.facts import NOW, a_mail


@pytest.mark.parametrize("raw", [b"", b"Subject: x\r\n\r\n\xff\x00", bytes(range(256)) * 1000])
def test_the_archive_keeps_a_mail_as_it_came(engine, raw):
    assert engine.archive.get(engine.archive.put(raw)) == raw


def test_archive_keys_sort_by_time_and_never_collide(engine, clock):
    keys = []
    for _ in range(5):
        keys += sorted(engine.archive.put(b"same") for _ in range(3))
        clock.advance(0.001)
    assert keys == sorted(set(keys))
    with pytest.raises(KeyError):
        engine.archive.get("nothing")


def test_the_archive_tells_how_mails_came(engine, clock):
    arrivals = [a_mail(key="", mailbox=mailbox, helo="mx") for mailbox in ("rsvp", "create")]
    engine.archive.put(b"told by nobody")
    told = []
    for arrival in (arrivals, arrivals[:1], arrivals):
        clock.advance(1)
        key = engine.archive.put(b"raw", arrival)
        told += [replace(mail, key=key) for mail in arrival]
    assert engine.archive.mails() == told
    assert engine.archive.mails(limit=1) == told[:2]
    assert engine.archive.mails(after=told[0].key, limit=1) == told[2:3]
    assert engine.archive.mails(after=told[-1].key) == []


def test_a_message_arrives_as_it_was(engine, take):
    messages = [MailArrived(a_mail()), EventCreated("event"), DeliveryDue("event", ("t1", "t2"))]
    engine.queue.publish(messages)
    engine.queue.publish([])
    assert sorted(take(), key=repr) == sorted(messages, key=repr)
    assert take() == []


def test_a_message_can_be_delayed(engine, take, clock):
    engine.queue.publish([EventCreated("later")], delay=10)
    clock.advance(9.9)
    assert take() == []
    clock.advance(0.1)
    assert take() == [EventCreated("later")]


def test_a_suppressed_address_stays_so_for_its_first_reason(store):
    store.suppress("a@x.example", "bounced", NOW)
    store.suppress("a@x.example", "complained", NOW)
    store.suppress("b@x.example", "unsubscribed", NOW, organizer="ann@x.example")
    asked = ["a@x.example", "b@x.example", "c@x.example"]
    assert store.suppressed(asked, "eve@x.example") == {"a@x.example": "bounced"}
    assert store.suppressed(asked, "ann@x.example") == {"a@x.example": "bounced", "b@x.example": "unsubscribed"}
    assert store.suppressed(iter(()), "ann@x.example") == {}


def test_the_suppressed_are_listed_by_address_for_each_organizer(store):
    everybody = [Suppression(f"{name}@x.example", "", "bounced: no", NOW) for name in "abc"]
    hers = [Suppression("b@x.example", "ann@x.example", "unsubscribed", NOW + timedelta(seconds=1))]
    assert store.suppress_all([*reversed(everybody), *hers, everybody[0]]) == [True, True, True, True, False]
    assert store.suppress_all([replace(everybody[1], reason="other")]) == [False]
    assert store.suppress_all([]) == []
    assert store.suppressions() == everybody
    assert store.suppressions(after="a@x.example", limit=1) == [everybody[1]]
    assert store.suppressions(after="c@x.example") == []
    assert store.suppressions("ann@x.example") == hers
    assert store.suppressions_of("b@x.example") == [everybody[1], *hers]
    assert store.suppressions_of("b@x.example", limit=1) == [everybody[1]]
    assert store.suppressions_of("z@x.example") == []


def test_a_suppressed_address_is_let_in_again_for_what_is_named_alone(store):
    store.suppress("a@x.example", "bounced", NOW)
    store.suppress("a@x.example", "unsubscribed", NOW, organizer="ann@x.example")
    assert store.readmit("a@x.example", organizer="ann@x.example")
    assert not store.readmit("a@x.example", organizer="ann@x.example")
    assert store.suppressed(["a@x.example"], "ann@x.example") == {"a@x.example": "bounced"}
    assert store.readmit("a@x.example")
    assert store.suppressed(["a@x.example"], "ann@x.example") == {}


def test_hits_are_counted_for_a_window(store):
    assert [store.hit("a", 60, NOW) for _ in range(3)] == [1, 2, 3]
    assert store.hit("b", 60, NOW) == 1
    assert store.hit("a", 60, NOW + timedelta(seconds=59.9)) == 4
    assert store.hit("a", 60, NOW + timedelta(seconds=60)) == 1
