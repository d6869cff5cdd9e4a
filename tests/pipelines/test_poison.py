"""What cannot be handled becomes a dead letter and holds up nobody; after the cure it is handled as if it were new."""

import sqlite3
import threading
from typing import ClassVar

import pytest
import structlog

from invited.admission import request_send
from invited.entrypoints.inject import inject
from invited.entrypoints.worker import work, work_off
from invited.messages import Attendee
from invited.pipelines import PIPELINES
from invited.settings import Settings
from tests.facts import an_event
from tests.imip.inbound_mails import calendar, mail
from tests.imip.inbound_mails import event as vevent


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path, inbound_auth="trust", invitation_limit=1000, _env_file=None)


@pytest.fixture
def other(engine):
    other = an_event(organizer="cid@club.example")
    engine.store.add_event(other, 10)
    return other


@pytest.fixture
def work_on(embedded, engine):
    """Handles what is due now, dead letters or not."""

    def until_idle():
        while work_off(engine, embedded.queue):
            pass

    return until_idle


def dead(engine):
    return engine.dead_letters.page()


def replay_all(engine):
    for letter in dead(engine):
        assert engine.dead_letters.replay(letter.id)


def on_facts(embedded, statement, *values):
    embedded.queue._database.write(lambda c: c.execute(statement, values).rowcount)


def test_an_event_that_cannot_be_read_holds_up_no_other(embedded, engine, event, other, relay, work_on):
    for one in (event, other):
        request_send(engine, one, [Attendee(f"g{n}@fan.test") for n in range(150)], "api")
    on_facts(embedded, "UPDATE event SET body = 'x' || body WHERE id = ?", event.id)
    work_on()
    assert len(relay.invited) == 150
    letters = dead(engine)
    assert {letter.kind for letter in letters} == {"SendRequested"}
    assert all(event.id in letter.body for letter in letters)
    on_facts(embedded, "UPDATE event SET body = substr(body, 2) WHERE id = ?", event.id)
    replay_all(engine)
    work_on()
    assert len(relay.invited) == 300
    assert dead(engine) == []


def test_a_guest_who_cannot_be_read_costs_one_batch(embedded, engine, event, relay, work_on):
    request_send(engine, event, [Attendee(f"g{n}@fan.test") for n in range(250)], "api")
    while not engine.store.invitations(event.id, limit=300):
        work_off(engine, embedded.queue, {"SendRequested"})
    spoilt = engine.store.invitations(event.id, limit=300)[7].token
    on_facts(embedded, "UPDATE invitation SET parts = 'x' || parts WHERE token = ?", spoilt)
    work_on()
    assert len(relay.invited) >= 150
    (letter,) = dead(engine)
    assert "and when it was given up" in letter.error
    on_facts(embedded, "UPDATE invitation SET parts = substr(parts, 2) WHERE token = ?", spoilt)
    replay_all(engine)
    work_on()
    assert relay.invited == sorted(f"g{n}@fan.test" for n in range(250))
    assert dead(engine) == []


def test_a_mail_that_rotted_in_the_archive_holds_up_no_other(embedded, engine, work_on):
    for number in range(5):
        text = calendar(vevent("SUMMARY:Game", "ORGANIZER:mailto:organizer@example.org", uid=f"uid-{number}"))
        inject(engine, mail(text), "create")
    rotten = "UPDATE mail SET packed = 'x' WHERE key = (SELECT min(key) FROM mail)"
    embedded.archive._database.write(lambda c: c.execute(rotten.replace("'x'", "x'00'")).rowcount)
    work_on()
    assert len(engine.store.events()) == 4
    assert [letter.kind for letter in dead(engine)] == ["MailArrived"]


def test_a_fault_of_ours_in_one_pipeline_holds_up_no_other(engine, embedded, event, relay, work_on, monkeypatch):
    kind = next(kind for kind in PIPELINES if kind.__name__ == "MailArrived")

    def broken(message, engine):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setitem(PIPELINES, kind, broken)
        for number in range(3):
            inject(engine, mail(calendar(vevent(uid=f"uid-{number}"))), "create")
        request_send(engine, event, [Attendee("bob@fan.test")], "api")
        work_on()
        assert relay.invited == ["bob@fan.test"]
        assert ["ZeroDivisionError" in letter.error for letter in dead(engine)] == [True] * 3
    replay_all(engine)
    work_on()
    assert len(engine.store.events()) == 4
    assert dead(engine) == []


def test_a_thread_goes_on_whatever_the_queue_throws_at_it(engine, embedded, event, relay):
    class Queue:
        """Breaks twice, as a database does whose file is spoilt, and then is well."""

        troubles: ClassVar = [sqlite3.DatabaseError("database disk image is malformed"), RuntimeError("unforeseen")]

        def take(self, *words):
            if self.troubles:
                raise self.troubles.pop(0)
            return embedded.queue.take(*words)

        def wait(self, *_):
            stop.set()

        def __getattr__(self, name):
            return getattr(embedded.queue, name)

    stop = threading.Event()
    request_send(engine, event, [Attendee("bob@fan.test")], "api")
    with structlog.testing.capture_logs() as logs:
        work(engine, Queue(), stop)
    assert relay.invited == ["bob@fan.test"]
    troubles = [log["why"] for log in logs if log["event"] == "the queue is in trouble"]
    assert troubles == ["DatabaseError", "RuntimeError"]
