"""Remind those who have not answered, first half: find them, page by page."""

from __future__ import annotations

from invited.domain.audience import no_reminder
from invited.domain.errors import Aside
from invited.messages import Message, NudgeDue, NudgeRequested
from invited.ports import Engine

PAGE = 1_000
"""Invitations looked at per message; doing a page again reminds nobody twice."""

BATCH = 25
"""Reminders of one message: few enough to be sent while their claims last, even by a slow relay."""


def handle(message: NudgeRequested, engine: Engine) -> None:
    """Order the reminders of one page, and the next page, in one step."""
    event = engine.store.event(message.event_id)
    if event is None or event.is_cancelled:
        raise Aside("there is nothing to be reminded of")
    page = engine.store.invitations(event.id, after=message.after, limit=PAGE)
    now, limit = engine.now(), engine.settings.nudge_limit
    tokens = [invitation.token for invitation in page if no_reminder(invitation, limit, now) is None]
    due: list[Message] = [
        NudgeDue(event.id, tuple(tokens[start : start + BATCH])) for start in range(0, len(tokens), BATCH)
    ]
    if len(page) == PAGE:
        due.append(NudgeRequested(event.id, page[-1].token))
    engine.queue.publish(due)
