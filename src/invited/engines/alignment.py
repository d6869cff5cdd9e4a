"""Identifier alignment, RFC 7489 §3.1, in its relaxed form: two domains that belong to one organization."""

from __future__ import annotations

from functools import cache

from publicsuffixlist import PublicSuffixList

from invited.domain.mailboxes import ascii_domain


def is_aligned(one: str, other: str) -> bool:
    """Whether two domains are the same, or have the same organizational domain (RFC 7489 §3.2)."""
    one, other = ascii_domain(one), ascii_domain(other)
    if not one or not other:
        return False
    return one == other or _organization(one) == _organization(other) is not None


def _organization(domain: str) -> str | None:
    found: str | None = _suffixes().privatesuffix(domain)
    return found


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
