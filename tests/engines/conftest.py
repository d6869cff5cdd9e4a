"""The clock and the settings that the engines under test get."""

import pytest

from invited.settings import Settings
from tests.facts import Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def settings(tmp_path):
    return Settings(domain="invites.example", data_dir=tmp_path / "data")
