"""Drop a change that nobody decided on in time, and tell its organizer so."""

from __future__ import annotations

from dataclasses import replace

from invited.domain.approval import ApprovalState
from invited.domain.errors import Aside
from invited.messages import ApprovalExpires
from invited.notices import approval_expired, dispatch
from invited.ports import Engine


def handle(message: ApprovalExpires, engine: Engine) -> None:
    """Settle first, so that what is approved this very moment is not called dropped; then the notice is owed."""
    approval = engine.store.approval(message.approval_id)
    if approval is None:
        raise Aside("no such change")
    left = (approval.expires - engine.now()).total_seconds()
    if approval.is_pending and left > 0:
        engine.queue.publish([message], left)
        return
    if approval.is_pending:
        approval = replace(approval, state=ApprovalState.EXPIRED)
        if not engine.store.settle(approval):
            raise Aside("somebody has decided just now")
    if approval.state is not ApprovalState.EXPIRED:
        raise Aside(f"the change is {approval.state}")
    dispatch(engine, approval_expired(engine, approval))
