"""Addresses that must not be mailed, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from invited.domain.visitor import REFUSED


class Cause(StrEnum):
    """How somebody came to be suppressed; OTHER is what an operator wrote or imported."""

    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    OTHER = "other"


MEANING = {
    Cause.UNSUBSCRIBED: "They asked for no more mail. To mail them again without their own wish is against the law in "
    "many places, and mail programs count it as abuse.",
    Cause.COMPLAINED: "They called our mail unwanted. To mail them again without their own wish may get all mail of "
    "this server refused by their provider.",
}
"""What it means to mail somebody again who does not want it: that takes a word of their own, and saying so."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address (normalised) that is not mailed for this organizer's events, "" for anybody's."""

    address: str
    organizer: str
    reason: str
    since: datetime

    @property
    def kind(self) -> Cause:
        """What its reason begins with."""
        if self.reason == REFUSED:
            return Cause.UNSUBSCRIBED
        word = self.reason.partition(":")[0]
        return Cause(word) if word in tuple(Cause) else Cause.OTHER
