"""What it means that a mail of ours came back, or that its reader complained."""

from __future__ import annotations

from enum import StrEnum


class BounceKind(StrEnum):
    """How it went, and with that whether the address may be mailed again."""

    DELAYED = "delayed"
    """Not delivered yet; the server goes on trying."""
    SOFT = "soft"
    """Given up, for a reason that may pass: a full mailbox, a policy, a server that could not be reached."""
    HARD = "hard"
    """Given up, and the address is no good: it is not mailed again."""
    COMPLAINT = "complaint"
    """Delivered, and called unwanted: the address is not mailed again."""
