"""How fast mail may go, shared by all processes: an item for each recipient domain that must be remembered.

Whoever was overtaken by another reads and decides again. What says nothing any more is thrown away by the table in its
own time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TypeVar

from pydantic import TypeAdapter

from invited.domain.pacing import Grant, Pace, eased, granted, slowed
from invited.engines.aws import places
from invited.engines.aws.table import NEW, Item, Table, overtaken
from invited.engines.aws.times import expiry
from invited.engines.instants import to_micros

_PACE = TypeAdapter(Pace)

R = TypeVar("R")


def of_some(table: Table, names: Collection[str]) -> dict[str, Pace]:
    """See Store.paces."""
    found = table.some(map(places.pace, names))
    return {name: _pace(found[places.pace(name)]) for name in names if places.pace(name) in found}


def reserve(table: Table, wanted: Mapping[str, int], rates: Mapping[str, float], now: datetime) -> dict[str, Grant]:
    """See Store.reserve."""

    def take(name: str) -> Grant:
        return _changed(table, name, lambda pace: granted(pace, wanted[name], rates[name], now))

    return dict(zip(wanted, table.each(take, wanted), strict=True))


def slow(table: Table, refusals: Mapping[str, str], now: datetime, first: float) -> dict[str, Pace]:
    """See Store.slow."""

    def leave(name: str) -> Pace:
        return _changed(table, name, lambda pace: _told(slowed(pace, name, refusals[name], now, first)))

    return dict(zip(refusals, table.each(leave, refusals), strict=True))


def ease(table: Table, names: Collection[str], first: float) -> None:
    """See Store.ease."""
    kept = of_some(table, names)
    table.each(lambda name: _changed(table, name, lambda pace: _told(eased(pace, first))), kept)


def _told(pace: Pace) -> tuple[Pace, Pace]:
    return pace, pace


def _changed(table: Table, name: str, decide: Callable[[Pace], tuple[Pace, R]]) -> R:
    """Keep of a name what `decide` makes of its pace, in one step, and tell what it says beside."""
    key = places.pace(name)
    for _ in overtaken():
        item = table.get(key)
        before = _pace(item) if item else Pace()
        after, told = decide(before)
        if after == before or _put(table, name, after, item["version"] if item else 0):
            return told
    raise AssertionError


def _put(table: Table, name: str, pace: Pace, version: int) -> bool:
    pk, sk = places.pace(name)
    body, expires = _PACE.dump_json(pace).decode(), expiry(to_micros(pace.ends))
    item = {"pk": pk, "sk": sk, "body": body, "expires": expires, "version": version + 1}
    return table.put(item, f"{NEW} OR #version = :version", {"version": version})


def _pace(item: Item) -> Pace:
    return _PACE.validate_json(item["body"])
