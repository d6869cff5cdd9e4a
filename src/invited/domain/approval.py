"""A change that waits: it would reach more people than the organizer may mail unasked, so they decide on it first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from invited.domain.event import Change, Event, Status


class Choice(StrEnum):
    """What the organizer can make of a change that waits."""

    APPROVE = "approve"
    """Apply it: who is concerned is told, and asked again where the change is significant."""
    QUIET = "quiet"
    """Apply it as a text fix: who is concerned gets the new version at the SEQUENCE they have, each answer stands."""
    DISCARD = "discard"
    """Leave the event as it is; the organizer's own calendar shows another plan until they change it again."""


class ApprovalState(StrEnum):
    """What became of it; only PENDING ever turns into another."""

    PENDING = "pending"
    APPLIED = "applied"
    QUIET = "quiet"
    """Applied as a text fix."""
    DISCARDED = "discarded"
    EXPIRED = "expired"
    """Nobody decided in time: as if discarded."""
    SUPERSEDED = "superseded"
    """The organizer changed the event again: that change contains this one."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One change of one event that waits for, or got, its organizer's word.

    `before` is the event as everybody knows it and `proposed` as it would be, one revision later; `change` is what
    that means and `reach` how many people would hear of it. `mail` is the archive key it came by. An event has one
    pending change at most: a newer mail is applied on top of `proposed` and supersedes it.
    """

    id: str
    before: Event
    proposed: Event
    change: Change
    reach: int
    mail: str
    created: datetime
    expires: datetime
    state: ApprovalState = ApprovalState.PENDING

    @property
    def event_id(self) -> str:
        """The event it is about."""
        return self.before.id

    @property
    def expected_revision(self) -> int:
        """The revision that the event must still have for this to be applied."""
        return self.before.revision

    @property
    def is_pending(self) -> bool:
        """Whether it still waits."""
        return self.state is ApprovalState.PENDING

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be chosen. A text fix is quiet by itself. What is called off or takes place again cannot be quiet:
        calendars heed that at a higher SEQUENCE alone (RFC 5546 §3.2.5).
        """
        is_quietable = self.change is Change.SIGNIFICANT and _called_off(self.before) == _called_off(self.proposed)
        return (Choice.APPROVE, Choice.QUIET, Choice.DISCARD) if is_quietable else (Choice.APPROVE, Choice.DISCARD)


def _called_off(event: Event) -> set[datetime | None]:
    return {component.key() for component in event.components if component.status is Status.CANCELLED}


def decided(approval: Approval, choice: Choice, now: datetime) -> tuple[Approval, Event | None]:
    """The approval after `choice`, and the event to store with it: None where it stays. Raises ValueError for a choice
    that is not offered.

    Quiet means: the content of `proposed` at the SEQUENCE of `before`, so that every answer still stands for it.
    """
    if choice not in approval.choices:
        raise ValueError(f"{choice} is not offered for this change")
    match choice:
        case Choice.APPROVE:
            return replace(approval, state=ApprovalState.APPLIED), replace(approval.proposed, changed=now)
        case Choice.QUIET:
            stands = approval.before
            event = replace(approval.proposed, changed=now, sequence=stands.sequence, asked=stands.asked)
            return replace(approval, state=ApprovalState.QUIET), event
        case Choice.DISCARD:
            return replace(approval, state=ApprovalState.DISCARDED), None
