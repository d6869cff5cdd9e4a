"""A mail handed on to somebody else, whole: what it says as text, and itself beside that (RFC 2046 §5.2.1)."""

from __future__ import annotations

import hashlib
import re
from binascii import b2a_base64
from datetime import datetime
from email.utils import format_datetime

from invited.domain.addresses import clean_name
from invited.imip.headers import mailbox, unstructured
from invited.imip.recipient import wire_address

MAX_WHOLE = 2_000_000
"""Octets of a mail that is handed on whole; of a larger one only its text goes on."""

_BREAK = re.compile(rb"\r\n|\r|\n")
_LINE = 998
"""Octets of a line that any server takes, RFC 5321 §4.5.3.1.6."""


def forward(
    raw: bytes,
    *,
    text: str,
    subject: str,
    sender: tuple[str, str],
    reply_to: str,
    to: str,
    message_id: str,
    date: datetime,
) -> bytes:
    """The mail `raw` with `text` before it, CRLF throughout. `sender` is a display name and our own address.

    Marked automatic, so that no answering machine and no server of ours answers it.
    """
    boundary = f"=_forwarded_{hashlib.sha256(raw).hexdigest()[:32]}"
    name, address = sender
    head = b"".join(
        (
            mailbox("From", clean_name(name), wire_address(address)),
            mailbox("To", "", wire_address(to)),
            mailbox("Reply-To", "", wire_address(reply_to)),
            unstructured("Subject", subject),
            f"Date: {format_datetime(date)}\r\nMessage-ID: {message_id}\r\nMIME-Version: 1.0\r\n".encode(),
            b"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n",
            f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode(),
        )
    )
    words = "\r\n".join([*text.splitlines(), ""]).encode("utf-8", "replace")
    parts = [_part(boundary, "text/plain; charset=UTF-8", "base64", _base64(words))]
    if len(raw) <= MAX_WHOLE:
        parts.append(_whole(boundary, raw))
    return b"".join((head, *parts, f"--{boundary}--\r\n".encode()))


def _whole(boundary: str, raw: bytes) -> bytes:
    """As a mail inside the mail, which may not be encoded; where its lines forbid that, as a file."""
    lines = _BREAK.split(raw)
    if b"\0" in raw or max(map(len, lines)) > _LINE:
        name = 'application/octet-stream; name="message.eml"'
        return _part(boundary, name, "base64", _base64(raw))
    encoding = "7bit" if raw.isascii() else "8bit"
    return _part(boundary, "message/rfc822", encoding, b"\r\n".join([*lines, b""]))


def _part(boundary: str, content_type: str, encoding: str, content: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + content


def _base64(octets: bytes) -> bytes:
    flat = b2a_base64(octets, newline=False)
    return b"".join(flat[i : i + 76] + b"\r\n" for i in range(0, len(flat), 76))
