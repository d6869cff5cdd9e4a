"""The receipts' and the strangers' tables: of several answers the winning one is kept, and counted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from invited.domain import reconfirmation, scopes, statistics
from invited.domain.invitation import Partstat, most_willing
from invited.domain.receipt import Grade, Receipt
from invited.domain.reconfirmation import Answers
from invited.engines import receipt_rows
from invited.engines.embedded import counters, invitations, steps, taken
from invited.engines.embedded.counters import Tally
from invited.engines.instants import to_micros

_EARLIER_ONES = TypeAdapter(tuple[Receipt, ...])

_COLUMNS = """event_id, token, recurrence_id, partstat, sequence, dtstamp, arrived, mail, address, client, grade,
comment, guests"""
_VALUES = "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

_SET = f"INSERT OR REPLACE INTO receipt ({_COLUMNS}, earlier) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_STANDING = f"SELECT {_COLUMNS}, earlier FROM receipt WHERE event_id = ? AND token = ? AND recurrence_id = ?"
_EARLIER = """
SELECT earlier FROM receipt WHERE event_id = ? AND token IN (SELECT value FROM json_each(?)) AND earlier <> '[]'
ORDER BY token, recurrence_id
"""
_OF_SOME = f"""
SELECT {_COLUMNS} FROM receipt WHERE event_id = ? AND token IN (SELECT value FROM json_each(?))
ORDER BY token, recurrence_id
"""
_EVERY = f"SELECT {_COLUMNS}, earlier FROM receipt WHERE event_id = ? ORDER BY token, recurrence_id"
_SET_STRANGER = f"INSERT OR REPLACE INTO stranger ({_COLUMNS}) {_VALUES}"
_STANDING_STRANGER = f"SELECT {_COLUMNS} FROM stranger WHERE event_id = ? AND address = ?"
_STRANGERS = f"SELECT {_COLUMNS} FROM stranger WHERE event_id = ? AND address > ? ORDER BY address LIMIT ?"
_SINCE = f"""
SELECT {_COLUMNS} FROM receipt WHERE event_id = ? AND (token, recurrence_id) > (?, ?) AND arrived > ?
ORDER BY token, recurrence_id LIMIT ?
"""
_FORGET_STRANGER = "DELETE FROM stranger WHERE event_id = ? AND address = ?"
_JOBS = "SELECT DISTINCT job FROM invitation WHERE event_id = ?"
_FORGET = (
    "DELETE FROM receipt WHERE event_id = ?",
    "DELETE FROM stranger WHERE event_id = ?",
    """
    UPDATE invitation SET partstat = 'NEEDS-ACTION', answered_sequence = -1, parts = 'NEEDS-ACTION'
    WHERE event_id = ? AND (answered_sequence >= 0 OR parts <> 'NEEDS-ACTION')
    """,
)
_PARTS = "SELECT DISTINCT partstat FROM receipt WHERE event_id = ? AND token = ? AND recurrence_id > ''"
_IS_EVENT = "SELECT 1 FROM event WHERE id = ?"


def record(connection: sqlite3.Connection, receipts: Sequence[Receipt]) -> list[bool]:
    """See Store.record."""
    changes = counters.tally()
    changed = [
        _record(connection, receipt, changes) if receipt.counts else _record_stranger(connection, receipt, changes)
        for receipt in receipts
    ]
    counters.add(connection, changes)
    return changed


def replace_all(connection: sqlite3.Connection, event_id: str, receipts: Sequence[Receipt]) -> None:
    """See Store.replace_answers."""
    counters.take_back_answers(connection, event_id)
    jobs = [scopes.of_job(job) for (job,) in connection.execute(_JOBS, (event_id,)).fetchall()]
    counters.forget(connection, jobs, statistics.is_of_answers)
    counters.forget(connection, [f"again:{event_id}"], lambda _: True)
    for statement in _FORGET:
        connection.execute(statement, (event_id,))
    record(connection, receipts)


def of_some(connection: sqlite3.Connection, event_id: str, tokens: Sequence[str]) -> list[Receipt]:
    """See Store.receipts."""
    rows = connection.execute(_OF_SOME, (event_id, json.dumps(tokens))).fetchall()
    return [receipt_rows.receipt(row) for row in rows]


def earlier(connection: sqlite3.Connection, event_id: str, tokens: Sequence[str]) -> list[Receipt]:
    """See Store.earlier_receipts."""
    rows = connection.execute(_EARLIER, (event_id, json.dumps(tokens))).fetchall()
    return [receipt for row in rows for receipt in _EARLIER_ONES.validate_json(row[0])]


def every(connection: sqlite3.Connection, event_id: str) -> Iterator[Answers]:
    """The answers of each attendee to the event and to each occurrence, by their tokens, one at a time."""
    return map(_answers_of, connection.execute(_EVERY, (event_id,)))


def since(
    connection: sqlite3.Connection, event_id: str, instant: datetime, after: tuple[str, str], limit: int
) -> list[Receipt]:
    """See Store.answers."""
    rows = connection.execute(_SINCE, (event_id, *after, to_micros(instant), limit)).fetchall()
    return [receipt_rows.receipt(row) for row in rows]


def stranger(connection: sqlite3.Connection, event_id: str, address: str) -> Receipt | None:
    """See Store.stranger."""
    return _found(connection, _STANDING_STRANGER, event_id, address)


def strangers(connection: sqlite3.Connection, event_id: str, after: str, limit: int) -> list[Receipt]:
    """See Store.strangers."""
    return [receipt_rows.receipt(row) for row in connection.execute(_STRANGERS, (event_id, after, limit)).fetchall()]


def _record(connection: sqlite3.Connection, receipt: Receipt, changes: Tally) -> bool:
    invitation = invitations.one(connection, receipt.event_id, receipt.token)
    if invitation is None:
        return False
    if receipt.grade is Grade.ADMITTED:
        _forget_stranger(connection, receipt, changes)
    taken.remember(connection, receipt)
    steps.answered(connection, receipt)
    known = _answers(connection, receipt)
    after = known.joined(receipt)
    if after is known:
        return False
    connection.execute(
        _SET, (*receipt_rows.row(after.receipts[-1]), _EARLIER_ONES.dump_json(after.receipts[:-1]).decode())
    )
    counters.add_to(connection, f"again:{receipt.event_id}", reconfirmation.of_answers(known, after))
    if after.standing is not receipt:
        return False
    if not receipt.recurrence_id:
        invitations.set_answer(connection, receipt.event_id, receipt.token, receipt.partstat, receipt.sequence)
    else:
        answers = connection.execute(_PARTS, (receipt.event_id, receipt.token)).fetchall()
        willing = most_willing(Partstat(answer) for (answer,) in answers)
        invitations.set_parts(connection, receipt.event_id, receipt.token, willing)
    change = statistics.of_receipt(invitation, known.standing, receipt)
    counters.count(changes, receipt.event_id, invitation.job, change)
    return True


def _answers(connection: sqlite3.Connection, receipt: Receipt) -> Answers:
    row = connection.execute(_STANDING, (receipt.event_id, receipt.token, receipt.recurrence_id)).fetchone()
    return _answers_of(row) if row else Answers()


def _answers_of(row: Sequence[Any]) -> Answers:
    return Answers((*_EARLIER_ONES.validate_json(row[-1]), receipt_rows.receipt(row[:-1])))


def _forget_stranger(connection: sqlite3.Connection, receipt: Receipt, changes: Tally) -> None:
    standing = stranger(connection, receipt.event_id, receipt.address)
    if standing:
        connection.execute(_FORGET_STRANGER, (receipt.event_id, receipt.address))
    if standing and _is_forwarded(standing):
        counters.count(changes, receipt.event_id, "", {name: -step for name, step in statistics.of_stranger().items()})


def _record_stranger(connection: sqlite3.Connection, receipt: Receipt, changes: Tally) -> bool:
    if not connection.execute(_IS_EVENT, (receipt.event_id,)).fetchone():
        return False
    taken.remember(connection, receipt)
    standing = _found(connection, _STANDING_STRANGER, receipt.event_id, receipt.address)
    if standing and receipt.rank() <= standing.rank():
        return False
    connection.execute(_SET_STRANGER, receipt_rows.row(receipt))
    if _is_forwarded(receipt) and not (standing and _is_forwarded(standing)):
        counters.count(changes, receipt.event_id, "", statistics.of_stranger())
    return True


def _is_forwarded(receipt: Receipt) -> bool:
    return receipt.grade is Grade.FORWARDED


def _found(connection: sqlite3.Connection, query: str, *key: str) -> Receipt | None:
    row = connection.execute(query, key).fetchone()
    return receipt_rows.receipt(row) if row else None
