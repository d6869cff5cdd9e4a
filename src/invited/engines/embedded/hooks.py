"""The webhooks' table: whose they are and what they listen to, and who has the right to call one now."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from invited.domain.errors import LimitReached, Temporary
from invited.domain.hook import Health, Hook
from invited.engines.instants import after, to_micros
from invited.ports import Turn

_HOOK = TypeAdapter(Hook)
_HEALTH = TypeAdapter(Health)
_KEPT_APART = {"health", "waiting", "missed"}

_COLUMNS = "body, health, waiting, missed"
_COUNT = "SELECT count(*) FROM hook WHERE owner = ?"
_ADD = "INSERT INTO hook (id, owner, created, version, body, health) VALUES (?, ?, ?, ?, ?, ?)"
_ONE = f"SELECT {_COLUMNS} FROM hook WHERE id = ?"
_OF_OWNER = f"SELECT {_COLUMNS} FROM hook WHERE owner = ? ORDER BY created, id"
_REPLACE = "UPDATE hook SET body = ?, version = ?, health = ? WHERE id = ? AND version = ?"
_CLAIM = "UPDATE hook SET claimed_until = ?, is_wanted = 0 WHERE id = ? AND claimed_until <= ?"
_WANT = "UPDATE hook SET is_wanted = 1 WHERE id = ? AND is_wanted = 0"
_RELEASE = "UPDATE hook SET claimed_until = 0, is_wanted = 0, health = ? WHERE id = ?"


def add(connection: sqlite3.Connection, hook: Hook, limit: int) -> None:
    """See Store.add_hook; the few of one owner may be counted."""
    if connection.execute(_COUNT, (hook.owner,)).fetchone()[0] >= limit:
        raise LimitReached("webhook", limit)
    health = _HEALTH.dump_json(hook.health).decode()
    connection.execute(_ADD, (hook.id, hook.owner, to_micros(hook.created), hook.version, _body(hook), health))


def one(connection: sqlite3.Connection, hook_id: str) -> Hook | None:
    """See Store.hook."""
    row = connection.execute(_ONE, (hook_id,)).fetchone()
    return _hook(row) if row else None


def of_owner(connection: sqlite3.Connection, owner: str) -> list[Hook]:
    """See Store.hooks."""
    return [_hook(row) for row in connection.execute(_OF_OWNER, (owner,)).fetchall()]


def replace_at(connection: sqlite3.Connection, hook: Hook, expected_version: int) -> None:
    """See Store.replace_hook."""
    before = one(connection, hook.id)
    if before is None or before.version != expected_version:
        raise Temporary(f"webhook {hook.id} has changed meanwhile")
    health = Health(wakes=before.health.wakes) if before.disabled and not hook.disabled else before.health
    stored = _HEALTH.dump_json(health).decode()
    connection.execute(_REPLACE, (_body(hook), hook.version, stored, hook.id, expected_version))


def remove(connection: sqlite3.Connection, hook_id: str) -> bool:
    """See Store.remove_hook."""
    return connection.execute("DELETE FROM hook WHERE id = ?", (hook_id,)).rowcount > 0


def claim(connection: sqlite3.Connection, hook_id: str, now: datetime, lease: float) -> Turn:
    """See Store.claim_hook."""
    if connection.execute(_CLAIM, (after(now, lease), hook_id, to_micros(now))).rowcount:
        return Turn(one(connection, hook_id))
    return Turn(None, is_next=connection.execute(_WANT, (hook_id,)).rowcount > 0)


def release(connection: sqlite3.Connection, hook_id: str, health: Health) -> bool:
    """See Store.release_hook."""
    row = connection.execute("SELECT is_wanted FROM hook WHERE id = ?", (hook_id,)).fetchone()
    connection.execute(_RELEASE, (_HEALTH.dump_json(health).decode(), hook_id))
    return bool(row and row[0])


def _body(hook: Hook) -> str:
    return _HOOK.dump_json(hook, exclude=_KEPT_APART).decode()


def _hook(row: tuple[Any, ...]) -> Hook:
    body, health, waiting, missed = row
    return replace(_HOOK.validate_json(body), health=_HEALTH.validate_json(health), waiting=waiting, missed=missed)
