"""Pipeline 8, Update: apply the organizer's change and have it relayed to everyone concerned (seeds, steps 8A-8F)."""

from __future__ import annotations

from invited.approvals import submit
from invited.domain.errors import Aside
from invited.domain.event import updated
from invited.intake import submission
from invited.messages import AudienceDue, EventCreated, Message, UpdateArrived
from invited.ports import Engine


def handle(message: UpdateArrived, engine: Engine) -> None:
    """Apply what is new in it, or have it wait. The same again changes nothing, and gets the organizer their links once
    more.
    """
    part = submission(engine, message.mail, message.uid)
    event = engine.store.event_by_origin(message.owner, message.uid)
    if event is None:
        raise Aside("the event is gone")
    waiting = engine.store.pending(event.id)
    changed = updated(waiting.proposed if waiting else event, part.components, message.mail.received)
    if submit(engine, event, waiting, changed, message):
        # Owed even when nothing changed: an earlier try may have stored the change and died before saying so.
        due: Message = AudienceDue(event.id) if changed[0].revision else EventCreated(event.id, message.mail.key)
        engine.queue.publish([due])
