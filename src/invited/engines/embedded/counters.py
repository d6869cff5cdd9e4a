"""The kept figures: sums that change in the same transaction as the facts they count."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import TypeAlias

Tally: TypeAlias = defaultdict[str, Counter[str]]
"""Changes still to be added, by scope: `event:<id>`, `again:<event id>`, `job:<id>` or `organizer:<address>`."""

_ADD = """
INSERT INTO counter (scope, name, value) VALUES (?, ?, ?)
ON CONFLICT (scope, name) DO UPDATE SET value = value + excluded.value
"""
_READ = "SELECT name, value FROM counter WHERE scope = ?"
_READ_ONE = "SELECT value FROM counter WHERE scope = ? AND name = ?"


def tally() -> Tally:
    """An empty tally."""
    return defaultdict(Counter)


def count(changes: Tally, event_id: str, job: str, change: Counter[str]) -> None:
    """Note a change to one invitation's figures, for its event and its job."""
    changes[f"event:{event_id}"].update(change)
    changes[f"job:{job}"].update(change)


def add(connection: sqlite3.Connection, changes: Tally) -> None:
    """Add all the changes."""
    rows = ((scope, name, step) for scope, change in changes.items() for name, step in change.items() if step)
    connection.executemany(_ADD, rows)


def forget(connection: sqlite3.Connection, scopes: Iterable[str], is_chosen: Callable[[str], bool]) -> None:
    """Take away the counters of `scopes` whose names are chosen."""
    rows = [(scope, name) for scope in scopes for name in read(connection, scope) if is_chosen(name)]
    connection.executemany("DELETE FROM counter WHERE scope = ? AND name = ?", rows)


def read(connection: sqlite3.Connection, scope: str) -> dict[str, int]:
    """All the counters of one scope."""
    return dict(connection.execute(_READ, (scope,)).fetchall())


def value(connection: sqlite3.Connection, scope: str, name: str) -> int:
    """One counter."""
    row = connection.execute(_READ_ONE, (scope, name)).fetchone()
    return row[0] if row else 0
