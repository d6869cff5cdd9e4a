"""Addresses that must not be mailed: each in a partition of its own, and in the list of the organizer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from invited.domain.suppression import Suppression
from invited.engines.aws import places
from invited.engines.aws.table import NEW, THERE, Cancelled, Delete, Item, Put, Step, Table
from invited.engines.instants import from_micros, to_micros


def add(table: Table, entries: Sequence[Suppression]) -> list[bool]:
    """See Store.suppress_all; each entry is one step."""
    firsts = {_key(entry): place for place, entry in reversed(list(enumerate(entries)))}
    done = table.each(lambda place: _add(table, entries[place]), firsts.values())
    added = {place for place, is_new in zip(firsts.values(), done, strict=True) if is_new}
    return [place in added for place in range(len(entries))]


def remove(table: Table, address: str, organizer: str) -> bool:
    """See Store.readmit."""
    gone = [Delete(places.suppression(address, organizer), THERE), Delete(places.suppressed(organizer, address))]
    return _is_done(table, gone)


def of_some(table: Table, addresses: Iterable[str], organizer: str) -> dict[str, str]:
    """See Store.suppressed; the reason that holds for every organizer goes first."""
    asked = list(addresses)
    found = table.some(places.suppression(address, whose) for address in asked for whose in ("", organizer))
    reasons: dict[str, str] = {}
    for address in asked:
        for whose in (organizer, ""):
            if item := found.get(places.suppression(address, whose)):
                reasons[address] = item["reason"]
    return reasons


def page(table: Table, organizer: str, after: str, limit: int) -> list[Suppression]:
    """See Store.suppressions."""
    listed = islice(table.under(places.suppressed(organizer, ""), after, at_a_time=limit), limit)
    keys = [places.suppression(item["sk"], organizer) for item in listed]
    found = table.some(keys)
    return [_entry(found[key]) for key in keys if key in found]


def of_address(table: Table, address: str, limit: int) -> list[Suppression]:
    """See Store.suppressions_of."""
    return [_entry(item) for item in islice(table.under(places.suppression(address, "")), limit)]


def _add(table: Table, entry: Suppression) -> bool:
    pk, sk = places.suppression(entry.address, entry.organizer)
    list_pk, list_sk = places.suppressed(entry.organizer, entry.address)
    item = {"pk": pk, "sk": sk, "reason": entry.reason, "since": to_micros(entry.since)}
    return _is_done(table, [Put(item, NEW), Put({"pk": list_pk, "sk": list_sk})])


def _is_done(table: Table, steps: Sequence[Step]) -> bool:
    try:
        table.transact(steps)
    except Cancelled:
        return False
    return True


def _key(entry: Suppression) -> tuple[str, str]:
    return places.suppression(entry.address, entry.organizer)


def _entry(item: Item) -> Suppression:
    address, organizer = item["pk"].partition("#")[2], item["sk"].partition("#")[2]
    return Suppression(address, organizer, item["reason"], from_micros(item["since"]))
