"""A calendar object as the mail that would have brought it, for what comes by our own pages and API (RFC 6047 §2.4)."""

from __future__ import annotations

import hashlib
from binascii import b2a_base64
from datetime import datetime
from email.utils import format_datetime

from invited.imip.headers import mailbox, unstructured


def enclosed(
    calendar: bytes, method: str, *, sender: str, to: str, subject: str, date: datetime, name: str = ""
) -> bytes:
    """The mail of one calendar part, CRLF throughout. `sender` and `to` are wire addresses, `name` is the sender's."""
    flat = b2a_base64(calendar, newline=False)
    identity = hashlib.sha256(b"\n".join((calendar, sender.encode(), date.isoformat().encode()))).hexdigest()[:32]
    return b"".join(
        (
            mailbox("From", name, sender),
            mailbox("To", "", to),
            unstructured("Subject", subject),
            f"Date: {format_datetime(date)}\r\nMessage-ID: <{identity}@{to.rpartition('@')[2]}>\r\n".encode(),
            b"MIME-Version: 1.0\r\n",
            f"Content-Type: text/calendar; method={method}; charset=UTF-8\r\n".encode(),
            b"Content-Transfer-Encoding: base64\r\n\r\n",
            *(flat[at : at + 76] + b"\r\n" for at in range(0, len(flat), 76)),
        )
    )
