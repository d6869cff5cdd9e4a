"""The Received field that the door puts on top, RFC 5321 §4.4: whence a mail came, and how often it has travelled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

MAX_HOPS = 100
"""Received fields after which a mail goes in circles, RFC 5321 §6.3."""

_HOP = re.compile(rb"^received[ \t]*:", re.IGNORECASE | re.MULTILINE)
_UNSAFE = re.compile(r"[^A-Za-z0-9._:\[\]-]")


@dataclass(frozen=True, slots=True)
class Hop:
    """How one mail came: `peer` is an IP address, `helo` is clean, `protocol` as in RFC 3848, `at` is aware."""

    id: str
    peer: str
    helo: str
    host: str
    protocol: str
    at: datetime


def clean_helo(name: str) -> str:
    """What a client calls itself, fit for a header: it may have sent anything."""
    return _UNSAFE.sub("?", name)[:255]


def received(hop: Hop) -> bytes:
    """The field, folded, with the CRLF that ends it."""
    peer = f"IPv6:{hop.peer}" if ":" in hop.peer else hop.peer
    return (
        f"Received: from {hop.helo} ([{peer}])\r\n"
        f"\tby {hop.host} with {hop.protocol} id {hop.id};\r\n"
        f"\t{format_datetime(hop.at)}\r\n"
    ).encode("ascii")


def is_looping(raw: bytes) -> bool:
    """Whether a mail has been received so often that it must be going in circles."""
    head = raw.partition(b"\r\n\r\n")[0]
    return len(_HOP.findall(head)) > MAX_HOPS
