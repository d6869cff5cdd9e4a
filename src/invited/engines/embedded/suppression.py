"""Addresses that must not be mailed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from invited.domain.suppression import Suppression
from invited.engines.instants import from_micros, to_micros

_COLUMNS = "address, organizer, reason, since"
_ADD = f"INSERT OR IGNORE INTO suppression ({_COLUMNS}) VALUES (?, ?, ?, ?)"
_SOME = """
SELECT address, reason FROM suppression
WHERE address IN (SELECT value FROM json_each(?)) AND organizer IN ('', ?) ORDER BY organizer DESC
"""
_PAGE = f"SELECT {_COLUMNS} FROM suppression WHERE organizer = ? AND address > ? ORDER BY address LIMIT ?"
_OF = f"SELECT {_COLUMNS} FROM suppression WHERE address = ? ORDER BY organizer LIMIT ?"
_REMOVE = "DELETE FROM suppression WHERE address = ? AND organizer = ?"


def add(connection: sqlite3.Connection, entries: Sequence[Suppression]) -> list[bool]:
    """See Store.suppress_all."""
    return [connection.execute(_ADD, _row(entry)).rowcount > 0 for entry in entries]


def of_some(connection: sqlite3.Connection, addresses: Iterable[str], organizer: str) -> dict[str, str]:
    """See Store.suppressed; the reason that holds for every organizer goes first."""
    return dict(connection.execute(_SOME, (json.dumps(list(addresses)), organizer)).fetchall())


def page(connection: sqlite3.Connection, organizer: str, after: str, limit: int) -> list[Suppression]:
    """See Store.suppressions."""
    return _entries(connection.execute(_PAGE, (organizer, after, limit)))


def of_address(connection: sqlite3.Connection, address: str, limit: int) -> list[Suppression]:
    """See Store.suppressions_of."""
    return _entries(connection.execute(_OF, (address, limit)))


def remove(connection: sqlite3.Connection, address: str, organizer: str) -> bool:
    """See Store.readmit."""
    return connection.execute(_REMOVE, (address, organizer)).rowcount > 0


def _row(entry: Suppression) -> tuple[str, str, str, int]:
    return entry.address, entry.organizer, entry.reason, to_micros(entry.since)


def _entries(rows: Iterable[tuple[str, str, str, int]]) -> list[Suppression]:
    return [Suppression(address, organizer, reason, from_micros(since)) for address, organizer, reason, since in rows]
