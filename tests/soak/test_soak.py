"""A short stretch of the soak: a few kills, few guests, the same books at the end."""

import pytest

from tests.soak.story import Story, Wire


@pytest.mark.timeout(600)
def test_kills_lose_nothing_and_count_nothing_twice(tmp_path):
    with Wire() as wire:
        figures = Story(tmp_path / "data", wire, guests=200, kills=4, seed=8).play()
    assert sum(figures["kills"].values()) == 4
    assert figures["mails on the wire"] - figures["repeats"] > 120
