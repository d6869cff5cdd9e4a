"""Pipeline 8, Update: apply the organizer's change and have it relayed to everyone concerned (seeds, steps 8A-8F)."""

from __future__ import annotations

from invited.domain.errors import Aside
from invited.domain.event import updated
from invited.intake import submission
from invited.messages import AudienceDue, EventCreated, Message, UpdateArrived
from invited.ports import Engine


def handle(message: UpdateArrived, engine: Engine) -> None:
    """Apply what is new in it. The same again changes nothing, and gets the organizer their links once more."""
    part = submission(engine, message.mail, message.uid)
    event = engine.store.event_by_origin(message.owner, message.uid)
    if event is None:
        raise Aside("the event is gone")
    after, _ = updated(event, part.components, message.mail.received)
    if after != event:
        engine.store.replace_event(after, event.revision)
    # Owed even when nothing changed: an earlier try may have stored the change and died before saying so.
    due: Message = (
        AudienceDue(event.id) if after.revision else EventCreated(event.id, message.mail.key, part.assumed_zone)
    )
    engine.queue.publish([due])
