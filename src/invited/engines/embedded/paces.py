"""How fast mail may go, shared by all worker processes: one row for each recipient domain that must be remembered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from datetime import datetime

from invited.domain.pacing import Grant, Pace, eased, granted, slowed
from invited.engines.instants import from_micros, to_micros

_SOME = "SELECT name, spent, line, held, wait, said FROM pace WHERE name IN (SELECT value FROM json_each(?))"
_PUT = "INSERT OR REPLACE INTO pace (name, spent, line, held, wait, said, ends) VALUES (?, ?, ?, ?, ?, ?, ?)"
_PRUNE = "DELETE FROM pace WHERE ends <= ?"


def of_some(connection: sqlite3.Connection, names: Collection[str]) -> dict[str, Pace]:
    """See Store.paces."""
    rows = connection.execute(_SOME, (json.dumps(list(names)),)).fetchall()
    return {
        name: Pace(from_micros(spent), from_micros(line), from_micros(held), wait, said)
        for name, spent, line, held, wait, said in rows
    }


def reserve(
    connection: sqlite3.Connection, wanted: Mapping[str, int], rates: Mapping[str, float], now: datetime
) -> dict[str, Grant]:
    """See Store.reserve."""
    paces = of_some(connection, wanted)
    found = {name: granted(paces.get(name, Pace()), count, rates[name], now) for name, count in wanted.items()}
    _put(connection, {name: pace for name, (pace, _) in found.items()}, now)
    return {name: grant for name, (_, grant) in found.items()}


def slow(connection: sqlite3.Connection, refusals: Mapping[str, str], now: datetime, first: float) -> dict[str, Pace]:
    """See Store.slow."""
    paces = of_some(connection, refusals)
    after = {name: slowed(paces.get(name, Pace()), name, why, now, first) for name, why in refusals.items()}
    _put(connection, after, now)
    return after


def ease(connection: sqlite3.Connection, names: Collection[str], first: float) -> None:
    """See Store.ease."""
    _put(connection, {name: eased(pace, first) for name, pace in of_some(connection, names).items()})


def _put(connection: sqlite3.Connection, paces: Mapping[str, Pace], now: datetime | None = None) -> None:
    """Keep these; with `now`, forget what says nothing any more, so that the table never outgrows the present."""
    connection.executemany(_PUT, ((name, *_row(pace)) for name, pace in paces.items()))
    if now:
        connection.execute(_PRUNE, (to_micros(now),))


def _row(pace: Pace) -> tuple[object, ...]:
    spent, line, held, ends = map(to_micros, (pace.spent, pace.line, pace.held, pace.ends))
    return spent, line, held, pace.wait, pace.said, ends
