"""The pipelines on the real engine in memory, with a relay that does as it is told."""

from dataclasses import replace

import pytest

from invited.engines import open_engine
from invited.entrypoints.worker import work_off
from invited.ports import Sent
from invited.settings import Settings
from tests.facts import Clock, an_event


class Relay:
    """Takes every letter, but what `answers` says of an address."""

    def __init__(self):
        self.letters, self.answers = [], {}

    def send(self, letters):
        self.letters += letters
        return [self.answers.get(letter.to, Sent()) for letter in letters]

    @property
    def invited(self):
        """Who was sent an invite, in alphabetical order; notices have the null sender."""
        return sorted(letter.to for letter in self.letters if letter.envelope_from)

    @property
    def notices(self):
        return [letter for letter in self.letters if not letter.envelope_from]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path, inbound_auth="trust", invitation_limit=20, _env_file=None)


@pytest.fixture
def embedded(settings, clock):
    with open_engine(settings, memory=True, now=clock) as engine:
        yield engine


@pytest.fixture
def relay():
    return Relay()


@pytest.fixture
def engine(embedded, relay):
    return replace(embedded.ports, outbox=relay)


@pytest.fixture
def work(embedded, engine):
    """Handles what is due now, until nothing is."""

    def until_idle():
        while work_off(engine, embedded.queue):
            pass
        assert engine.dead_letters.page() == []

    return until_idle


@pytest.fixture
def event(engine):
    event = an_event()
    engine.store.add_event(event, 10)
    return event
