"""Addresses that must not be mailed: an item for each, so that one read tells, and a place in an organizer's list.

An item has an attribute for each organizer, and so room for some thousands who were told by the same address to stop.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from invited.domain.suppression import Suppression
from invited.engines.aws import places
from invited.engines.aws.table import Cancelled, Delete, Item, Put, Step, Table, Update
from invited.engines.instants import from_micros, to_micros

_FOR = "for#"


def add(table: Table, entries: Sequence[Suppression]) -> list[bool]:
    """See Store.suppress_all; each entry is one step."""
    firsts = {(entry.address, entry.organizer): place for place, entry in reversed(list(enumerate(entries)))}
    done = table.each(lambda place: _add(table, entries[place]), firsts.values())
    added = {place for place, is_new in zip(firsts.values(), done, strict=True) if is_new}
    return [place in added for place in range(len(entries))]


def remove(table: Table, address: str, organizer: str) -> bool:
    """See Store.readmit."""
    gone = Update(places.suppression(address), "REMOVE #told", "attribute_exists(#told)", names=_named(organizer))
    return _is_done(table, [gone, Delete(places.suppressed(organizer, address))])


def of_some(table: Table, addresses: Iterable[str], organizer: str) -> dict[str, str]:
    """See Store.suppressed; the reason that holds for every organizer goes first."""
    asked = list(addresses)
    found = table.some(map(places.suppression, asked))
    reasons: dict[str, str] = {}
    for address in asked:
        item = found.get(places.suppression(address), {})
        if told := item.get(_FOR) or item.get(_FOR + organizer):
            reasons[address] = _reason(told)
    return reasons


def page(table: Table, organizer: str, after: str, limit: int) -> list[Suppression]:
    """See Store.suppressions."""
    listed = islice(table.under(places.suppressed(organizer, ""), after, at_a_time=limit), limit)
    addresses = [item["sk"] for item in listed]
    found = table.some(map(places.suppression, addresses))
    items = (found.get(places.suppression(address), {}) for address in addresses)
    return [_entry(item, organizer) for item in items if _FOR + organizer in item]


def of_address(table: Table, address: str, limit: int) -> list[Suppression]:
    """See Store.suppressions_of."""
    item = table.get(places.suppression(address)) or {}
    organizers = sorted(name.removeprefix(_FOR) for name in item if name.startswith(_FOR))
    return [_entry(item, organizer) for organizer in organizers[:limit]]


def _add(table: Table, entry: Suppression) -> bool:
    told = {"told": f"{to_micros(entry.since)} {entry.reason}"}
    key, names = places.suppression(entry.address), _named(entry.organizer)
    list_pk, list_sk = places.suppressed(entry.organizer, entry.address)
    new = Update(key, "SET #told = :told", "attribute_not_exists(#told)", told, names)
    return _is_done(table, [new, Put({"pk": list_pk, "sk": list_sk})])


def _named(organizer: str) -> dict[str, str]:
    return {"told": _FOR + organizer}


def _is_done(table: Table, steps: Sequence[Step]) -> bool:
    try:
        table.transact(steps)
    except Cancelled:
        return False
    return True


def _entry(item: Item, organizer: str) -> Suppression:
    told = item[_FOR + organizer]
    return Suppression(item["pk"].partition("#")[2], organizer, _reason(told), from_micros(int(told.split(" ")[0])))


def _reason(told: str) -> str:
    return told.partition(" ")[2]
