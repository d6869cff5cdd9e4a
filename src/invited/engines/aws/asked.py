"""Requests that may be repeated: what each asked for, who is at it, and what it was answered."""

from __future__ import annotations

from datetime import datetime

from invited.engines.aws import places
from invited.engines.aws.table import THERE, Table, overtaken
from invited.engines.aws.times import expiry
from invited.engines.instants import after, to_micros
from invited.ports import Asked

_IS_OVER = "attribute_not_exists(#pk) OR #ends <= :now"
_IS_FREE = "#fingerprint = :fingerprint AND #answer = :none AND #leased <= :now"


def ask(table: Table, name: str, fingerprint: str, *, now: datetime, lease: float, keep: float) -> Asked | None:
    """See Store.ask."""
    key = places.asked(name)
    ends, instant, until = after(now, keep), to_micros(now), after(now, lease)
    fresh = {"pk": key[0], "sk": key[1], "fingerprint": fingerprint, "answer": "", "leased": until}
    again = {"fingerprint": fingerprint, "none": "", "now": instant, "until": until}
    for _ in overtaken():
        if table.put(fresh | {"ends": ends, "expires": expiry(ends)}, _IS_OVER, {"now": instant}):
            return None
        if table.update(key, "SET #leased = :until", _IS_FREE, again):
            return None
        if item := table.get(key):
            return Asked(item["fingerprint"], item["answer"])
    raise AssertionError


def answer(table: Table, name: str, text: str) -> None:
    """See Store.answer."""
    table.update(places.asked(name), "SET #answer = :text, #leased = :free", THERE, {"text": text, "free": 0})
