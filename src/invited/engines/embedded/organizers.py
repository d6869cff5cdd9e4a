"""What an admin decided of each organizer; one who has an event has a row."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from invited.domain.organizer import Organizer, Terms
from invited.engines.embedded import counters
from invited.engines.instants import from_micros, to_micros

_COLUMNS = "address, event_limit, invitation_limit, may_send_lists, suspended, reason"
_ADD = "INSERT OR IGNORE INTO organizer (address) VALUES (?)"
_ONE = f"SELECT {_COLUMNS} FROM organizer WHERE address = ?"
_PAGE = f"SELECT {_COLUMNS} FROM organizer WHERE address > ? ORDER BY address LIMIT ?"
_SET = {
    name: f"UPDATE organizer SET {name} = ? WHERE address = ?"
    for name in ("event_limit", "invitation_limit", "may_send_lists", "suspended", "reason")
}


def know(connection: sqlite3.Connection, address: str) -> None:
    """Have a row for this organizer."""
    connection.execute(_ADD, (address,))


def one(connection: sqlite3.Connection, address: str) -> Organizer:
    """See Store.organizer."""
    row = connection.execute(_ONE, (address,)).fetchone()
    return _organizer(connection, row) if row else Organizer(address)


def page(connection: sqlite3.Connection, after: str, limit: int) -> list[Organizer]:
    """See Store.organizers."""
    return [_organizer(connection, row) for row in connection.execute(_PAGE, (after, limit)).fetchall()]


def change(connection: sqlite3.Connection, address: str, terms: Terms) -> None:
    """See Store.set_terms."""
    know(connection, address)
    for name, value in terms.items():
        kept = to_micros(value) if isinstance(value, datetime) else value
        connection.execute(_SET[name], (kept, address))


def _organizer(connection: sqlite3.Connection, row: tuple[Any, ...]) -> Organizer:
    address, event_limit, invitation_limit, may_send_lists, suspended, reason = row
    return Organizer(
        address=address,
        events=counters.value(connection, f"organizer:{address}", "events"),
        event_limit=event_limit,
        invitation_limit=invitation_limit,
        may_send_lists=bool(may_send_lists),
        suspended=None if suspended is None else from_micros(suspended),
        reason=reason,
    )
