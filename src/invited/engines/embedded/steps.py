"""The steps of an invitation, as text at its row: added to by the statement that changes it anyway."""

from __future__ import annotations

import json
import sqlite3

from invited.domain.receipt import Receipt
from invited.domain.step import Life, Step
from invited.engines import lives
from invited.engines.instants import from_micros

MORE = f"steps = CASE WHEN length(steps) < {lives.ROOM} THEN steps || ? ELSE steps END"
"""Part of an UPDATE of invitations: adds a line, or nothing where that is ""."""

_ANSWER = """
UPDATE invitation SET steps = steps || ?
WHERE event_id = ? AND token = ? AND length(steps) < ? AND instr(steps, ?) = 0
"""
_ONE = "SELECT created, steps FROM invitation WHERE event_id = ? AND token = ?"
_SOME = "SELECT token, steps FROM invitation WHERE event_id = ? AND token IN (SELECT value FROM json_each(?))"


def answered(connection: sqlite3.Connection, receipt: Receipt) -> None:
    """Add an answer, once."""
    place = (receipt.event_id, receipt.token, lives.ROOM_FOR_ANSWERS, lives.named(receipt))
    connection.execute(_ANSWER, (lives.answer(receipt), *place))


def last(connection: sqlite3.Connection, event_id: str, tokens: list[str]) -> dict[str, Step]:
    """The last step of each of these that has any."""
    rows = connection.execute(_SOME, (event_id, json.dumps(tokens))).fetchall()
    return {token: step for token, text in rows if (step := lives.last(event_id, token, text))}


def life(connection: sqlite3.Connection, event_id: str, token: str) -> Life:
    """See Store.life."""
    row = connection.execute(_ONE, (event_id, token)).fetchone()
    return lives.read(event_id, token, from_micros(row[0]), row[1]) if row else Life(())
