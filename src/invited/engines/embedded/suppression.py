"""Addresses that must not be mailed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from invited.engines.embedded.instants import to_micros

_ADD = "INSERT OR IGNORE INTO suppression (address, organizer, reason, since) VALUES (?, ?, ?, ?)"
_SOME = """
SELECT address, reason FROM suppression
WHERE address IN (SELECT value FROM json_each(?)) AND organizer IN ('', ?) ORDER BY organizer DESC
"""
_REMOVE = "DELETE FROM suppression WHERE address = ? AND organizer = ?"


def add(connection: sqlite3.Connection, address: str, organizer: str, reason: str, now: datetime) -> None:
    """See Store.suppress."""
    connection.execute(_ADD, (address, organizer, reason, to_micros(now)))


def of_some(connection: sqlite3.Connection, addresses: Iterable[str], organizer: str) -> dict[str, str]:
    """See Store.suppressed; the reason that holds for every organizer goes first."""
    return dict(connection.execute(_SOME, (json.dumps(list(addresses)), organizer)).fetchall())


def remove(connection: sqlite3.Connection, address: str, organizer: str) -> bool:
    """See Store.readmit."""
    return connection.execute(_REMOVE, (address, organizer)).rowcount > 0
