"""The DeadLetters port on the table beside the queue's."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any

from invited.engines.embedded.database import Database
from invited.engines.instants import from_micros, to_micros
from invited.ports import DeadLetter

_COLUMNS = "id, kind, body, published, receives, error, died"
_PAGE = f"SELECT {_COLUMNS} FROM dead_letter WHERE {{}} ORDER BY id DESC LIMIT ?"
_ONE = f"SELECT {_COLUMNS} FROM dead_letter WHERE id = ?"
_REPLAY = "INSERT INTO queue (kind, body, published, due) SELECT kind, body, ?, ? FROM dead_letter WHERE id = ?"
_DISCARD = "DELETE FROM dead_letter WHERE id = ?"


class EmbeddedDeadLetters:
    """The dead letters of one database; `now` is the clock, and `wake` lets the queue's takers look again."""

    def __init__(self, database: Database, now: Callable[[], datetime], wake: Callable[[], None]) -> None:
        self._database = database
        self._now = now
        self._wake = wake

    def page(self, *, kind: str = "", after: str = "", limit: int = 100) -> list[DeadLetter]:
        asked = (("kind = ?", kind), ("id < ?", _number(after)))
        given = [(condition, value) for condition, value in asked if value]
        where = " AND ".join(condition for condition, _ in given) or "TRUE"
        values = (*(value for _, value in given), limit)
        rows = self._database.read(lambda c: c.execute(_PAGE.format(where), values).fetchall())
        return [_letter(row) for row in rows]

    def get(self, letter_id: str) -> DeadLetter | None:
        row = self._database.read(lambda c: c.execute(_ONE, (_number(letter_id),)).fetchone())
        return _letter(row) if row else None

    def replay(self, letter_id: str) -> bool:
        now = to_micros(self._now())
        is_there = self._database.write(lambda c: _replay(c, _number(letter_id), now))
        self._wake()
        return is_there

    def discard(self, letter_id: str) -> bool:
        return self._database.write(lambda c: c.execute(_DISCARD, (_number(letter_id),)).rowcount > 0)


def _number(letter_id: str) -> int:
    """The row's id, 0 for what can be none."""
    return int(letter_id) if letter_id.isascii() and letter_id.isdigit() and len(letter_id) < 19 else 0


def _replay(connection: sqlite3.Connection, number: int, now: int) -> bool:
    connection.execute(_REPLAY, (now, now, number))
    return connection.execute(_DISCARD, (number,)).rowcount > 0


def _letter(row: tuple[Any, ...]) -> DeadLetter:
    number, kind, body, published, receives, error, died = row
    return DeadLetter(str(number), kind, body, from_micros(published), receives, error, from_micros(died))
