"""What is new, and when it is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from invited.domain.addresses import token
from invited.domain.errors import Aside, Temporary
from invited.domain.invitation import Partstat
from invited.domain.newcomer import Newcomer
from invited.engines.embedded.engine import EmbeddedEngine
from invited.messages import DigestDue
from invited.news import MOST_ANSWERS, gathered, next_digest, note_news
from invited.pipelines import digest
from invited.settings import Settings
from tests.facts import NOW, Clock, a_receipt, an_event, an_invitation


class Published(list):
    def publish(self, messages, delay=0):
        self.extend((message, delay) for message in messages)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def embedded(clock):
    with EmbeddedEngine(Settings(_env_file=None), is_memory=True, now=clock, verifier=None) as embedded:
        yield embedded


@pytest.fixture
def engine(embedded):
    return replace(embedded.ports, queue=Published())


@pytest.fixture
def event(engine):
    event = an_event()
    engine.store.add_event(event, limit=10)
    return event


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("06:00", "2026-12-01 07:00"),
        ("06:45", "2026-12-01 07:00"),
        ("06:46", "2026-12-02 07:00"),
        ("07:00", "2026-12-02 07:00"),
        ("23:59", "2026-12-02 07:00"),
    ],
)
def test_the_next_digest(now, due):
    found = next_digest(datetime.fromisoformat(f"2026-12-01T{now}").replace(tzinfo=UTC), 7)
    assert f"{found:%Y-%m-%d %H:%M}" == due


def test_a_digest_is_ordered_once_a_day(engine, event, clock):
    for _ in range(3):
        note_news(engine, event)
    due = NOW + timedelta(hours=22)
    assert engine.queue == [(DigestDue(event.id, due), 22 * 3600)]
    clock.advance(22 * 3600)
    note_news(engine, event)
    assert engine.queue[1:] == [(DigestDue(event.id, due + timedelta(days=1)), 24 * 3600)]


def test_digests_may_be_off(engine, event):
    note_news(replace(engine, settings=Settings(digest_hour=-1, _env_file=None)), event)
    assert engine.queue == []


def test_an_organizer_may_want_none_for_an_event(engine, event):
    note_news(engine, event)
    [(due, _)] = engine.queue
    engine.store.set_choices(event.id, {"digest": False})
    with pytest.raises(Aside, match="wants no digest"):
        digest.handle(due, engine)
    engine.queue.clear()
    note_news(engine, engine.store.event(event.id))
    assert engine.queue == []


def test_many_answers_are_counted_and_few_are_named(engine, event):
    addresses = [f"g{n}@fan.example" for n in range(MOST_ANSWERS + 5)]
    tokens = [token(engine.secret, event.id, address) for address in addresses]
    invitations = [
        an_invitation(event.id, t, address=a, name="Ada" if a == "g7@fan.example" else "")
        for t, a in zip(tokens, addresses, strict=True)
    ]
    engine.store.admit(event.id, invitations, 1000)
    later = NOW + timedelta(hours=1)
    receipts = [a_receipt(event.id, t, address=a, arrived=later) for t, a in zip(tokens, addresses, strict=True)]
    engine.store.record([*receipts[:-1], replace(receipts[-1], arrived=NOW)])
    news = gathered(engine.store, event.id, NOW, later)
    assert news.counts == {Partstat.ACCEPTED: MOST_ANSWERS + 4}
    assert (len(news.answers), news.more_answers) == (MOST_ANSWERS, 4)
    assert gathered(engine.store, event.id, NOW, NOW + timedelta(minutes=59)).is_empty
    assert gathered(engine.store, event.id, later, later + timedelta(days=1)).is_empty


def test_a_digest_is_mailed_once_however_often_it_is_due(engine, event, embedded):
    newcomer = Newcomer(event.id, "eve@far.example", "t1", is_delegate=False, since=NOW + timedelta(minutes=1))
    engine.store.add_newcomer(newcomer)
    due = DigestDue(event.id, NOW + timedelta(hours=22))
    digest.handle(due, engine)
    for _ in range(2):
        with pytest.raises(Aside, match="told already"):
            digest.handle(due, engine)
    assert len(embedded.lab.mails(limit=10)) == 1


def test_two_workers_do_not_mail_the_same_digest(engine, event, embedded, clock):
    due = DigestDue(event.id, NOW + timedelta(hours=22))
    engine.store.hit(f"digest:{event.id}:{due.due.isoformat()}", 300, clock())
    with pytest.raises(Temporary):
        digest.handle(due, engine)
    clock.advance(301)
    with pytest.raises(Aside, match="nothing new"):
        digest.handle(due, engine)
    assert embedded.lab.mails(limit=10) == []
