"""The API keys, by id; of the secret only the digest."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from invited.domain.principal import Scope
from invited.engines.embedded.instants import from_micros, to_micros
from invited.ports import Key

_COLUMNS = "id, digest, is_admin, organizer, created, note, scopes"
_ADD = f"INSERT INTO api_key ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
_ONE = f"SELECT {_COLUMNS} FROM api_key WHERE id = ?"
_ALL = f"SELECT {_COLUMNS} FROM api_key ORDER BY created, id"


def add(connection: sqlite3.Connection, key: Key) -> None:
    """See Store.add_key."""
    scopes = " ".join(sorted(key.scopes))
    row = (key.id, key.digest, key.is_admin, key.organizer, to_micros(key.created), key.note, scopes)
    connection.execute(_ADD, row)


def one(connection: sqlite3.Connection, key_id: str) -> Key | None:
    """See Store.key."""
    row = connection.execute(_ONE, (key_id,)).fetchone()
    return _key(row) if row else None


def every(connection: sqlite3.Connection) -> list[Key]:
    """See Store.keys."""
    return [_key(row) for row in connection.execute(_ALL).fetchall()]


def remove(connection: sqlite3.Connection, key_id: str) -> bool:
    """See Store.remove_key."""
    return connection.execute("DELETE FROM api_key WHERE id = ?", (key_id,)).rowcount > 0


def _key(row: Sequence[Any]) -> Key:
    key_id, digest, is_admin, organizer, created, note, scopes = row
    held = frozenset(Scope(scope) for scope in scopes.split())
    return Key(key_id, digest, bool(is_admin), organizer, from_micros(created), note, held)
