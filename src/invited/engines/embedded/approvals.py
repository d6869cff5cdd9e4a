"""The approvals' table; which one waits stands at its event, so that both change in one step or neither."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from pydantic import TypeAdapter

from invited.domain.approval import Approval, ApprovalState
from invited.domain.errors import Temporary
from invited.domain.event import Event
from invited.engines.embedded import events
from invited.engines.instants import to_micros

_APPROVAL = TypeAdapter(Approval)

_WAIT = "UPDATE event SET pending = ? WHERE id = ? AND pending = ?"
_IS_AT = "SELECT 1 FROM event WHERE id = ? AND revision = ?"
_SET = """
INSERT INTO approval (id, event_id, created, body) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET body = excluded.body
"""
_BY_ID = "SELECT body FROM approval WHERE id = ?"
_PENDING = "SELECT approval.body FROM event JOIN approval ON approval.id = event.pending WHERE event.id = ?"
_PAGE = """
SELECT body FROM approval WHERE event_id = ?1
AND (?2 = '' OR (created, id) < (SELECT created, id FROM approval WHERE id = ?2))
ORDER BY created DESC, id DESC LIMIT ?3
"""


def hold(connection: sqlite3.Connection, approval: Approval, instead_of: str) -> None:
    """See Store.hold."""
    is_at = connection.execute(_IS_AT, (approval.event_id, approval.expected_revision)).fetchone()
    if not is_at or not _wait(connection, approval.event_id, instead_of, approval.id):
        raise Temporary(f"event {approval.event_id} has changed meanwhile")
    if instead_of and instead_of != approval.id:
        old = by_id(connection, instead_of)
        assert old is not None  # noqa: S101 - an event points at nothing else
        _set(connection, replace(old, state=ApprovalState.SUPERSEDED))
    _set(connection, approval)


def settle(connection: sqlite3.Connection, approval: Approval) -> bool:
    """See Store.settle."""
    is_settled = _wait(connection, approval.event_id, approval.id, "")
    if is_settled:
        _set(connection, approval)
    return is_settled


def replace_event(
    connection: sqlite3.Connection, event: Event, expected_revision: int, settled: Approval | None
) -> None:
    """See Store.replace_event."""
    events.replace_at(connection, event, expected_revision, settled.id if settled else "")
    if settled:
        _set(connection, settled)


def pending(connection: sqlite3.Connection, event_id: str) -> Approval | None:
    """See Store.pending."""
    return _found(connection.execute(_PENDING, (event_id,)).fetchone())


def by_id(connection: sqlite3.Connection, approval_id: str) -> Approval | None:
    """See Store.approval."""
    return _found(connection.execute(_BY_ID, (approval_id,)).fetchone())


def page(connection: sqlite3.Connection, event_id: str, after: str, limit: int) -> list[Approval]:
    """See Store.approvals."""
    rows = connection.execute(_PAGE, (event_id, after, limit)).fetchall()
    return [_APPROVAL.validate_json(row[0]) for row in rows]


def _wait(connection: sqlite3.Connection, event_id: str, old: str, new: str) -> bool:
    return connection.execute(_WAIT, (new, event_id, old)).rowcount > 0


def _set(connection: sqlite3.Connection, approval: Approval) -> None:
    body = _APPROVAL.dump_json(approval).decode()
    connection.execute(_SET, (approval.id, approval.event_id, to_micros(approval.created), body))


def _found(row: tuple[str] | None) -> Approval | None:
    return _APPROVAL.validate_json(row[0]) if row else None
