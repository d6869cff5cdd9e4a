"""What the door hands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail for one of our mailboxes, named as in `messages.Mail`.

    `mailbox` is "create", "rsvp", "list" or "report", `recipient` the whole address as it was given and `domain` ours.
    `envelope_from` is "" for the null sender, `peer` the client's IP address and `helo` what it called itself.
    """

    mailbox: str
    recipient: str
    domain: str
    envelope_from: str
    peer: str
    helo: str


class Accept(Protocol):
    """Where the door takes mail to."""

    async def __call__(self, mail_raw: bytes, envelopes: Sequence[Arrival], /) -> None:
        """Make the mail durable for every one of `envelopes` (at least one) before returning; raises Temporary."""
