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
    ends = after(now, window)
    first = {"one": 1, "ends": ends, "expires": expiry(ends), "now": to_micros(now)}
    change = "SET #ends = if_not_exists(#ends, :ends), #expires = if_not_exists(#expires, :expires) ADD #hits :one"
    anew = {"pk": key[0], "sk": key[1], "hits": 1, "ends": ends, "expires": expiry(ends)}
    for _ in overtaken():
        if item := table.update(key, change, "attribute_not_exists(#ends) OR #ends > :now", first):
            return int(item["hits"])
        if table.put(anew, "#ends <= :now", {"now": to_micros(now)}):
            return 1
    raise AssertionError
