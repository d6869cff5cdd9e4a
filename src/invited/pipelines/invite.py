"""Pipeline 5, Send, first half: put people on an event's guest list and order their invites (seeds, steps 5A-5C)."""

from __future__ import annotations

from invited.admission import admit, people_added
from invited.domain.errors import Aside
from invited.hooks import tell
from invited.messages import LimitMet, SendRequested, deliveries
from invited.ports import Engine
from invited.terms import invitation_limit


def handle(message: SendRequested, engine: Engine) -> None:
    """Admit whom we may and order their deliveries; whoever asked was told the counts already."""
    event = engine.store.event(message.event_id)
    if event is None:
        raise Aside("the event is gone")
    admission = admit(engine, event, message)
    tell(engine, event.organizer, people_added(engine, event, message, admission))
    messages = deliveries(event.id, admission.added)
    if admission.over:
        limit = invitation_limit(engine, event.organizer)
        subject = event.head.summary
        over = len(admission.over)
        messages.append(LimitMet(event.organizer, event.domain, "invitation", limit, subject, event.id, over))
    engine.queue.publish(messages)
