"""Pipeline 7, Cancel: the organizer calls it off, wholly or in part; those concerned are told (seeds, steps 7A-7F)."""

from __future__ import annotations

from datetime import timedelta

from invited.approvals import submit
from invited.domain.event import Event
from invited.intake import called_off, cancellation
from invited.messages import AudienceDue, CancelArrived, InviteRefused
from invited.ports import Engine

UNKNOWN = (
    "There is no event of yours that this cancellation belongs to.",
    "Cancel from the same calendar account that created the event; only its organizer can.",
)


WAIT = timedelta(days=30)
"""How long a cancel waits for an event that comes after it."""


def handle(message: CancelArrived, engine: Engine) -> None:
    """Validate UID and sender, mark what is cancelled and set the relay going, or have it wait."""
    part = cancellation(engine, message.mail, message.uid)
    event = _event(message, engine)
    if event is None:
        engine.queue.publish([InviteRefused(message.mail, message.owner, "", *UNKNOWN)])
        return
    waiting = engine.store.pending(event.id)
    changed = called_off(waiting.proposed if waiting else event, part, message.mail.received)
    if submit(engine, event, waiting, changed, message):
        engine.queue.publish([AudienceDue(event.id)])


def _event(message: CancelArrived, engine: Engine) -> Event | None:
    """The event, be it that it is stored while the cancel is put by: then either finds the other."""
    event = engine.store.event_by_origin(message.owner, message.uid)
    if event is not None:
        return event
    now = engine.now()
    engine.store.keep_cancel(message.owner, message.uid, message.mail, now=now, until=now + WAIT)
    return engine.store.event_by_origin(message.owner, message.uid)
