"""The figures of one recipient domain, and which of them tell that no invite is seen there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from invited.domain.statistics import ANSWERS, WENT_OUT

ALARM = 10
"""Delivered mails without a single answer from which on a domain is called silent."""


@dataclass(frozen=True, slots=True)
class Recipients:
    """The invitations of everybody at `domain`; as in Statistics, which they add up to."""

    domain: str
    invitations: int = 0
    sent: int = 0
    failed: int = 0
    bounced: int = 0
    complained: int = 0
    dropped: int = 0
    accepted: int = 0
    declined: int = 0
    tentative: int = 0

    @property
    def queued(self) -> int:
        """Those to whom nothing was sent yet."""
        return self.invitations - self.sent - self.failed - self.dropped

    @property
    def delivered(self) -> int:
        """Sent, and not come back."""
        return self.sent - self.bounced

    @property
    def answered(self) -> int:
        """Those with a present answer to the whole event."""
        return self.accepted + self.declined + self.tentative

    @property
    def is_silent(self) -> bool:
        """Whether mail is taken there and nobody answers: a client or a filter may keep the invites from people."""
        return self.delivered >= ALARM and not self.answered


def read(domain: str, counters: Mapping[str, int]) -> Recipients:
    """The figures that the kept `counters` of a domain, by what they count, amount to."""
    plain = {name: counters.get(name, 0) for name in ("invitations", "failed", "bounced", "complained", "dropped")}
    answers = {name: counters.get(name, 0) for name in ANSWERS.values()}
    return Recipients(domain, sent=sum(counters.get(state, 0) for state in WENT_OUT), **plain, **answers)
