"""The receipts' and the strangers' tables: of several answers the winning one is kept, and counted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from invited.domain import statistics
from invited.domain.invitation import Partstat, most_willing
from invited.domain.receipt import Grade, Receipt
from invited.engines.embedded import counters, invitations
from invited.engines.embedded.counters import Tally
from invited.engines.embedded.instants import from_micros, to_micros

_COLUMNS = """event_id, token, recurrence_id, partstat, sequence, dtstamp, arrived, mail, address, client, grade,
comment, guests"""
_VALUES = "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

_SET = f"INSERT OR REPLACE INTO receipt ({_COLUMNS}) {_VALUES}"
_STANDING = f"SELECT {_COLUMNS} FROM receipt WHERE event_id = ? AND token = ? AND recurrence_id = ?"
_OF_SOME = f"""
SELECT {_COLUMNS} FROM receipt WHERE event_id = ? AND token IN (SELECT value FROM json_each(?))
ORDER BY token, recurrence_id
"""
_SET_STRANGER = f"INSERT OR REPLACE INTO stranger ({_COLUMNS}) {_VALUES}"
_STANDING_STRANGER = f"SELECT {_COLUMNS} FROM stranger WHERE event_id = ? AND address = ?"
_STRANGERS = f"SELECT {_COLUMNS} FROM stranger WHERE event_id = ? AND address > ? ORDER BY address LIMIT ?"
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


def of_some(connection: sqlite3.Connection, event_id: str, tokens: Sequence[str]) -> list[Receipt]:
    """See Store.receipts."""
    rows = connection.execute(_OF_SOME, (event_id, json.dumps(tokens))).fetchall()
    return [_receipt(row) for row in rows]


def strangers(connection: sqlite3.Connection, event_id: str, after: str, limit: int) -> list[Receipt]:
    """See Store.strangers."""
    return [_receipt(row) for row in connection.execute(_STRANGERS, (event_id, after, limit)).fetchall()]


def _record(connection: sqlite3.Connection, receipt: Receipt, changes: Tally) -> bool:
    invitation = invitations.one(connection, receipt.event_id, receipt.token)
    if invitation is None:
        return False
    standing = _found(connection, _STANDING, receipt.event_id, receipt.token, receipt.recurrence_id)
    if standing and receipt.order() <= standing.order():
        return False
    connection.execute(_SET, _row(receipt))
    if not receipt.recurrence_id:
        invitations.set_answer(connection, receipt.event_id, receipt.token, receipt.partstat, receipt.sequence)
    else:
        answers = connection.execute(_PARTS, (receipt.event_id, receipt.token)).fetchall()
        willing = most_willing(Partstat(answer) for (answer,) in answers)
        invitations.set_parts(connection, receipt.event_id, receipt.token, willing)
    counters.count(changes, receipt.event_id, invitation.job, statistics.of_receipt(invitation, standing, receipt))
    return True


def _record_stranger(connection: sqlite3.Connection, receipt: Receipt, changes: Tally) -> bool:
    if not connection.execute(_IS_EVENT, (receipt.event_id,)).fetchone():
        return False
    standing = _found(connection, _STANDING_STRANGER, receipt.event_id, receipt.address)
    if standing and _rank(receipt) <= _rank(standing):
        return False
    connection.execute(_SET_STRANGER, _row(receipt))
    if _is_forwarded(receipt) and not (standing and _is_forwarded(standing)):
        changes[f"event:{receipt.event_id}"].update(statistics.of_stranger())
    return True


def _rank(receipt: Receipt) -> tuple[object, ...]:
    """Whoever holds a token goes before whoever only claims to be somebody."""
    return (_is_forwarded(receipt), *receipt.order())


def _is_forwarded(receipt: Receipt) -> bool:
    return receipt.grade is Grade.FORWARDED


def _found(connection: sqlite3.Connection, query: str, *key: str) -> Receipt | None:
    row = connection.execute(query, key).fetchone()
    return _receipt(row) if row else None


def _row(receipt: Receipt) -> tuple[object, ...]:
    return (
        receipt.event_id,
        receipt.token,
        receipt.recurrence_id,
        receipt.partstat,
        receipt.sequence,
        to_micros(receipt.dtstamp),
        to_micros(receipt.arrived),
        receipt.mail,
        receipt.address,
        receipt.client,
        receipt.grade,
        receipt.comment,
        receipt.guests,
    )


def _receipt(row: Sequence[Any]) -> Receipt:
    event_id, token, recurrence_id, partstat, sequence, dtstamp, arrived, *rest = row
    mail, address, client, grade, comment, guests = rest
    return Receipt(
        event_id,
        token,
        recurrence_id,
        Partstat(partstat),
        sequence,
        from_micros(dtstamp),
        from_micros(arrived),
        mail,
        address,
        client,
        Grade(grade),
        comment,
        guests,
    )
