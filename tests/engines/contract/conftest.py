"""Every engine that must keep the contract. The tests use the ports alone; what is private to each is bridged here."""

import pytest

from invited.engines import open_engine


@pytest.fixture(params=["file", "memory"])
def embedded(request, settings, clock):
    with open_engine(settings, memory=request.param == "memory", now=clock) as engine:
        yield engine


@pytest.fixture
def engine(embedded):
    return embedded.ports


@pytest.fixture
def store(engine):
    return engine.store


@pytest.fixture
def take(embedded):
    """`take()` gives the messages that a worker would get now, each once, and acknowledges them."""

    def all_due():
        taken = embedded.queue.take(1000, 60)
        assert all(embedded.queue.ack([one.handle for one in taken]))
        return [one.message for one in taken]

    return all_due


@pytest.fixture
def bury(embedded):
    """`bury(error)` gives up every message that a worker would get now."""

    def all_due(error):
        for taken in embedded.queue.take(1000, 60):
            assert embedded.queue.bury(taken.handle, error)

    return all_due
