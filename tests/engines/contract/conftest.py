"""Every engine that must keep the contract. The tests use the ports alone; what is private to each is bridged here.

The engine on AWS is there where its own environment is (`make test-aws`); its figures are counted before they are read.
"""

import importlib.util
from contextlib import contextmanager

import pytest

from invited.engines import open_engine

IS_AWS_HERE = importlib.util.find_spec("ministack") is not None


@contextmanager
def embedded(kind, settings, clock):
    with open_engine(settings, memory=kind == "memory", now=clock) as engine:

        def all_due():
            taken = engine.queue.take(1000, 60)
            assert all(engine.queue.ack([one.handle for one in taken]))
            return [one.message for one in taken]

        def bury_all_due(error):
            for taken in engine.queue.take(1000, 60):
                assert engine.queue.bury(taken.handle, error)

        yield engine.ports, all_due, bury_all_due


@contextmanager
def on_aws(client, folder, clock):
    from tests.aws import stack
    from tests.aws.pump import Pump

    settings = stack.made(client, folder)
    with stack.SettledEngine(settings, client, clock) as engine:
        url, dead = stack.queue(client, f"{settings.aws_table}-all")
        stack.subscribe(client, settings.aws_topic, url)
        pump = Pump(client, engine, url, dead)
        yield engine.ports, pump.all_due, pump.bury_all_due


@pytest.fixture(params=["aws"] if IS_AWS_HERE else ["file", "memory"])
def opened(request, settings, clock):
    """The ports of an engine, what takes its messages, and what gives them up."""
    if request.param == "aws":
        client = request.getfixturevalue("aws_client")
        with on_aws(client, settings.data_dir, clock) as opened:
            yield opened
    else:
        with embedded(request.param, settings, clock) as opened:
            yield opened


@pytest.fixture
def engine(opened):
    return opened[0]


@pytest.fixture
def store(engine):
    return engine.store


@pytest.fixture
def take(opened):
    """`take()` gives the messages that a worker would get now, each once, and acknowledges them."""
    return opened[1]


@pytest.fixture
def bury(opened):
    """`bury(error)` gives up every message that a worker would get now."""
    return opened[2]
