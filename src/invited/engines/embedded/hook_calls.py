"""The table of calls to webhooks: those that wait, and for some time those that are over."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from invited.domain.call import Attempt, Call, CallState
from invited.domain.fact import FactKind
from invited.engines.instants import from_micros, to_micros

_ATTEMPTS = TypeAdapter(tuple[Attempt, ...])

_COLUMNS = "hook_id, id, kind, body, created, due, state, tries, attempts, expires"
_ADD = f"INSERT OR IGNORE INTO hook_call ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_FORGET = "DELETE FROM hook_call WHERE expires <= ?"
_IS_KNOWN = "SELECT 1 FROM hook_call WHERE hook_id = ? AND id = ?"
_WAITING = "SELECT waiting FROM hook WHERE id = ?"
_COUNT = "UPDATE hook SET waiting = waiting + ?, missed = missed + ? WHERE id = ?"
_WHICH_WAIT = f"SELECT {_COLUMNS} FROM hook_call WHERE hook_id = ? AND due IS NOT NULL ORDER BY due, created LIMIT ?"
_REPLACE = """
UPDATE hook_call SET due = ?, state = ?, tries = ?, attempts = ?, expires = ?
WHERE hook_id = ? AND id = ? AND state = ?
"""
_LASTS = "(expires IS NULL OR expires > ?)"
_ONE = f"SELECT {_COLUMNS} FROM hook_call WHERE hook_id = ? AND id = ? AND {_LASTS}"
_PAGE = f"""
SELECT {_COLUMNS} FROM hook_call WHERE hook_id = ?1
AND (?2 = '' OR (created, id) < (SELECT created, id FROM hook_call WHERE hook_id = ?1 AND id = ?2))
AND (expires IS NULL OR expires > ?3)
ORDER BY created DESC, id DESC LIMIT ?4
"""


def owe(connection: sqlite3.Connection, hook_id: str, calls: Sequence[Call], limit: int) -> None:
    """See Store.owe; what has expired is forgotten on the way."""
    found = connection.execute(_WAITING, (hook_id,)).fetchone()
    if found is None:
        return
    new = [call for call in calls if not connection.execute(_IS_KNOWN, (hook_id, call.id)).fetchone()]
    room = max(0, limit - found[0])
    connection.executemany(_ADD, map(_row, new[:room]))
    connection.execute(_COUNT, (len(new[:room]), len(new[room:]), hook_id))
    if new:
        connection.execute(_FORGET, (to_micros(max(call.created for call in new)),))


def waiting(connection: sqlite3.Connection, hook_id: str, limit: int) -> list[Call]:
    """See Store.waiting_calls."""
    return [_call(row) for row in connection.execute(_WHICH_WAIT, (hook_id, limit)).fetchall()]


def replace_at(connection: sqlite3.Connection, call: Call, was: CallState) -> bool:
    """See Store.replace_call."""
    *_, due, state, tries, attempts, expires = _row(call)
    changed = connection.execute(_REPLACE, (due, state, tries, attempts, expires, call.hook_id, call.id, was)).rowcount
    step = (call.state is CallState.WAITING) - (was is CallState.WAITING)
    if changed and step:
        connection.execute(_COUNT, (step, 0, call.hook_id))
    return changed > 0


def one(connection: sqlite3.Connection, hook_id: str, call_id: str, now: datetime) -> Call | None:
    """See Store.call."""
    row = connection.execute(_ONE, (hook_id, call_id, to_micros(now))).fetchone()
    return _call(row) if row else None


def page(connection: sqlite3.Connection, hook_id: str, now: datetime, after: str, limit: int) -> list[Call]:
    """See Store.calls."""
    return [_call(row) for row in connection.execute(_PAGE, (hook_id, after, to_micros(now), limit)).fetchall()]


def _row(call: Call) -> tuple[object, ...]:
    return (
        call.hook_id,
        call.id,
        call.kind,
        call.body,
        to_micros(call.created),
        _micros(call.due),
        call.state,
        call.tries,
        _ATTEMPTS.dump_json(call.attempts).decode(),
        _micros(call.expires),
    )


def _call(row: tuple[Any, ...]) -> Call:
    hook_id, call_id, kind, body, created, due, state, tries, attempts, expires = row
    return Call(
        hook_id=hook_id,
        id=call_id,
        kind=FactKind(kind),
        body=body,
        created=from_micros(created),
        due=_instant(due),
        state=CallState(state),
        tries=tries,
        attempts=_ATTEMPTS.validate_json(attempts),
        expires=_instant(expires),
    )


def _micros(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
