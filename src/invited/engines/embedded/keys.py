"""The API keys, by id; of the secret only the digest."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from invited.domain.principal import Scope
from invited.engines.instants import from_micros, to_micros
from invited.ports import Key

_COLUMNS = "id, digest, is_admin, organizer, created, note, scopes, expires, used"
_ADD = f"INSERT INTO api_key ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ONE = f"SELECT {_COLUMNS} FROM api_key WHERE id = ?"
_PAGE = f"SELECT {_COLUMNS} FROM api_key WHERE {{}} ORDER BY created, id LIMIT ?"
_AFTER = "(created, id) > (SELECT created, id FROM api_key WHERE id = ?)"


def add(connection: sqlite3.Connection, key: Key) -> None:
    """See Store.add_key."""
    scopes = " ".join(sorted(key.scopes))
    times = (to_micros(key.expires) if key.expires else None, to_micros(key.used) if key.used else None)
    row = (key.id, key.digest, key.is_admin, key.organizer, to_micros(key.created), key.note, scopes, *times)
    connection.execute(_ADD, row)


def one(connection: sqlite3.Connection, key_id: str) -> Key | None:
    """See Store.key."""
    row = connection.execute(_ONE, (key_id,)).fetchone()
    return _key(row) if row else None


def page(connection: sqlite3.Connection, organizer: str | None, after: str, limit: int) -> list[Key]:
    """See Store.keys."""
    asked = {"organizer = ?": organizer, _AFTER: after or None}
    given = {condition: value for condition, value in asked.items() if value is not None}
    rows = connection.execute(_PAGE.format(" AND ".join(given) or "TRUE"), (*given.values(), limit))
    return [_key(row) for row in rows.fetchall()]


def use(connection: sqlite3.Connection, key_id: str, now: datetime) -> None:
    """See Store.use_key."""
    connection.execute("UPDATE api_key SET used = ? WHERE id = ?", (to_micros(now), key_id))


def remove(connection: sqlite3.Connection, key_id: str) -> bool:
    """See Store.remove_key."""
    return connection.execute("DELETE FROM api_key WHERE id = ?", (key_id,)).rowcount > 0


def _key(row: Sequence[Any]) -> Key:
    key_id, digest, is_admin, organizer, created, note, scopes, *times = row
    held = frozenset(Scope(scope) for scope in scopes.split())
    expires, used = (from_micros(time) if time is not None else None for time in times)
    return Key(key_id, digest, bool(is_admin), organizer, from_micros(created), note, held, expires, used)
