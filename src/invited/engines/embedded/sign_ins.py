"""The links by which people sign in, each good once, kept until it expires."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from invited.engines.instants import to_micros

_PRUNE = "DELETE FROM sign_in WHERE until <= ?"
_ADD = "INSERT OR REPLACE INTO sign_in (digest, address, until) VALUES (?, ?, ?)"
_ONE = "SELECT address FROM sign_in WHERE digest = ? AND until > ?"
_TAKE = "DELETE FROM sign_in WHERE digest = ? AND until > ? RETURNING address"


def add(connection: sqlite3.Connection, digest: str, address: str, *, now: datetime, until: datetime) -> None:
    """See Store.add_sign_in; those that are over are forgotten."""
    connection.execute(_PRUNE, (to_micros(now),))
    connection.execute(_ADD, (digest, address, to_micros(until)))


def one(connection: sqlite3.Connection, digest: str, now: datetime) -> str | None:
    """See Store.sign_in."""
    row = connection.execute(_ONE, (digest, to_micros(now))).fetchone()
    return row[0] if row else None


def take(connection: sqlite3.Connection, digest: str, now: datetime) -> str | None:
    """See Store.take_sign_in."""
    rows = connection.execute(_TAKE, (digest, to_micros(now))).fetchall()
    return rows[0][0] if rows else None
