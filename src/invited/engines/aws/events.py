"""The events: each an item of its own, listed by age in three partitions, and found by its organizer's UID."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice

from pydantic import TypeAdapter

from invited.domain import door, statistics
from invited.domain.door import Door
from invited.domain.errors import LimitReached, Temporary
from invited.domain.event import Audience, Event, Strangers
from invited.engines.aws import organizers, places
from invited.engines.aws.bodies import packed, unpacked
from invited.engines.aws.table import NEW, THERE, Cancelled, Delete, Item, Put, Step, Table, Update
from invited.imip.span import until
from invited.ports import Choice, Order

_EVENT = TypeAdapter(Event)
_DOOR = TypeAdapter(Door)

VERSIONS = 100
"""Of each event, the newest ones are kept."""

_ROOM_LEFT = "attribute_not_exists(#events) OR #events < :limit"
_AT = "#revision = :expected AND #pending = :pending"
_AS_CHOSEN = f"{_AT} AND #chosen = :chosen"
_TRIES = 5


def add(table: Table, event: Event, limit: int) -> bool:
    """See Store.add_event."""
    pk, sk = places.event(event.id)
    origin_pk, origin_sk = places.origin(event.organizer, event.origin_uid)
    room_pk, room_sk = places.room(event.id)
    item = {"pk": pk, "sk": sk, "body": packed(_EVENT, event), "revision": event.revision, "pending": ""}
    steps: list[Step] = [
        Put({"pk": origin_pk, "sk": origin_sk, "event": event.id}, NEW),
        Update(places.events_of(event.organizer), "ADD #events :one", _ROOM_LEFT, {"one": 1, "limit": limit}),
        Put(item | _choices(event), NEW),
        Put({"pk": room_pk, "sk": room_sk, "organizer": event.organizer, "invitations": 0, "taken": 0}, NEW),
        organizers.known(event.organizer),
        _version(None, event),
        *_listed(event, Order.NEWEST),
        *_listed(event, Order.SOONEST),
        *([_scheduled(event)] if event.is_listed else []),
    ]
    try:
        table.transact(steps)
    except Cancelled as why:
        if 0 in why.failed:
            return False
        if why.failed == (1,):
            raise LimitReached("event", limit) from None
        raise
    return True


def replacement(table: Table, event: Event, expected_revision: int, pending: str) -> list[Step]:
    """The steps of Store.replace_event; `pending` is the id of the approval that must wait, and then does so no more.

    Raises Temporary.
    """
    before = by_id(table, event.id)
    if before is None or before.revision != expected_revision:
        raise changed_meanwhile(event.id)
    values = {
        "body": packed(_EVENT, event),
        "revision": event.revision,
        "none": "",
        "expected": expected_revision,
        "pending": pending,
        "chosen": before.chosen,
    }
    change = "SET #body = :body, #revision = :revision, #pending = :none"
    steps: list[Step] = [Update(places.event(event.id), change, _AS_CHOSEN, values), _version(before, event)]
    if event.revision >= VERSIONS:
        steps.append(Delete(places.version(event.id, event.revision - VERSIONS)))
    if before.head.start.instant() != event.head.start.instant():
        old, new = _listed(before, Order.SOONEST), _listed(event, Order.SOONEST)
        steps += [*(Delete((put.item["pk"], put.item["sk"])) for put in old), *new]
    if before.is_listed and until(before) != until(event):
        steps += [_unscheduled(before), _scheduled(event)]
    return steps


def at(table: Table, event_id: str, revision: int) -> Event | None:
    """See Store.event_at."""
    item = table.get(places.version(event_id, revision))
    return unpacked(_EVENT, item["body"]) if item else None


def _version(before: Event | None, event: Event) -> Put:
    """An event as it is now, and what it adds to the figures of many: written once for each revision."""
    pk, sk = places.version(event.id, event.revision)
    change = {name: step for name, step in statistics.of_event(before, event).items() if step}
    counted = {"overall": json.dumps(change)} if change else {}
    return Put({"pk": pk, "sk": sk, "body": packed(_EVENT, event), **counted})


def _listed(event: Event, order: Order) -> list[Put]:
    """Its places in the lists by age, or by start."""
    at = event.head.start.instant() if order.is_by_start else event.created
    kept = {"sk": places.listing(at, event.id), "event": event.id, "domain": event.domain}
    lists: tuple[dict[str, str], ...] = ({}, {"domain": event.domain}, {"organizer": event.organizer})
    return [Put({"pk": places.listed(is_by_start=order.is_by_start, **whose)} | kept) for whose in lists]


def _scheduled(event: Event) -> Put:
    """Its place on its organizer's public schedule."""
    pk, sk = places.scheduled(event.organizer), places.listing(until(event), event.id)
    return Put({"pk": pk, "sk": sk, "event": event.id})


def _unscheduled(event: Event) -> Delete:
    put = _scheduled(event)
    return Delete((put.item["pk"], put.item["sk"]))


