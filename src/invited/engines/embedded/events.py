"""The events' table: what is searched stands in columns, the whole event as JSON beside it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter

from invited.domain import door, scopes, statistics
from invited.domain.door import Door
from invited.domain.errors import LimitReached, Temporary
from invited.domain.event import Audience, Event, Strangers
from invited.engines.embedded import counters, organizers
from invited.engines.instants import to_micros
from invited.imip.span import until
from invited.ports import Choice, Order

VERSIONS = 100
"""Of each event, the newest ones are kept."""

_EVENT = TypeAdapter(Event)
_DOOR = TypeAdapter(Door)

_KNOWN = "SELECT 1 FROM event WHERE organizer = ? AND origin_uid = ?"
_ADD = """
INSERT INTO event (
    id, organizer, origin_uid, domain, created, starts, ends, revision, audience, strangers, digest, door, listed, body
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_REPLACE = """
UPDATE event SET domain = ?, starts = ?, ends = ?, revision = ?, body = ?, pending = ''
WHERE id = ? AND revision = ? AND pending = ?
"""
_CHOSEN = "UPDATE event SET chosen = chosen + 1 WHERE id = ?1 AND chosen = coalesce(?2, chosen)"
_CHOOSE = {name: f"UPDATE event SET {name} = ? WHERE id = ?" for name in ("audience", "strangers", "digest")}
# A merge patch (RFC 7396): what is null goes, what is not named stays.
_CHOOSE_DOOR = "UPDATE event SET door = json_patch(door, ?) WHERE id = ?"
_LIST = "UPDATE event SET listed = ? WHERE id = ?"
_COLUMNS = "body, audience, strangers, digest, door, listed, chosen"
_BY_ID = f"SELECT {_COLUMNS} FROM event WHERE id = ?"
_BY_ORIGIN = f"SELECT {_COLUMNS} FROM event WHERE organizer = ? AND origin_uid = ?"
_PAGE = f"""
SELECT {_COLUMNS} FROM event WHERE {{where}} ORDER BY {{column}} {{direction}}, id {{direction}} LIMIT ?
"""
_LISTED = f"SELECT {_COLUMNS} FROM event WHERE organizer = ? AND listed AND ends > ? ORDER BY ends, id LIMIT ?"
_ORDERS = {
    order: ("starts" if order.is_by_start else "created", *(("DESC", "<") if order.is_down else ("ASC", ">")))
    for order in Order
}
"""Of each its column, its direction, and how what comes later compares."""


def add(connection: sqlite3.Connection, event: Event, limit: int) -> bool:
    """See Store.add_event."""
    if connection.execute(_KNOWN, (event.organizer, event.origin_uid)).fetchone():
        return False
    if counters.value(connection, scopes.of_organizer(event.organizer), "events") >= limit:
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
            to_micros(until(event)),
            event.revision,
            event.audience,
            event.strangers,
            event.digest,
            _DOOR.dump_json(event.door, exclude_none=True).decode(),
            event.is_listed,
            _EVENT.dump_json(event).decode(),
        ),
    )
    organizers.know(connection, event.organizer)
    _count(connection, None, event)
    _keep(connection, event)
    return True


def replace_at(connection: sqlite3.Connection, event: Event, expected_revision: int, pending: str) -> None:
    """See Store.replace_event; `pending` is the id of the approval that must wait, and then does so no more."""
    before = by_id(connection, event.id)
    body = _EVENT.dump_json(event).decode()
    starts = to_micros(event.head.start.instant())
    ends = to_micros(until(event))
    row = (event.domain, starts, ends, event.revision, body, event.id, expected_revision, pending)
    if before is None or not connection.execute(_REPLACE, row).rowcount:
        raise Temporary(f"event {event.id} has changed meanwhile")
    _count(connection, before, event)
    _keep(connection, event)


