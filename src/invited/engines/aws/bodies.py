"""Events as the table holds them: JSON, packed, since an item may have 400 KB and a description may be long."""

from __future__ import annotations

import zlib
from typing import TypeVar

from pydantic import TypeAdapter

from invited.domain.errors import Refused

MAX_PACKED = 190_000
"""Octets of one packed event. An approval holds two of them, and DynamoDB's limit of an item is 400 KB."""

T = TypeVar("T")


def packed(adapter: TypeAdapter[T], thing: T, events: int = 1) -> bytes:
    """`thing`, which holds so many events; raises Refused where they are too large."""
    body = zlib.compress(adapter.dump_json(thing))
    if len(body) > MAX_PACKED * events:
        raise Refused(
            "The event is larger than can be kept here.",
            "Shorten its description, or put what is long into a document and link to it.",
        )
    return body


def unpacked(adapter: TypeAdapter[T], body: bytes) -> T:
    """What was packed."""
    return adapter.validate_json(zlib.decompress(body))
