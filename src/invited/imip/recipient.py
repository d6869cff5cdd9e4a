"""How an attendee's address stands on the wire: the same in the envelope, in To and in ATTENDEE."""

from __future__ import annotations

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

# RFC 5322's dot-atom at a host name: all that most addresses are.
_PLAIN = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


@lru_cache(maxsize=1024)
def wire_address(address: str) -> str:
    """`address` (normalised) as mail systems take it; raises ValueError where it is none.

    An IDN domain becomes its A-labels, so that every relay takes the mail. A local part that is not ASCII cannot be
    written otherwise (RFC 6531): such an address stays as it is, and its mail needs SMTPUTF8.
    """
    if _PLAIN.fullmatch(address):
        return address
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True, allow_quoted_local=True)
    except EmailNotValidError as error:
        raise ValueError(f"{address!r} is not a mail address: {error}") from None
    return checked.ascii_email or checked.normalized


def mailto(address: str) -> str:
    """The CAL-ADDRESS of a wire address (RFC 5545 §3.3.3, RFC 6068 §2).

    Only what would end or break the URI is percent-encoded. Letters beyond ASCII stay: clients look for their own
    address by comparing text.
    """
    return "mailto:" + (address if _UNESCAPED.fullmatch(address) else address.translate(_ESCAPED))


_UNESCAPED = re.compile(r"[A-Za-z0-9@.!$&'*+/=_~-]+")
_ESCAPED = str.maketrans({c: f"%{ord(c):02X}" for c in ' "#%<>?[\\]^`{|}'})
