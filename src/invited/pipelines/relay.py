"""Pipelines 7 and 8, the fan-out: find who is concerned by a change, page by page (seeds, steps 7D-7E and 8D-8E)."""

from __future__ import annotations

from invited.domain.audience import is_concerned
from invited.domain.errors import Aside
from invited.domain.event import Event
from invited.domain.invitation import Invitation, State
from invited.domain.job import STOPPED
from invited.domain.tidings import of_event
from invited.hooks import tell
from invited.messages import AudienceDue, deliveries
from invited.ports import Engine

PAGE = 1000
"""Invitations looked at per message: a page is done again whole after a crash, which its claims make harmless."""


def handle(message: AudienceDue, engine: Engine) -> None:
    """Order the deliveries of one page, and the next page, in one step."""
    event = engine.store.event(message.event_id)
    if event is None:
        raise Aside("the event is gone")
    if not message.after and event.revision:
        tell(engine, event.organizer, [of_event(event)])
    page = engine.store.invitations(event.id, after=message.after, limit=PAGE)
    due = [i.token for i in page if _is_owed(i, event, engine)]
    messages = deliveries(event.id, due)
    if len(page) == PAGE:
        messages.append(AudienceDue(event.id, page[-1].token))
    engine.queue.publish(messages)


def _is_owed(invitation: Invitation, event: Event, engine: Engine) -> bool:
    if invitation.sent_revision >= event.revision:
        return False
    if invitation.state is State.DROPPED:
        return not event.is_cancelled and invitation.reason != STOPPED
    return is_concerned(invitation, event.audience or engine.settings.update_audience)
