"""How often something happened lately, for limits by rate."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from invited.engines.instants import after, to_micros

_PRUNE = "DELETE FROM hit WHERE ends <= ?"
_HIT = """
INSERT INTO hit (name, hits, ends) VALUES (?, 1, ?) ON CONFLICT (name) DO UPDATE SET hits = hits + 1
RETURNING hits
"""


def hit(connection: sqlite3.Connection, name: str, window: float, now: datetime) -> int:
    """See Store.hit; a window that is over is forgotten, so that the table never outgrows the present."""
    connection.execute(_PRUNE, (to_micros(now),))
    count: int = connection.execute(_HIT, (name, after(now, window))).fetchall()[0][0]
    return count
