"""DNS, as much of it as the check of one sender may use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from time import monotonic
from typing import TypeAlias

import dns.exception
import dns.rdatatype
import dns.resolver

MAX_LOOKUPS = 30
"""Lookups for one mail: SPF alone may need 10 and as many again for each MX or PTR (RFC 7208 §4.6.4)."""

MAX_SECONDS = 15.0
"""Seconds for all lookups of one mail; RFC 7208 §4.6.4 asks for 20 at least of those who can wait."""

LOOKUP_SECONDS = 4.0

Lookup: TypeAlias = Callable[[str, str, float], list[str]]
"""(name, kind, seconds) → the records, [] where there are none; raises DnsTrouble.

`kind` is TXT, A, AAAA, CNAME, MX or PTR. A TXT record is one text with a character per octet (Latin-1), MX
records are the hosts in order of preference.
"""


class DnsTrouble(Exception):
    """Nobody knows: a timeout, a broken server, a name that cannot be."""


def dns_lookup(name: str, kind: str, seconds: float) -> list[str]:
    """The `Lookup` that asks the resolvers of this machine."""
    try:
        answer = _resolver().resolve(name, kind, lifetime=seconds, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError, UnicodeError) as error:
        raise DnsTrouble(f"{kind} of {name}: {error}") from None
    records = list(answer)
    if kind == "MX":
        records.sort(key=lambda record: int(record.preference))
        return [record.exchange.to_text(omit_final_dot=True) for record in records]
    if kind == "TXT":
        return [b"".join(record.strings).decode("latin-1") for record in records]
    return [record.to_text().rstrip(".") for record in records]


@cache
def _resolver() -> dns.resolver.Resolver:
    return dns.resolver.Resolver()


class Inquiry:
    """The lookups for one mail, bounded in number and time."""

    def __init__(self, lookup: Lookup, clock: Callable[[], float] = monotonic) -> None:
        self._lookup = lookup
        self._clock = clock
        self._left = MAX_LOOKUPS
        self._until = clock() + MAX_SECONDS

    def ask(self, name: str, kind: str) -> list[str]:
        """The records; raises DnsTrouble, also once too much was asked."""
        seconds = self._until - self._clock()
        if self._left <= 0 or seconds <= 0:
            raise DnsTrouble("too many lookups for one mail, or they took too long")
        self._left -= 1
        return self._lookup(name, kind, min(seconds, LOOKUP_SECONDS))


def looked_up(lookup: Lookup, name: str, kind: str) -> list[str] | None:
    """What DNS has, within LOOKUP_SECONDS; None where nobody knows."""
    try:
        return lookup(name, kind, LOOKUP_SECONDS)
    except DnsTrouble:
        return None
