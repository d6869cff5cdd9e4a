"""What may go after DATA as it is (RFC 5321 §4.5.2): line ends are CRLF, and no line begins with a dot."""

from __future__ import annotations


def is_transparent(octets: bytes) -> bool:
    """Whether a mail, or a piece of one, needs no change to go after DATA, whatever such pieces stand around it."""
    if not octets.count(b"\n") == octets.count(b"\r") == octets.count(b"\r\n"):
        return False
    return b"\n." not in octets and not octets.startswith(b".")
