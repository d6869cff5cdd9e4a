"""DKIM, RFC 6376: whether a signature of the sender's organization holds. The arithmetic is dkimpy's.

dkimpy is used for what it does right. What it lets pass and we do not: `l=` (text may be appended), rsa-sha1 (RFC
8301), a signature that does not cover From, one that had expired when the mail came, and input made to keep it busy.
"""

from __future__ import annotations

import logging
import re
from datetime import datetime

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from invited.engines.alignment import is_aligned
from invited.engines.lookup import Inquiry

MAX_SIGNATURES = 5
"""Aligned signatures that are tried; a mail has two or three."""

_MAX_OCTETS = 4_000  # of a signature field
_MAX_KEY = 1_000  # octets of a key record: RSA of 4096 bits has 750
_MAX_SPACE = re.compile(rb"\s{50}")  # dkimpy's patterns take the square of it
_ALGORITHMS = (b"rsa-sha256", b"ed25519-sha256")
_KEY = re.compile(r"\bp\s*=")
_BLANKS = re.compile(rb"[ \t]+")
_SILENT = logging.getLogger("invited.dkim")  # it would log what strangers wrote
_SILENT.disabled = True


def is_signed(raw: bytes, domain: str, received: datetime, inquiry: Inquiry) -> bool:
    """Whether a valid signature of `domain`'s organization stood in the mail when it was `received`. Never raises."""
    try:
        mail = dkim.DKIM(raw, logger=_SILENT)
    except (dkim.DKIMException, IndexError):
        return False
    signatures = [value for name, value in mail.headers if name.lower() == b"dkim-signature"]
    fit = [i for i, value in enumerate(signatures) if _is_fit(value, domain, received)]
    return any(_holds(mail, i, signatures[i], inquiry) for i in fit[:MAX_SIGNATURES])


def _is_fit(value: bytes, domain: str, received: datetime) -> bool:
    """Whether it is worth checking: aligned, in date, over the From and the whole body."""
    if len(value) > _MAX_OCTETS or _MAX_SPACE.search(value):
        return False
    try:
        tags = parse_tag_value(value)
        signed = [name.strip().lower() for name in tags[b"h"].split(b":")]
        return (
            is_aligned(tags[b"d"].decode(), domain)
            and tags[b"a"] in _ALGORITHMS
            and b"l" not in tags
            and b"from" in signed
            and int(tags.get(b"x", b"99999999999")) >= received.timestamp()
        )
    except (InvalidTagValueList, KeyError, ValueError):
        return False


def _holds(mail: dkim.DKIM, index: int, signature: bytes, inquiry: Inquiry) -> bool:
    body = mail.body
    try:
        if _is_relaxed(signature):
            mail.body = _relaxed(body)
        return bool(mail.verify(index, dnsfunc=lambda name, **_: _key(name, inquiry)))
    except Exception:  # noqa: BLE001 - hostile keys and signatures raise anything; whatever it is, it does not hold
        return False
    finally:
        mail.body = body


def _is_relaxed(signature: bytes) -> bool:
    return bool(parse_tag_value(signature).get(b"c", b"").endswith(b"/relaxed"))


def _relaxed(body: bytes) -> bytes:
    """The body in canonical form but for its last lines: dkimpy makes nothing more of it, and takes no square time."""
    return b"\r\n".join(_BLANKS.sub(b" ", line.rstrip(b" \t")) for line in body.split(b"\r\n"))


def _key(name: bytes, inquiry: Inquiry) -> bytes | None:
    """The public key; other records under the same name are left out, as is one too long to be honest."""
    records = [record for record in inquiry.ask(name.decode("ascii").rstrip("."), "TXT") if _KEY.search(record)]
    if len(records) != 1 or len(records[0]) > _MAX_KEY:
        return None
    return records[0].encode("latin-1")
