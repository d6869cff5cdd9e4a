"""These tests need the environment of `make test-aws`."""

import importlib.util

import pytest

from invited.settings import Settings
from tests.facts import Clock

IS_HERE = importlib.util.find_spec("ministack") is not None

collect_ignore_glob = [] if IS_HERE else ["test_*.py"]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def settings(tmp_path):
    return Settings(domain="invites.example", data_dir=tmp_path / "data")


@pytest.fixture
def build(aws_client, tmp_path):
    """`build(**settings)` makes a House, which goes in the end."""
    from tests.aws.house import House
    from tests.conversations.script import Clock as MinuteClock

    made = []

    def build(**settings):
        made.append(House(aws_client, tmp_path, MinuteClock(), **settings))
        return made[-1]

    yield build
    for house in made:
        house.engine.close()


@pytest.fixture
def house(build):
    return build()
