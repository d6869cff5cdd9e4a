"""The events' table: what is searched stands in columns, the whole event as JSON beside it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from pydantic import TypeAdapter

from invited.domain.errors import LimitReached, Temporary
from invited.domain.event import Audience, Event, Strangers
from invited.engines.embedded import counters, organizers
from invited.engines.embedded.instants import to_micros

_EVENT = TypeAdapter(Event)

_KNOWN = "SELECT 1 FROM event WHERE organizer = ? AND origin_uid = ?"
_ADD = """
INSERT INTO event (id, organizer, origin_uid, domain, created, starts, revision, audience, strangers, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_REPLACE = """
UPDATE event SET domain = ?, starts = ?, revision = ?, body = ?, pending = ''
WHERE id = ? AND revision = ? AND pending = ?
"""
_CHOSEN = "UPDATE event SET chosen = chosen + 1 WHERE id = ?1 AND chosen = coalesce(?2, chosen)"
_CHOOSE = {name: f"UPDATE event SET {name} = ? WHERE id = ?" for name in ("audience", "strangers")}
_BY_ID = "SELECT body, audience, strangers, chosen FROM event WHERE id = ?"
_BY_ORIGIN = "SELECT body, audience, strangers, chosen FROM event WHERE organizer = ? AND origin_uid = ?"
_PAGE = "SELECT body, audience, strangers, chosen FROM event WHERE {} ORDER BY created DESC, id DESC LIMIT ?"
_AFTER = "(created, id) < (SELECT created, id FROM event WHERE id = ?)"


def add(connection: sqlite3.Connection, event: Event, limit: int) -> bool:
    """See Store.add_event."""
    if connection.execute(_KNOWN, (event.organizer, event.origin_uid)).fetchone():
        return False
    scope = f"organizer:{event.organizer}"
    if counters.value(connection, scope, "events") >= limit:
        raise LimitReached("event", limit)
    connection.execute(
        _ADD,
        (
            event.id,
            event.organizer,
            event.origin_uid,
            event.domain,
            to_micros(event.created),
            to_micros(event.head.start.instant()),
            event.revision,
            event.audience,
            event.strangers,
            _EVENT.dump_json(event).decode(),
        ),
    )
    organizers.know(connection, event.organizer)
    changes = counters.tally()
    changes[scope] = Counter(events=1)
    counters.add(connection, changes)
    return True


def replace_at(connection: sqlite3.Connection, event: Event, expected_revision: int, pending: str) -> None:
    """See Store.replace_event; `pending` is the id of the approval that must wait, and then does so no more."""
    body = _EVENT.dump_json(event).decode()
    starts = to_micros(event.head.start.instant())
    row = (event.domain, starts, event.revision, body, event.id, expected_revision, pending)
    if not connection.execute(_REPLACE, row).rowcount:
        raise Temporary(f"event {event.id} has changed meanwhile")


def set_choices(
    connection: sqlite3.Connection, event_id: str, choices: Mapping[str, str | None], expected: int | None
) -> bool:
    """See Store.set_choices."""
    if not connection.execute(_CHOSEN, (event_id, expected)).rowcount:
        return False
    for name, choice in choices.items():
        connection.execute(_CHOOSE[name], (choice, event_id))
    return True


def by_id(connection: sqlite3.Connection, event_id: str) -> Event | None:
    """See Store.event."""
    row = connection.execute(_BY_ID, (event_id,)).fetchone()
    return _event(*row) if row else None


def by_origin(connection: sqlite3.Connection, organizer: str, origin_uid: str) -> Event | None:
    """See Store.event_by_origin."""
    row = connection.execute(_BY_ORIGIN, (organizer, origin_uid)).fetchone()
    return _event(*row) if row else None


def page(
    connection: sqlite3.Connection, domain: str | None, organizer: str | None, after: str, limit: int
) -> list[Event]:
    """See Store.events."""
    asked = (("domain = ?", domain), ("organizer = ?", organizer), (_AFTER, after or None))
    given = [(condition, value) for condition, value in asked if value is not None]
    where = " AND ".join(condition for condition, _ in given) or "TRUE"
    rows = connection.execute(_PAGE.format(where), (*(value for _, value in given), limit)).fetchall()
    return [_event(*row) for row in rows]


def _event(body: str, audience: str | None, strangers: str | None, chosen: int) -> Event:
    return replace(
        _EVENT.validate_json(body),
        audience=Audience(audience) if audience else None,
        strangers=Strangers(strangers) if strangers else None,
        chosen=chosen,
    )
