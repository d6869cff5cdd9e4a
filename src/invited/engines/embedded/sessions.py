"""Who is signed in, by the session's id; those that are over are forgotten when the next one begins."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from pydantic import TypeAdapter

from invited.engines.instants import to_micros
from invited.ports import Session

_SESSION = TypeAdapter(Session)

_PRUNE = "DELETE FROM session WHERE ends <= ?"
_ADD = "INSERT INTO session (id, address, opened, ends, digest, body) VALUES (?, ?, ?, ?, ?, ?)"
_ONE = "SELECT body FROM session WHERE id = ?"
_NEWEST = "SELECT body FROM session WHERE address = ? ORDER BY opened DESC, id DESC LIMIT ?"
_RENEW = "UPDATE session SET digest = ?, body = ? WHERE id = ? AND digest = ?"


def add(connection: sqlite3.Connection, session: Session, now: datetime) -> None:
    """See Store.add_session."""
    connection.execute(_PRUNE, (to_micros(now),))
    times = (to_micros(session.opened), to_micros(session.ends))
    connection.execute(_ADD, (session.id, session.address, *times, session.digest, _body(session)))


def one(connection: sqlite3.Connection, session_id: str) -> Session | None:
    """See Store.session."""
    row = connection.execute(_ONE, (session_id,)).fetchone()
    return _SESSION.validate_json(row[0]) if row else None


def newest(connection: sqlite3.Connection, address: str, limit: int) -> list[Session]:
    """See Store.sessions."""
    return [_SESSION.validate_json(row[0]) for row in connection.execute(_NEWEST, (address, limit)).fetchall()]


def renew(connection: sqlite3.Connection, session: Session, expected: str) -> bool:
    """See Store.renew_session."""
    row = (session.digest, _body(session), session.id, expected)
    return connection.execute(_RENEW, row).rowcount > 0


def remove(connection: sqlite3.Connection, session_id: str) -> bool:
    """See Store.remove_session."""
    return connection.execute("DELETE FROM session WHERE id = ?", (session_id,)).rowcount > 0


def _body(session: Session) -> str:
    return _SESSION.dump_json(session).decode()
