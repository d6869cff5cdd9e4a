"""The webhooks: whose they are and what they listen to, and who has the right to call one now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter

from invited.domain.errors import LimitReached, Temporary
from invited.domain.hook import Health, Hook
from invited.engines.aws import places
from invited.engines.aws.table import NEW, THERE, Cancelled, Delete, Item, Put, Table, Update
from invited.engines.instants import after, to_micros
from invited.ports import Turn

_HOOK = TypeAdapter(Hook)
_HEALTH = TypeAdapter(Health)
_KEPT_APART = {"health", "waiting", "missed"}

_ROOM_LEFT = "attribute_not_exists(#hooks) OR #hooks < :limit"


def add(table: Table, hook: Hook, limit: int) -> None:
    """See Store.add_hook."""
    pk, sk = places.hook(hook.id)
    kept = {"pk": pk, "sk": sk, "body": _body(hook), "version": hook.version, "health": _text(hook.health)}
    listed = {"pk": places.hooks(hook.owner), "sk": places.listing(hook.created, hook.id), "hook": hook.id}
    one_more = Update(places.hooks_of(hook.owner), "ADD #hooks :one", _ROOM_LEFT, {"one": 1, "limit": limit})
    try:
        table.transact(
            [one_more, Put(kept | {"waiting": 0, "missed": 0, "claimed": 0, "wanted": 0, "owed": 0}, NEW), Put(listed)]
        )
    except Cancelled as why:
        if 0 in why.failed:
            raise LimitReached("webhook", limit) from None
        raise


def one(table: Table, hook_id: str) -> Hook | None:
    """See Store.hook."""
    item = table.get(places.hook(hook_id))
    return _hook(item) if item else None


def of_owner(table: Table, owner: str) -> list[Hook]:
    """See Store.hooks."""
    keys = [places.hook(item["hook"]) for item in table.query(places.hooks(owner)) if "hook" in item]
    found = table.some(keys)
    return [_hook(found[key]) for key in keys if key in found]


def replace_at(table: Table, hook: Hook, expected_version: int) -> None:
    """See Store.replace_hook."""
    before = one(table, hook.id)
    change = "SET #body = :body, #version = :version"
    values = {"body": _body(hook), "version": hook.version, "expected": expected_version}
    if before and before.disabled and not hook.disabled:
        change += ", #health = :health"
        values["health"] = _text(Health(wakes=before.health.wakes))
    if not table.update(places.hook(hook.id), change, "#version = :expected", values):
        raise Temporary(f"webhook {hook.id} has changed meanwhile")


def remove(table: Table, hook_id: str) -> bool:
    """See Store.remove_hook; nothing can be owed to it any more when its calls go."""
    hook = one(table, hook_id)
    if hook is None:
        return False
    listed = (places.hooks(hook.owner), places.listing(hook.created, hook.id))
    one_less = Update(places.hooks_of(hook.owner), "ADD #hooks :less", "", {"less": -1})
    try:
        table.transact([Delete(places.hook(hook_id), THERE), Delete(listed), one_less])
    except Cancelled:
        return False
    pk = places.hook(hook_id)[0]
    table.each(lambda item: table.delete((pk, item["sk"])), table.query(pk))
    return True


def claim(table: Table, hook_id: str, now: datetime, lease: float) -> Turn:
    """See Store.claim_hook."""
    key = places.hook(hook_id)
    values = {"until": after(now, lease), "now": to_micros(now), "no": 0}
    claimed = table.update(key, "SET #claimed = :until, #wanted = :no", "#claimed <= :now", values)
    if claimed:
        return Turn(_hook(claimed))
    wanted = table.update(key, "SET #wanted = :yes", "#wanted = :no", {"yes": 1, "no": 0})
    return Turn(None, is_next=wanted is not None)


def release(table: Table, hook_id: str, health: Health) -> bool:
    """See Store.release_hook."""
    values = {"no": 0, "health": _text(health)}
    change = "SET #claimed = :no, #wanted = :no, #health = :health"
    before = table.update(places.hook(hook_id), change, THERE, values, is_old_told=True)
    return bool(before and before["wanted"])


def _body(hook: Hook) -> str:
    return _HOOK.dump_json(hook, exclude=_KEPT_APART).decode()


def _text(health: Health) -> str:
    return _HEALTH.dump_json(health).decode()


def _hook(item: Item) -> Hook:
    health = _HEALTH.validate_json(item["health"])
    return replace(_HOOK.validate_json(item["body"]), health=health, waiting=item["waiting"], missed=item["missed"])
