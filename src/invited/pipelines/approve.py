"""Do with a change that waits what its organizer chose: apply it, apply it quietly, or drop it."""

from __future__ import annotations

from invited.domain.approval import Approval, ApprovalState, decided
from invited.domain.errors import Aside
from invited.messages import ApprovalGiven, AudienceDue
from invited.ports import Engine

APPLIED = (ApprovalState.APPLIED, ApprovalState.QUIET)


def handle(message: ApprovalGiven, engine: Engine) -> None:
    """Of two clicks the first decides: event and approval change in one step. The audience is owed in any case, for an
    earlier try may have died before saying so.
    """
    approval = engine.store.approval(message.approval_id)
    if approval is None:
        raise Aside("no such change")
    if approval.is_pending:
        approval = _decide(approval, message, engine)
    if approval.state in APPLIED:
        engine.queue.publish([AudienceDue(approval.event_id)])


def _decide(approval: Approval, message: ApprovalGiven, engine: Engine) -> Approval:
    try:
        settled, event = decided(approval, message.choice, engine.now())
    except ValueError as reason:
        raise Aside(str(reason)) from None
    if event is not None:
        engine.store.replace_event(event, approval.expected_revision, settled)
    elif not engine.store.settle(settled):
        raise Aside("somebody has decided already")
    return settled
