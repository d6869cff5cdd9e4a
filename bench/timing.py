"""Times of things that do the same work: CPU alone, in turns, so that a busy machine is unfair to none of them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import thread_time
from typing import Any


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of CPU for one piece of work: the median of the runs, the fastest and the slowest."""

    median: float
    low: float
    high: float


def compared(ways: Mapping[str, Callable[[Any], object]], work: Sequence[Any], runs: int) -> dict[str, Timing]:
    """How long each of the `ways` takes for one piece of `work`, in `runs` rounds after one that warms up."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs + 1):
        for name, way in ways.items():
            taken[name].append(_once(way, work))
    return {name: _timing(seconds[1:]) for name, seconds in taken.items()}


def _once(way: Callable[[Any], object], work: Sequence[Any]) -> float:
    begin = thread_time()
    for piece in work:
        way(piece)
    return (thread_time() - begin) / len(work)


def _timing(seconds: Sequence[float]) -> Timing:
    return Timing(statistics.median(seconds), min(seconds), max(seconds))
