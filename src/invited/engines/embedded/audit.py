"""The audit log: nothing is ever changed in it."""

from __future__ import annotations

import sqlite3

from invited.domain.audit import Entry
from invited.engines.instants import from_micros, to_micros

_COLUMNS = "id, at, actor, action, about, event_id, detail"
_ADD = f"INSERT OR IGNORE INTO audit ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
_PAGE = f"SELECT {_COLUMNS} FROM audit WHERE {{}} ORDER BY id DESC LIMIT ?"


def add(connection: sqlite3.Connection, entry: Entry) -> None:
    """See Store.note."""
    row = (entry.id, to_micros(entry.at), entry.actor, entry.action, entry.about, entry.event_id, entry.detail)
    connection.execute(_ADD, row)


def page(connection: sqlite3.Connection, event_id: str, actor: str, after: str, limit: int) -> list[Entry]:
    """See Store.audit."""
    asked = (("event_id = ?", event_id), ("actor = ?", actor), ("id < ?", after))
    given = [(condition, value) for condition, value in asked if value]
    where = " AND ".join(condition for condition, _ in given) or "TRUE"
    rows = connection.execute(_PAGE.format(where), (*(value for _, value in given), limit)).fetchall()
    return [Entry(entry_id, from_micros(at), *words) for entry_id, at, *words in rows]
