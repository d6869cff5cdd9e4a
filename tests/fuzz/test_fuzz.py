"""A short run of each fuzz target, always the same: its seeds, and what becomes of them by cutting and pasting.

`make fuzz` looks on, for as long as it is told and led by what code is reached; see `tests/fuzz/__main__.py`.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

TRIES = int(os.environ.get("INVITED_FUZZ_TRIES", "30"))


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_do_no_harm(name):
    seeds = TARGETS[name].seeds
    assert len(seeds) > 1
    for seed in seeds[:40]:
        TARGETS[name].holds(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_cut_and_pasted_does_no_harm(name):
    target = TARGETS[name]

    @settings(max_examples=TRIES, suppress_health_check=list(HealthCheck))
    @given(_spoilt(target))
    def tried(raw):
        target.holds(raw)

    tried()


@st.composite
def _spoilt(draw, target):
    """A seed in which some stretches were taken out, doubled, exchanged for another seed's, a word or anything."""
    raw = draw(st.sampled_from(target.seeds))
    for _ in range(draw(st.integers(1, 6))):
        begin = draw(st.integers(0, len(raw)))
        end = min(len(raw), begin + draw(st.integers(0, 60)))
        other = draw(st.sampled_from(target.seeds))
        there = draw(st.integers(0, len(other)))
        put = draw(
            st.one_of(
                st.sampled_from(target.words),
                st.just(b""),
                st.just(raw[begin:end] * 2),
                st.just(other[there : there + 200]),
                st.binary(max_size=8),
            )
        )
        raw = raw[:begin] + put + raw[end:]
    return raw[: target.longest]
