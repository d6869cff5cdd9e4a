"""An invitation: one event and one attendee, with a token, an origin and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Partstat(StrEnum):
    """An attendee's answer, RFC 5545 §3.2.12."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"
    DELEGATED = "DELEGATED"
    """Somebody else is sent instead; counted as no answer, for whether that one comes is theirs to say."""


class State(StrEnum):
    """How far the mail came."""

    QUEUED = "queued"
    SENT = "sent"
    """Accepted by the relay."""
    FAILED = "failed"
    """Refused for good by the relay, or not to be mailed any more; a later update is not tried."""
    RETURNED = "returned"
    """The latest mail did not arrive, for a reason that may pass: the mailbox is full, a server was away. Whatever else
    there is to tell is sent; until then the attendee may hold what `sent_revision` says, or nothing."""
    BOUNCED = "bounced"
    """Returned by the attendee's own server, and the address is no good."""
    WITHDRAWN = "withdrawn"
    """Taken back from this attendee alone, who wants no more mail or was uninvited; final."""
    COMPLAINED = "complained"
    """Delivered, and called unwanted by the attendee."""
    DROPPED = "dropped"
    """Never sent: the event was cancelled first."""


UNCLAIMED = frozenset({State.RETURNED, State.BOUNCED, State.COMPLAINED, State.WITHDRAWN})
"""What is told of a mail that was already sent."""

FINAL = UNCLAIMED - {State.RETURNED} | {State.FAILED}
"""Nothing is mailed to this attendee any more."""

HOLDING = frozenset({State.SENT, State.RETURNED})
"""Who was sent a copy and can be sent another."""


UNSUBSCRIBED = "unsubscribed"
TAKEN_BACK = "taken back by the organizer"
"""Why an invitation was withdrawn."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """One attendee of one event.

    `token` stands for the normalised `address` in the event; `origin` is the channel it came by and `job` the send.
    `sent_revision` and `sent_sequence` say which version of the event the attendee holds, -1 for none.
    `partstat` is the present answer to the whole event, given to `answered_sequence`, -1 for none. `parts` is the most
    willing of the answers to single occurrences (see `most_willing`). `nudges` counts the reminders.
    """

    event_id: str
    token: str
    address: str
    name: str
    origin: str
    job: str
    created: datetime
    state: State = State.QUEUED
    reason: str = ""
    sent_revision: int = -1
    sent_sequence: int = -1
    sent: datetime | None = None
    partstat: Partstat = Partstat.NEEDS_ACTION
    answered_sequence: int = -1
    parts: Partstat = Partstat.NEEDS_ACTION
    nudges: int = 0

    def standing(self, sequence: int) -> Partstat:
        """The answer that still stands for the event at `sequence`; a reschedule asks again (RFC 5546 §3.2.2.1)."""
        return self.partstat if self.answered_sequence >= sequence else Partstat.NEEDS_ACTION


def most_willing(answers: Iterable[Partstat]) -> Partstat:
    """The one of several answers that matters to an organizer who asks who will come: yes before maybe before no."""
    order = (Partstat.NEEDS_ACTION, Partstat.DELEGATED, Partstat.DECLINED, Partstat.TENTATIVE, Partstat.ACCEPTED)
    return max(answers, key=order.index, default=Partstat.NEEDS_ACTION)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one mail: the attendee's copy of `revision` (at `sequence`) reached `state` at `at`. `mail` is the
    archive's key of the mail that says so, "" where none does.
    """

    token: str
    revision: int
    sequence: int
    state: State
    at: datetime
    reason: str = ""
    mail: str = ""


def delivered(before: Invitation, delivery: Delivery) -> Invitation | None:
    """How an invitation that stood as `before` stands after `delivery`; None where that changes nothing, as
    ports.Store.mark says.
    """
    if before.state in FINAL or delivery.state is State.QUEUED:
        return None
    least = before.sent_revision + (delivery.state not in UNCLAIMED)
    if delivery.revision < least or (delivery.state in UNCLAIMED and delivery.state is before.state):
        return None
    told = replace(before, state=delivery.state, reason=delivery.reason)
    if delivery.state is not State.SENT:
        return told
    return replace(told, sent_revision=delivery.revision, sent_sequence=delivery.sequence, sent=delivery.at)
