"""How often something happened lately, for limits by rate."""

from __future__ import annotations

from datetime import datetime

from invited.engines.aws import places
from invited.engines.aws.table import Table, overtaken
from invited.engines.aws.times import expiry
from invited.engines.instants import after, to_micros


def hit(table: Table, name: str, window: float, now: datetime) -> int:
    """See Store.hit; a window that is over is thrown away by the table in its own time."""
    key = places.hits(name)
    values = {"one": 1, "now": to_micros(now)}
    for _ in overtaken():
        if item := table.update(key, "ADD #hits :one", "#ends > :now", values):
            return int(item["hits"])
        ends = after(now, window)
        fresh = {"pk": key[0], "sk": key[1], "hits": 1, "ends": ends, "expires": expiry(ends)}
        if table.put(fresh, "attribute_not_exists(#pk) OR #ends <= :now", {"now": to_micros(now)}):
            return 1
    raise AssertionError
