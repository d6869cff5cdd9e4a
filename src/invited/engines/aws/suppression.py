"""Addresses that must not be mailed, each in a partition of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from invited.engines.aws import places
from invited.engines.aws.table import NEW, Table
from invited.engines.instants import to_micros


def add(table: Table, address: str, organizer: str, reason: str, now: datetime) -> None:
    """See Store.suppress."""
    pk, sk = places.suppression(address, organizer)
    table.put({"pk": pk, "sk": sk, "reason": reason, "since": to_micros(now)}, NEW)


def remove(table: Table, address: str, organizer: str) -> bool:
    """See Store.readmit."""
    return table.delete(places.suppression(address, organizer)) is not None


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
