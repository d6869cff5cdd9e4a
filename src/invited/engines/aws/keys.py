"""The API keys, each an item of its own, listed by age; of the secret only the digest."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from invited.domain.principal import Scope
from invited.engines.aws import places
from invited.engines.aws.table import THERE, Cancelled, Delete, Item, Put, Table
from invited.engines.instants import from_micros, to_micros
from invited.ports import Key


def add(table: Table, key: Key) -> None:
    """See Store.add_key."""
    place = places.listing(key.created, key.id)
    listed = [Put({"pk": pk, "sk": place, "key": key.id}) for pk in _lists(key)]
    table.transact([Put(_item(key)), *listed])


def one(table: Table, key_id: str) -> Key | None:
    """See Store.key."""
    item = table.get(places.key(key_id))
    return _key(item) if item else None


def page(table: Table, organizer: str | None, after: str, limit: int) -> list[Key]:
    """See Store.keys."""
    last = one(table, after) if after else None
    if after and last is None:
        return []
    place = (places.keys(organizer), "")
    listed = table.under(place, places.listing(last.created, last.id) if last else "", at_a_time=limit)
    ids = [item["key"] for item in islice(listed, limit)]
    found = table.some(places.key(key_id) for key_id in ids)
    return [_key(found[places.key(key_id)]) for key_id in ids if places.key(key_id) in found]


def use(table: Table, key_id: str, now: datetime) -> None:
    """See Store.use_key."""
    table.update(places.key(key_id), "SET #used = :now", THERE, {"now": to_micros(now)})


def remove(table: Table, key_id: str) -> bool:
    """See Store.remove_key."""
    key = one(table, key_id)
    if key is None:
        return False
    place = places.listing(key.created, key.id)
    try:
        table.transact([Delete(places.key(key_id), THERE), *(Delete((pk, place)) for pk in _lists(key))])
    except Cancelled:
        return False
    return True


def _lists(key: Key) -> list[str]:
    return [places.keys(), *([places.keys(key.organizer)] if key.organizer is not None else [])]


def _item(key: Key) -> Item:
    pk, sk = places.key(key.id)
    return {
        "pk": pk,
        "sk": sk,
        "digest": key.digest,
        "admin": key.is_admin,
        "organizer": key.organizer or "",
        "created": to_micros(key.created),
        "note": key.note,
        "scopes": " ".join(sorted(key.scopes)),
        "ends": to_micros(key.expires) if key.expires else 0,
        "used": to_micros(key.used) if key.used else 0,
    }


def _key(item: Item) -> Key:
    return Key(
        item["pk"].partition("#")[2],
        item["digest"],
        bool(item["admin"]),
        item["organizer"] or None,
        from_micros(item["created"]),
        item["note"],
        frozenset(Scope(scope) for scope in item["scopes"].split()),
        from_micros(item["ends"]) if item["ends"] else None,
        from_micros(item["used"]) if item["used"] else None,
    )
