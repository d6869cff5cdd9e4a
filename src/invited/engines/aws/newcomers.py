"""Who came by a forwarded invite, and what was decided about them."""

from __future__ import annotations

from itertools import islice

from invited.domain.newcomer import Newcomer, Verdict
from invited.engines.aws import events, places
from invited.engines.aws.table import NEW, THERE, Item, Table
from invited.engines.instants import from_micros, to_micros


def add(table: Table, newcomer: Newcomer) -> bool:
    """See Store.add_newcomer."""
    pk, sk = places.newcomer(newcomer.event_id, newcomer.address)
    item = {
        "pk": pk,
        "sk": sk,
        "token": newcomer.token,
        "delegate": newcomer.is_delegate,
        "since": to_micros(newcomer.since),
        "verdict": newcomer.verdict,
    }
    return events.is_there(table, newcomer.event_id) and table.put(item, NEW)


def one(table: Table, event_id: str, address: str) -> Newcomer | None:
    """See Store.newcomer."""
    item = table.get(places.newcomer(event_id, address))
    return _newcomer(item) if item else None


def page(table: Table, event_id: str, after: str, limit: int) -> list[Newcomer]:
    """See Store.newcomers."""
    items = table.under(places.newcomer(event_id, ""), after, at_a_time=limit)
    return [_newcomer(item) for item in islice(items, limit)]


def judge(table: Table, event_id: str, address: str, verdict: Verdict) -> bool:
    """See Store.judge."""
    values = {"verdict": verdict}
    return table.update(places.newcomer(event_id, address), "SET #verdict = :verdict", THERE, values) is not None


def _newcomer(item: Item) -> Newcomer:
    event_id, address = item["pk"].partition("#")[2], item["sk"].partition("#")[2]
    since = from_micros(item["since"])
    return Newcomer(event_id, address, item["token"], bool(item["delegate"]), since, Verdict(item["verdict"]))
