"""A newcomer: somebody who holds a guest's invite without being invited, and what the organizer decides about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What was decided."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """`address` answered the copy of the guest with `token`, or was named by them as their delegate (`is_delegate`)."""

    event_id: str
    address: str
    token: str
    is_delegate: bool
    since: datetime
    verdict: Verdict = Verdict.WAITING
