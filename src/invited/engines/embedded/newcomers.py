"""The newcomers' table: who came by a forwarded invite, and what was decided about them."""

from __future__ import annotations

import sqlite3
from typing import Any

from invited.domain.newcomer import Newcomer, Verdict
from invited.engines.instants import from_micros, to_micros

_COLUMNS = "event_id, address, token, is_delegate, since, verdict"
_ADD = f"INSERT OR IGNORE INTO newcomer ({_COLUMNS}) SELECT id, ?, ?, ?, ?, ? FROM event WHERE id = ?"
_ONE = f"SELECT {_COLUMNS} FROM newcomer WHERE event_id = ? AND address = ?"
_PAGE = f"SELECT {_COLUMNS} FROM newcomer WHERE event_id = ? AND address > ? ORDER BY address LIMIT ?"
_JUDGE = "UPDATE newcomer SET verdict = ? WHERE event_id = ? AND address = ?"


def add(connection: sqlite3.Connection, newcomer: Newcomer) -> bool:
    """See Store.add_newcomer."""
    row = (
        newcomer.address,
        newcomer.token,
        newcomer.is_delegate,
        to_micros(newcomer.since),
        newcomer.verdict,
        newcomer.event_id,
    )
    return connection.execute(_ADD, row).rowcount > 0


def one(connection: sqlite3.Connection, event_id: str, address: str) -> Newcomer | None:
    """See Store.newcomer."""
    row = connection.execute(_ONE, (event_id, address)).fetchone()
    return _newcomer(row) if row else None


def page(connection: sqlite3.Connection, event_id: str, after: str, limit: int) -> list[Newcomer]:
    """See Store.newcomers."""
    return [_newcomer(row) for row in connection.execute(_PAGE, (event_id, after, limit)).fetchall()]


def judge(connection: sqlite3.Connection, event_id: str, address: str, verdict: Verdict) -> bool:
    """See Store.judge."""
    return connection.execute(_JUDGE, (verdict, event_id, address)).rowcount > 0


def _newcomer(row: tuple[Any, ...]) -> Newcomer:
    event_id, address, token, is_delegate, since, verdict = row
    return Newcomer(event_id, address, token, bool(is_delegate), from_micros(since), Verdict(verdict))
