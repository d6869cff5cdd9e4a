"""How many are invited to an event, and the room that those take who are being added.

Room is held before invitations are stored, and settled by how many there were, each in one write. So nobody passes the
limit, and an invitation costs a write and not a transaction. Whoever dies in between leaves room held that nobody
needs; it is found again before anybody is refused for it, by counting the guests.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from invited.engines.aws import places
from invited.engines.aws.table import Item, Table, Update
from invited.engines.instants import to_micros

STALE = timedelta(minutes=20)
"""After which whoever held room is dead: Lambda lets nobody run for longer than 15."""

_HELD = "h:"


def hold(table: Table, event_id: str, people: int, limit: int, now: datetime) -> str | None:
    """Hold room for so many; the mark to settle it by, None where there is none for all of them."""
    mark = secrets.token_hex(4)
    values = {"people": people, "most": limit - people, "held": f"{people} {to_micros(now)}"}
    change = "SET #held = :held ADD #taken :people"
    is_free = "#taken <= :most AND attribute_not_exists(#held)"
    done = table.update(places.room(event_id), change, is_free, values, {"held": _HELD + mark})
    return mark if done else None


def settled(event_id: str, mark: str, held: int, added: int) -> Update:
    """The step by which, of those for whom room was `held`, so many were added; once."""
    change = "REMOVE #held ADD #taken :back, #invitations :added"
    values = {"back": added - held, "added": added}
    return Update(places.room(event_id), change, "attribute_exists(#held)", values, {"held": _HELD + mark})


def left(table: Table, event_id: str, limit: int, now: datetime) -> int:
    """For how many there is room; if for none, room that the dead hold is found again first."""
    room = table.get(places.room(event_id))
    if room is None:
        return 0
    dead = [name for name in _held(room) if _is_stale(room[name], now)]
    if room["taken"] >= limit and dead:
        room = _found_again(table, event_id, room, dead) or room
    return max(0, limit - int(room["taken"]))


def _held(room: Item) -> dict[str, int]:
    return {name: int(told.split()[0]) for name, told in room.items() if name.startswith(_HELD)}


def _is_stale(held: str, now: datetime) -> bool:
    return int(held.split()[1]) < to_micros(now - STALE)


def _found_again(table: Table, event_id: str, room: Item, dead: list[str]) -> Item | None:
    """The room with what is true of it, None where somebody changed it meanwhile. Whoever is being added may count
    twice, as held and as there: rather too many than too few.
    """
    there = sum(_guests(table, pk) for pk in places.shards(event_id))
    living = sum(people for name, people in _held(room).items() if name not in dead)
    aliases = {f"d{place}": name for place, name in enumerate(dead)}
    change = f"SET #taken = :taken, #invitations = :there REMOVE {', '.join(f'#{alias}' for alias in aliases)}"
    values = {"taken": there + living, "there": there, "was": room["taken"], "were": room["invitations"]}
    is_same = "#taken = :was AND #invitations = :were"
    return table.update(places.room(event_id), change, is_same, values, aliases)


def _guests(table: Table, pk: str) -> int:
    return sum(1 for _ in table.query(pk, only="attribute_exists(#address)"))
