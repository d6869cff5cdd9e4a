"""The proposals' table: the latest of each attendee and occurrence."""

from __future__ import annotations

import sqlite3

from pydantic import TypeAdapter

from invited.domain.proposal import Proposal

_PROPOSAL = TypeAdapter(Proposal)

_IS_EVENT = "SELECT 1 FROM event WHERE id = ?"
_STANDING = "SELECT body FROM proposal WHERE event_id = ? AND key = ?"
_SET = "INSERT OR REPLACE INTO proposal (event_id, key, body) VALUES (?, ?, ?)"
_PAGE = "SELECT body FROM proposal WHERE event_id = ? AND key > ? ORDER BY key LIMIT ?"


def propose(connection: sqlite3.Connection, proposal: Proposal) -> bool:
    """See Store.propose."""
    if not connection.execute(_IS_EVENT, (proposal.event_id,)).fetchone():
        return False
    row = connection.execute(_STANDING, (proposal.event_id, proposal.key)).fetchone()
    if row and proposal.order() <= _PROPOSAL.validate_json(row[0]).order():
        return False
    connection.execute(_SET, (proposal.event_id, proposal.key, _PROPOSAL.dump_json(proposal).decode()))
    return True


def page(connection: sqlite3.Connection, event_id: str, after: str, limit: int) -> list[Proposal]:
    """See Store.proposals."""
    rows = connection.execute(_PAGE, (event_id, after, limit)).fetchall()
    return [_PROPOSAL.validate_json(body) for (body,) in rows]
