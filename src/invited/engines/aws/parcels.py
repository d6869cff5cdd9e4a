"""A message on its way through SNS and SQS: a short body of ASCII, and beside it what it is, to be filtered by.

A body that is too long for one waits in the bucket, and the parcel says where.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from invited import messages
from invited.engines.aws.objects import Objects
from invited.messages import Message

MAX_BODY = 200_000
"""Octets of a body at most; SNS takes 256 KB with everything beside it, of a whole batch."""

_STORED = "messages/"


@dataclass(frozen=True, slots=True)
class Parcel:
    """`kind` is the message's type, `correlation` the id under which all that comes of one mail is logged. `body` is
    its JSON, or with `is_stored` the key of the object that has it. `published` says when, in ISO 8601.
    """

    kind: str
    body: str
    correlation: str = ""
    is_stored: bool = False
    published: str = ""

    @property
    def size(self) -> int:
        """About how many octets it is to SNS and SQS."""
        return len(self.body) + 300

    def attributes(self) -> dict[str, dict[str, str]]:
        """The message attributes, as SNS and SQS take them."""
        stored = "yes" if self.is_stored else ""
        told = {"kind": self.kind, "correlation": self.correlation, "stored": stored, "published": self.published}
        return attributes(told)


def attributes(told: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What is told beside a body, without what is "", as SNS and SQS take it."""
    return {name: {"DataType": "String", "StringValue": value} for name, value in told.items() if value}


def packed(objects: Objects, message: Message, correlation: str, now: datetime) -> Parcel:
    """The parcel of a message that is published now; a large one is put into the bucket first. Raises Temporary."""
    # SQS refuses some characters of Unicode; escaped, they are none.
    body = json.dumps(json.loads(messages.to_json(message)), separators=(",", ":"))
    kind = type(message).__name__
    if len(body) <= MAX_BODY:
        return Parcel(kind, body, correlation, published=now.isoformat())
    key = f"{_STORED}{secrets.token_hex(16)}"
    objects.put(key, body.encode())
    return Parcel(kind, key, correlation, is_stored=True, published=now.isoformat())


def attributes_of(record: Mapping[str, Any]) -> dict[str, str]:
    """The message attributes of a record that Lambda was handed from SQS."""
    return {name: told["stringValue"] for name, told in record["messageAttributes"].items() if "stringValue" in told}


def received(record: Mapping[str, Any]) -> Parcel:
    """The parcel in a record that Lambda was handed from SQS."""
    told = attributes_of(record)
    kind, correlation, published = (told.get(name, "") for name in ("kind", "correlation", "published"))
    return Parcel(kind, record["body"], correlation, is_stored="stored" in told, published=published)


def unpacked(objects: Objects, parcel: Parcel) -> Message:
    """The message of a parcel; raises KeyError or ValueError where it is none, or its object is gone; Temporary."""
    body = objects.get(parcel.body).decode() if parcel.is_stored else parcel.body
    return messages.from_json(parcel.kind, body)
