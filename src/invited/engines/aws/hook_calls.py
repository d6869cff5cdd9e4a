"""Calls to webhooks: those that wait, and for some time those that are over, which the table then throws away.

A call that waits is in the local index by when it is due; each has a place in its webhook's log, by age.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from pydantic import TypeAdapter

from invited.domain.call import Call, CallState
from invited.engines.aws import places
from invited.engines.aws.table import NEW, THERE, Cancelled, Item, Put, Table, Update, overtaken
from invited.engines.aws.times import expiry
from invited.engines.instants import to_micros

_CALL = TypeAdapter(Call)

AT_ONCE = 49
"""Calls that are added in one step: each is two of the 100 items of a transaction, and one counts them."""

_ROOM_LEFT = "#waiting <= :most AND #owed = :owed"
_STANDS = "#state = :was"


def owe(table: Table, hook_id: str, calls: Sequence[Call], limit: int) -> None:
    """See Store.owe."""
    for _ in overtaken():
        hook = table.get(places.hook(hook_id))
        if hook is None:
            return
        known = table.some(places.hook_call(hook_id, call.id) for call in calls)
        new = [call for call in calls if places.hook_call(hook_id, call.id) not in known]
        room = max(0, limit - hook["waiting"])
        if _add_all(table, hook, new[:room], limit):
            _miss(table, hook_id, len(new[room:]))
            return


def waiting(table: Table, hook_id: str, limit: int) -> list[Call]:
    """See Store.waiting_calls."""
    listed = table.in_order((places.hook(hook_id)[0], ""), at_a_time=limit)
    keys = [(item["pk"], item["sk"]) for item in islice(listed, limit)]
    found = table.some(keys)
    return [_call(found[key]) for key in keys if key in found]


def replace_at(table: Table, call: Call, was: CallState) -> bool:
    """See Store.replace_call."""
    step = (call.state is CallState.WAITING) - (was is CallState.WAITING)
    counted = Update(places.hook(call.hook_id), "ADD #waiting :step", THERE, {"step": step})
    stored = Put(_item(call), _STANDS, {"was": was})
    try:
        table.transact([stored, counted, Put(_logged(call))] if step else [stored])
    except Cancelled:
        return False
    return True


def one(table: Table, hook_id: str, call_id: str, now: datetime) -> Call | None:
    """See Store.call."""
    item = table.get(places.hook_call(hook_id, call_id))
    return _lasting(item, now) if item else None


def page(table: Table, hook_id: str, now: datetime, after: str, limit: int) -> list[Call]:
    """See Store.calls."""
    last = table.get(places.hook_call(hook_id, after)) if after else None
    if after and last is None:
        return []
    before = _call(last) if last else None
    return list(islice(_log(table, hook_id, now, before, limit), limit))


def _log(table: Table, hook_id: str, now: datetime, before: Call | None, at_a_time: int) -> Iterator[Call]:
    pk = places.hook(hook_id)[0]
    high = places.logged(hook_id, before.created, before.id)[1] if before else "l$"
    bounds = {"low": "l#", "high": high}
    listed = table.query(pk, "#sk BETWEEN :low AND :high", bounds, is_backwards=True, at_a_time=at_a_time)
    while few := list(islice(listed, at_a_time)):
        keys = [places.hook_call(hook_id, item["call"]) for item in few if item["sk"] != high]
        found = table.some(keys)
        yield from (call for key in keys if key in found and (call := _lasting(found[key], now)))


def _add_all(table: Table, hook: Item, calls: Sequence[Call], limit: int) -> bool:
    """Add calls, some at a time; False where others were at it, too."""
    owed = hook["owed"]
    for start in range(0, len(calls), AT_ONCE):
        few = calls[start : start + AT_ONCE]
        values = {"calls": len(few), "most": limit - len(few), "owed": owed}
        counted = Update((hook["pk"], hook["sk"]), "ADD #waiting :calls, #owed :calls", _ROOM_LEFT, values)
        stored = [Put(_item(call, f"{owed + place:020}"), NEW) for place, call in enumerate(few)]
        try:
            table.transact([counted, *stored, *(Put(_logged(call)) for call in few)])
        except Cancelled:
            return False
        owed += len(few)
    return True


def _miss(table: Table, hook_id: str, calls: int) -> None:
    if calls:
        table.update(places.hook(hook_id), "ADD #missed :calls", THERE, {"calls": calls})


def _item(call: Call, place: str = "") -> Item:
    """Of calls that were owed at the same instant, `place` says which was first."""
    pk, sk = places.hook_call(call.hook_id, call.id)
    item: Item = {"pk": pk, "sk": sk, "state": call.state, "body": _CALL.dump_json(call).decode()}
    if call.due:
        item["order"] = f"{to_micros(call.due):020}#{to_micros(call.created):020}#{place or call.id}"
    return item | _end(call)


def _logged(call: Call) -> Item:
    pk, sk = places.logged(call.hook_id, call.created, call.id)
    return {"pk": pk, "sk": sk, "call": call.id} | _end(call)


def _end(call: Call) -> Item:
    return {"expires": expiry(to_micros(call.expires))} if call.expires else {}


def _call(item: Item) -> Call:
    return _CALL.validate_json(item["body"])


def _lasting(item: Item, now: datetime) -> Call | None:
    call = _call(item)
    return None if call.expires and call.expires <= now else call