def set_choices(
    connection: sqlite3.Connection, event_id: str, choices: Mapping[str, Choice], expected: int | None
) -> bool:
    """See Store.set_choices."""
    if not connection.execute(_CHOSEN, (event_id, expected)).rowcount:
        return False
    of_door = {name: choice for name, choice in choices.items() if name in door.NAMES}
    if of_door:
        connection.execute(_CHOOSE_DOOR, (json.dumps(of_door), event_id))
    if "listed" in choices:
        connection.execute(_LIST, (bool(choices["listed"]), event_id))
    for name in choices.keys() & _CHOOSE.keys():
        connection.execute(_CHOOSE[name], (choices[name], event_id))
    return True


def by_id(connection: sqlite3.Connection, event_id: str) -> Event | None:
    """See Store.event."""
    row = connection.execute(_BY_ID, (event_id,)).fetchone()
    return _event(row) if row else None


def by_origin(connection: sqlite3.Connection, organizer: str, origin_uid: str) -> Event | None:
    """See Store.event_by_origin."""
    row = connection.execute(_BY_ORIGIN, (organizer, origin_uid)).fetchone()
    return _event(row) if row else None


def page(
    connection: sqlite3.Connection,
    whose: Mapping[str, str | None],
    order: Order,
    between: tuple[datetime | None, datetime | None],
    after: str,
    *,
    limit: int,
) -> list[Event]:
    """See Store.events; `whose` are columns and what they must be, `between` is since and until."""
    column, direction, beyond = _ORDERS[order]
    since, until = (to_micros(bound) if bound else None for bound in between)
    asked: dict[str, str | int | None] = {f"{name} = ?": value for name, value in whose.items()}
    asked |= {f"{column} >= ?": since, f"{column} < ?": until}
    asked[f"({column}, id) {beyond} (SELECT {column}, id FROM event WHERE id = ?)"] = after or None
    given = {condition: value for condition, value in asked.items() if value is not None}
    where = " AND ".join(given) or "TRUE"
    query = _PAGE.format(where=where, column=column, direction=direction)
    return [_event(row) for row in connection.execute(query, (*given.values(), limit)).fetchall()]


def every(connection: sqlite3.Connection) -> Iterator[Event]:
    """All events, one at a time."""
    for (event_id,) in connection.execute("SELECT id FROM event ORDER BY id").fetchall():
        if event := by_id(connection, event_id):
            yield event


def listed(connection: sqlite3.Connection, organizer: str, since: datetime, limit: int) -> list[Event]:
    """See Store.listed."""
    rows = connection.execute(_LISTED, (organizer, to_micros(since), limit)).fetchall()
    return [_event(row) for row in rows]


def at(connection: sqlite3.Connection, event_id: str, revision: int) -> Event | None:
    """See Store.event_at."""
    row = connection.execute("SELECT body FROM event_version WHERE event_id = ? AND revision = ?", (event_id, revision))
    found = row.fetchone()
    return _EVENT.validate_json(found[0]) if found else None


def _keep(connection: sqlite3.Connection, event: Event) -> None:
    row = (event.id, event.revision, _EVENT.dump_json(event).decode())
    connection.execute("INSERT OR REPLACE INTO event_version (event_id, revision, body) VALUES (?, ?, ?)", row)
    oldest = (event.id, event.revision - VERSIONS)
    connection.execute("DELETE FROM event_version WHERE event_id = ? AND revision <= ?", oldest)


def _count(connection: sqlite3.Connection, before: Event | None, after: Event) -> None:
    change = statistics.of_event(before, after)
    for scope in (scopes.of_organizer(after.organizer), scopes.EVERYBODY):
        counters.add_to(connection, scope, change)


def _event(row: tuple[str, str | None, str | None, int | None, str, int, int]) -> Event:
    body, audience, strangers, digest, chosen_door, is_listed, chosen = row
    return replace(
        _EVENT.validate_json(body),
        audience=Audience(audience) if audience else None,
        strangers=Strangers(strangers) if strangers else None,
        digest=None if digest is None else bool(digest),
        door=_DOOR.validate_json(chosen_door),
        is_listed=bool(is_listed),
        chosen=chosen,
    )
