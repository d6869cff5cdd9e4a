"""The digests' table: which digest of an event was ordered last, and up to when its news were told."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from invited.engines.instants import from_micros, to_micros
from invited.ports import Digest

_READ = "SELECT ordered, told FROM digest WHERE event_id = ?"
_SET = """
INSERT INTO digest (event_id, {0}) VALUES (?, ?) ON CONFLICT (event_id) DO UPDATE SET {0} = max(ifnull({0}, 0), ?)
"""


def read(connection: sqlite3.Connection, event_id: str) -> Digest:
    """See Store.digest."""
    row = connection.execute(_READ, (event_id,)).fetchone()
    ordered, told = row or (None, None)
    return Digest(_instant(ordered), _instant(told))


def order(connection: sqlite3.Connection, event_id: str, due: datetime) -> None:
    """See Store.order_digest."""
    connection.execute(_SET.format("ordered"), (event_id, to_micros(due), to_micros(due)))


def tell(connection: sqlite3.Connection, event_id: str, until: datetime) -> None:
    """See Store.tell_digest."""
    connection.execute(_SET.format("told"), (event_id, to_micros(until), to_micros(until)))


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
