"""Pipeline 7, Cancel: the organizer calls it off, wholly or in part; those concerned are told (seeds, steps 7A-7F)."""

from __future__ import annotations

from invited.domain.event import cancelled
from invited.intake import cancellation
from invited.messages import AudienceDue, CancelArrived, InviteRefused
from invited.ports import Engine

UNKNOWN = (
    "There is no event of yours that this cancellation belongs to.",
    "Cancel from the same calendar account that created the event; only its organizer can.",
)


def handle(message: CancelArrived, engine: Engine) -> None:
    """Validate UID and sender, mark what is cancelled, and set the relay going."""
    part = cancellation(engine, message.mail, message.uid)
    event = engine.store.event_by_origin(message.owner, message.uid)
    if event is None:
        engine.queue.publish([InviteRefused(message.mail, message.owner, "", *UNKNOWN)])
        return
    keys = {moment.instant() if moment else None: stamp for moment, stamp in part.keys}
    after, _ = cancelled(event, keys, message.mail.received, part.ranges)
    if after != event:
        engine.store.replace_event(after, event.revision)
    engine.queue.publish([AudienceDue(event.id)])
