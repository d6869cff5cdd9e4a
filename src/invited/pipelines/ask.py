"""Ask the organizer about a change that reaches many people: what changes, for how many, and what they can choose."""

from __future__ import annotations

from invited.domain.errors import Aside
from invited.domain.tidings import of_approval
from invited.hooks import tell
from invited.messages import ApprovalNeeded
from invited.notices import approval_needed, dispatch
from invited.ports import Engine


def handle(message: ApprovalNeeded, engine: Engine) -> None:
    """Mail the question, unless it is answered by now."""
    approval = engine.store.approval(message.approval_id)
    if approval is None or not approval.is_pending:
        raise Aside("nothing waits any more")
    tell(engine, approval.before.organizer, [of_approval(approval)])
    dispatch(engine, approval_needed(engine, approval))
