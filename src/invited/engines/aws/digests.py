"""Which digest of an event was ordered last, and up to when its news were told."""

from __future__ import annotations

from datetime import datetime

from invited.engines.aws import places
from invited.engines.aws.table import Table
from invited.engines.instants import from_micros, to_micros
from invited.ports import Digest


def read(table: Table, event_id: str) -> Digest:
    """See Store.digest."""
    item = table.get(places.digest(event_id)) or {}
    return Digest(_instant(item.get("ordered")), _instant(item.get("told")))


def order(table: Table, event_id: str, due: datetime) -> None:
    """See Store.order_digest."""
    _forward(table, event_id, "ordered", due)


def tell(table: Table, event_id: str, until: datetime) -> None:
    """See Store.tell_digest."""
    _forward(table, event_id, "told", until)


def _forward(table: Table, event_id: str, name: str, at: datetime) -> None:
    condition = f"attribute_not_exists(#{name}) OR #{name} < :at"
    table.update(places.digest(event_id), f"SET #{name} = :at", condition, {"at": to_micros(at)})


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
