"""The table of cancels whose event is not known yet."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from pydantic import TypeAdapter

from invited.engines.instants import to_micros
from invited.messages import Mail

_MAIL = TypeAdapter(Mail)

_FORGET = "DELETE FROM waiting_cancel WHERE until <= ?"
_ADD = "INSERT OR IGNORE INTO waiting_cancel (owner, uid, mail, until, body) VALUES (?, ?, ?, ?, ?)"
_THOSE = "SELECT body FROM waiting_cancel WHERE owner = ? AND uid = ? AND until > ? ORDER BY mail"


def add(connection: sqlite3.Connection, owner: str, uid: str, mail: Mail, *, now: datetime, until: datetime) -> None:
    """See Store.keep_cancel."""
    connection.execute(_FORGET, (to_micros(now),))
    connection.execute(_ADD, (owner, uid, mail.key, to_micros(until), _MAIL.dump_json(mail).decode()))


def those(connection: sqlite3.Connection, owner: str, uid: str, now: datetime) -> list[Mail]:
    """See Store.kept_cancels."""
    rows = connection.execute(_THOSE, (owner, uid, to_micros(now))).fetchall()
    return [_MAIL.validate_json(body) for (body,) in rows]
