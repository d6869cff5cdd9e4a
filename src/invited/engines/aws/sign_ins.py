"""The links by which people sign in, each good once and until it expires."""

from __future__ import annotations

from datetime import datetime

from invited.engines.aws import places
from invited.engines.aws.table import Table
from invited.engines.aws.times import expiry
from invited.engines.instants import to_micros


def add(table: Table, digest: str, address: str, until: datetime) -> None:
    """See Store.add_sign_in."""
    pk, sk = places.sign_in(digest)
    ends = to_micros(until)
    table.put({"pk": pk, "sk": sk, "address": address, "ends": ends, "expires": expiry(ends)})


def one(table: Table, digest: str, now: datetime) -> str | None:
    """See Store.sign_in."""
    item = table.get(places.sign_in(digest))
    return str(item["address"]) if item and item["ends"] > to_micros(now) else None


def take(table: Table, digest: str, now: datetime) -> str | None:
    """See Store.take_sign_in."""
    item = table.delete(places.sign_in(digest), "#ends > :now", {"now": to_micros(now)})
    return str(item["address"]) if item else None
