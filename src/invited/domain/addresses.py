"""Mail addresses: which are well-formed, which are the same mailbox, and the token that stands for one in an event."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

# Not only what the whole world can reach is an address: `.test`, `.localhost` and a host of one's own are fine.
SPECIAL_USE_DOMAIN_NAMES.clear()

MAX_ADDRESS = 254
"""Octets of an address, RFC 5321 §4.5.3.1.3 less the angle brackets."""

_LIKE_ADDRESS = re.compile(r"[^\s@<>\"',;:()\[\]{}]+@[^\s@<>\"',;:()\[\]{}]+")

MAX_NAME = 200
"""Characters kept of a person's name."""


def normalised(address: str) -> str:
    """The address as it is stored and compared: `mailto:` taken off, lower-case, domain in Unicode.

    Checked for syntax only (RFC 5321, 6531), not for deliverability; raises ValueError with a reason for a person.
    """
    address = address.strip()
    if address[:7].lower() == "mailto:":
        address = address[7:].strip()
    if len(address.encode("utf-8", "replace")) > MAX_ADDRESS:
        raise ValueError(f"the address is longer than {MAX_ADDRESS} octets")
    try:
        checked = validate_email(
            address, check_deliverability=False, globally_deliverable=False, allow_quoted_local=True
        )
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    return checked.normalized.lower()


def same_mailbox(one: str, other: str) -> bool:
    """Whether two normalised addresses reach the same person by the known rules of plus and Gmail addresses."""
    return one == other or _canonical(one) == _canonical(other)


def _canonical(address: str) -> str:
    local, _, domain = address.rpartition("@")
    local = local.partition("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        return local.replace(".", "") + "@gmail.com"
    return f"{local}@{domain}"


def domain_of(address: str) -> str:
    """What stands after the last @."""
    return address.rpartition("@")[2]


def masked(address: str) -> str:
    """The address for whoever may not see it whole: `j•••@club.example`."""
    return f"{address[:1]}•••@{domain_of(address)}"


def all_masked(text: str) -> str:
    """Any text, with whatever looks like an address in it masked."""
    return _LIKE_ADDRESS.sub(lambda found: masked(found[0]), text)


def clean_name(name: str) -> str:
    """A person's name fit for a header and a calendar: one line, no quotes or control characters, bounded."""
    printable = "".join(c if c.isprintable() and c not in '"<>\\' else " " for c in name)
    return " ".join(printable.split())[:MAX_NAME]


def new_id() -> str:
    """An unguessable id of 16 characters (80 bits) that survives lower- and upper-casing."""
    return _text(secrets.token_bytes(10))


def token(secret: bytes, event_id: str, address: str) -> str:
    """What stands for `address` (normalised) in `event_id`: 16 characters of an HMAC, the same at every call."""
    return _text(hmac.digest(secret, f"{event_id}\n{address}".encode(), hashlib.sha256)[:10])


def _text(raw: bytes) -> str:
    return base64.b32encode(raw).decode().lower()
