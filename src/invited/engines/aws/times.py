"""When DynamoDB may throw an item away: `expires`, in whole seconds since 1970, as its time to live wants it.

It does so within days, so that nobody may rely on it: whoever reads such an item looks at its own instant.
"""

from __future__ import annotations


def expiry(micros: int) -> int:
    """The second after an instant of so many microseconds since 1970."""
    return micros // 1_000_000 + 1
