"""The steps of one invitation's life, in the order in which they happened, and the mail behind each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from invited.domain.invitation import Delivery, State
from invited.domain.receipt import Receipt


class Kind(StrEnum):
    """What happened."""

    QUEUED = "queued"
    """They were invited."""
    SENT = "sent"
    """The relay took a version of the event."""
    REMINDED = "reminded"
    """The relay took the invite once more."""
    DEFERRED = "deferred"
    """The relay put a mail off; told once for each reason and version."""
    FAILED = "failed"
    DROPPED = "dropped"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    WITHDRAWN = "withdrawn"
    ANSWERED = "answered"


OUTGOING = frozenset({Kind.SENT, Kind.REMINDED, Kind.WITHDRAWN})
"""The steps whose mail is ours."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of them. `revision` and `sequence` say which version of the event a mail of ours brought, -1 for none.

    `mail` is the archive's key of the mail that came in: the answer, what came back, or the complaint. `receipt` is the
    answer as it was recorded, whether or not it is the one that counts.
    """

    kind: Kind
    at: datetime
    revision: int = -1
    sequence: int = -1
    reason: str = ""
    mail: str = ""
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """The steps of one invitation. `is_whole`: none was left out because there were too many."""

    steps: tuple[Step, ...]
    is_whole: bool = True


def of_delivery(delivery: Delivery) -> Step:
    """The step that a delivery is; put off, it is still queued."""
    kind = Kind.DEFERRED if delivery.state is State.QUEUED else Kind(delivery.state)
    return Step(kind, delivery.at, delivery.revision, delivery.sequence, delivery.reason, delivery.mail)


def of_reminder(delivery: Delivery) -> Step:
    """The step that a reminder is."""
    kind = Kind.REMINDED if delivery.state is State.SENT else Kind.FAILED
    return Step(kind, delivery.at, delivery.revision, delivery.sequence, delivery.reason)


def of_receipt(receipt: Receipt) -> Step:
    """The step that an answer is."""
    return Step(Kind.ANSWERED, receipt.arrived, mail=receipt.mail, receipt=receipt)


def repeats(last: Step | None, step: Step) -> bool:
    """Whether `step` says of a deferral what the `last` one said."""
    return last is not None and (last.kind, last.revision, last.reason) == (step.kind, step.revision, step.reason)
