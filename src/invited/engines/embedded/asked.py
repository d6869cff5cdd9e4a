"""Requests that may be repeated: what each asked for, who is at it, and what it was answered."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from invited.engines.instants import after, to_micros
from invited.ports import Asked

_PRUNE = "DELETE FROM asked WHERE until <= ?"
_TAKE = """
INSERT INTO asked (name, fingerprint, answer, leased, until) VALUES (?1, ?2, '', ?3, ?4)
ON CONFLICT (name) DO UPDATE SET leased = excluded.leased
WHERE fingerprint = excluded.fingerprint AND answer = '' AND leased <= ?5
"""
_ONE = "SELECT fingerprint, answer FROM asked WHERE name = ?"


def ask(
    connection: sqlite3.Connection, name: str, fingerprint: str, *, now: datetime, lease: float, keep: float
) -> Asked | None:
    """See Store.ask; what is over is forgotten."""
    instant = to_micros(now)
    connection.execute(_PRUNE, (instant,))
    row = (name, fingerprint, after(now, lease), after(now, keep), instant)
    if connection.execute(_TAKE, row).rowcount:
        return None
    return Asked(*connection.execute(_ONE, (name,)).fetchone())


def answer(connection: sqlite3.Connection, name: str, answer: str) -> None:
    """See Store.answer."""
    connection.execute("UPDATE asked SET answer = ?, leased = 0 WHERE name = ?", (answer, name))