def set_choices(table: Table, event_id: str, choices: Mapping[str, Choice], expected: int | None) -> bool:
    """See Store.set_choices."""
    chosen = {name: json.dumps(choice) for name, choice in choices.items()}
    change = "ADD #chosen :one" + (" SET " + ", ".join(f"#{name} = :{name}" for name in chosen) if chosen else "")
    values = {**chosen, "one": 1, "expected": expected}
    if "listed" in choices:
        return _list(table, event_id, change, values, is_listed=bool(choices["listed"]))
    condition = THERE if expected is None else "#chosen = :expected"
    return table.update(places.event(event_id), change, condition, values) is not None


def _list(table: Table, event_id: str, change: str, values: Item, *, is_listed: bool) -> bool:
    """Change the choices, and with them the place on the schedule, of the event as it stands meanwhile."""
    for _ in range(_TRIES):
        event = by_id(table, event_id)
        if event is None or values["expected"] not in (None, event.chosen):
            return False
        condition = "#revision = :revision AND #chosen = :seen"
        seen = values | {"revision": event.revision, "seen": event.chosen}
        place = _scheduled(event) if is_listed else _unscheduled(event)
        try:
            table.transact([Update(places.event(event_id), change, condition, seen), place])
        except Cancelled:
            continue
        return True
    raise changed_meanwhile(event_id)


def scheduled(table: Table, organizer: str, since: datetime, limit: int) -> list[Event]:
    """See Store.listed."""
    low = {"low": places.listing(since, "~")}
    found = table.query(places.scheduled(organizer), "#sk > :low", low, at_a_time=limit)
    ids = [item["event"] for item in islice(found, limit)]
    items = table.some(places.event(event_id) for event_id in ids)
    return [_event(items[places.event(event_id)]) for event_id in ids]


def by_id(table: Table, event_id: str) -> Event | None:
    """See Store.event."""
    item = table.get(places.event(event_id))
    return _event(item) if item else None


def is_there(table: Table, event_id: str) -> bool:
    """Whether there is such an event, without reading it."""
    return table.get(places.room(event_id)) is not None


def by_origin(table: Table, organizer: str, origin_uid: str) -> Event | None:
    """See Store.event_by_origin."""
    found = table.get(places.origin(organizer, origin_uid))
    return by_id(table, found["event"]) if found else None


def page(
    table: Table,
    whose: Mapping[str, str | None],
    order: Order,
    between: tuple[datetime | None, datetime | None],
    after: str,
    *,
    limit: int,
) -> list[Event]:
    """See Store.events; `whose` are `domain` and `organizer`, `between` is since and until."""
    last = by_id(table, after) if after else None
    if after and last is None:
        return []
    is_both = None not in whose.values()
    listed = table.query(
        places.listed(is_by_start=order.is_by_start, **whose),
        "#sk BETWEEN :low AND :high",
        _bounds(order, between, last) | {"domain": whose["domain"]},
        only="#domain = :domain" if is_both else "",
        is_backwards=order.is_down,
        at_a_time=None if is_both else limit + 1,
    )
    # The last one of the page before is within the bounds, and nothing else that was told.
    ids = [item["event"] for item in islice((item for item in listed if item["event"] != after), limit)]
    found = table.some(places.event(event_id) for event_id in ids)
    return [_event(found[places.event(event_id)]) for event_id in ids]


def _bounds(order: Order, between: tuple[datetime | None, datetime | None], last: Event | None) -> dict[str, str]:
    """The least and the greatest place in a list that may be told."""
    since, until = (places.listing(bound, "") if bound else None for bound in between)
    low, high = since or "0", until or "~"
    if last:
        place = _listed(last, order)[0].item["sk"]
        low, high = (low, min(high, place)) if order.is_down else (max(low, place), high)
    return {"low": low, "high": max(low, high)}


def must_be_at(event_id: str, revision: int, pending: str, then: str) -> Update:
    """The step by which another approval waits, at this revision and instead of `pending`."""
    values = {"then": then, "expected": revision, "pending": pending}
    return Update(places.event(event_id), "SET #pending = :then", _AT, values)


def changed_meanwhile(event_id: str) -> Temporary:
    """What is raised where somebody else was quicker."""
    return Temporary(f"event {event_id} has changed meanwhile")


def _choices(event: Event) -> Item:
    """Each choice has an attribute of its own, as JSON, so that one can be changed without knowing the others."""
    door_chosen = _DOOR.dump_python(event.door, mode="json")
    listed = event.is_listed or None
    made = {"audience": event.audience, "strangers": event.strangers, "digest": event.digest, "listed": listed}
    made |= door_chosen
    told = {name: json.dumps(choice) for name, choice in made.items() if choice is not None}
    return {**told, "chosen": event.chosen}


def _event(item: Item) -> Event:
    chosen = {name: json.loads(item[name]) for name in ("audience", "strangers", "digest", *door.NAMES) if name in item}
    audience, strangers, digest = (chosen.pop(name, None) for name in ("audience", "strangers", "digest"))
    return replace(
        unpacked(_EVENT, item["body"]),
        audience=Audience(audience) if audience else None,
        strangers=Strangers(strangers) if strangers else None,
        digest=digest,
        door=_DOOR.validate_python(chosen),
        is_listed=bool(json.loads(item.get("listed", "null"))),
        chosen=item["chosen"],
    )
