"""The best answer of each person who answered without being invited.

Who is a stranger no more leaves an empty item behind: the stream tells of it what it counts, which it would not of an
item that is gone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from invited.domain import statistics
from invited.domain.receipt import Grade, Receipt
from invited.engines.aws import events, places, taken
from invited.engines.aws.answers import receipt as of_row
from invited.engines.aws.answers import row
from invited.engines.aws.table import Item, Table, overtaken

_HERE = "attribute_exists(#answer)"


def record(table: Table, receipt: Receipt) -> bool:
    """See Store.record, of an answer that is not a guest's own."""
    if not events.is_there(table, receipt.event_id):
        return False
    taken.remember(table, receipt)
    for _ in overtaken():
        item = table.get(places.stranger(receipt.event_id, receipt.address))
        standing = _receipt(item)
        if standing and receipt.rank() <= standing.rank():
            return False
        if _write(table, item, standing, receipt, receipt):
            return True
    raise AssertionError


def forget(table: Table, event_id: str, address: str) -> None:
    """Somebody is a stranger no more."""
    for _ in overtaken():
        item = table.get(places.stranger(event_id, address))
        standing = _receipt(item)
        if standing is None or _write(table, item, standing, None, standing):
            return


def replace_all(table: Table, event_id: str, receipts: Iterable[Receipt]) -> None:
    """Let these be all the strangers' answers, each in one step."""
    wanted: dict[str, Receipt] = {}
    for receipt in receipts:
        best = wanted.get(receipt.address)
        wanted[receipt.address] = receipt if best is None or receipt.rank() > best.rank() else best
    for item in table.under(places.stranger(event_id, ""), only=_HERE):
        standing = _receipt(item)
        if standing and standing != wanted.get(standing.address):
            forget(table, event_id, standing.address)
    for receipt in wanted.values():
        record(table, receipt)


def one(table: Table, event_id: str, address: str) -> Receipt | None:
    """See Store.stranger."""
    return _receipt(table.get(places.stranger(event_id, address)))


def page(table: Table, event_id: str, after: str, limit: int) -> list[Receipt]:
    """See Store.strangers."""
    items = islice(table.under(places.stranger(event_id, ""), after, only=_HERE), limit)
    return [receipt for item in items if (receipt := _receipt(item))]


def _write(table: Table, item: Item | None, before: Receipt | None, after: Receipt | None, named: Receipt) -> bool:
    """Put `after` in the place of `before`, of the person whom `named` names; False where others were quicker."""
    pk, sk = places.stranger(named.event_id, named.address)
    version = item["version"] if item else 0
    written: Item = {"pk": pk, "sk": sk, "version": version + 1}
    if after:
        kept = [after.token, after.recurrence_id, row(after)]
        written["answer"] = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    if change := _change(before, after):
        written["counts"] = json.dumps(change)
    return table.put(written, "attribute_not_exists(#pk) OR #version = :version", {"version": version})


def _change(before: Receipt | None, after: Receipt | None) -> Counter[str]:
    change: Counter[str] = Counter()
    for receipt, count in ((before, change.subtract), (after, change.update)):
        if receipt and receipt.grade is Grade.FORWARDED:
            count(statistics.of_stranger())
    return Counter({name: step for name, step in change.items() if step})


def _receipt(item: Item | None) -> Receipt | None:
    if item is None or "answer" not in item:
        return None
    token, recurrence_id, found = json.loads(item["answer"])
    return of_row(item["pk"].partition("#")[2], token, recurrence_id, found)
