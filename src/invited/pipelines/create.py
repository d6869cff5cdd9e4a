"""Pipeline 2, Create: take an organizer's invite apart and store it under an id of our own (seeds, step 2A)."""

from __future__ import annotations

from invited.domain.errors import Aside, LimitReached
from invited.domain.event import Event
from invited.domain.tidings import of_event
from invited.enclosures import enclosed
from invited.hooks import tell
from invited.imip.itip import Submission
from invited.intake import called_off, cancellation, planned, submission
from invited.messages import EventCreated, InviteRefused, InviteSubmitted, LimitMet, Message, UpdateArrived
from invited.ports import Engine
from invited.terms import event_limit

CALLED_OFF = (
    "This event was cancelled before its invite arrived, so nobody can be invited to it.",
    "If it takes place after all, change it in your calendar, so that it is sent with a new version.",
)


def handle(message: InviteSubmitted, engine: Engine) -> None:
    """Store the event; a UID that its organizer has already makes this an update."""
    part = submission(engine, message.mail, message.uid)
    try:
        event = planned(message, part, enclosed(engine, message.mail.key).files)
        is_new = engine.store.add_event(event, event_limit(engine, message.owner))
    except LimitReached as limit:
        subject = part.components[0].summary
        engine.queue.publish([LimitMet(message.owner, message.mail.domain, limit.what, limit.limit, subject)])
        return
    stored = engine.store.event_by_origin(message.owner, message.uid)
    if stored is None:
        raise Aside("the event is gone")
    if is_new or stored.created == message.mail.received:
        event = _overtaken(stored, engine)
        if not event.is_cancelled:
            tell(engine, event.organizer, [of_event(event)])
        engine.queue.publish([_outcome(message, part, event)])
    else:
        engine.queue.publish([UpdateArrived(message.mail, message.owner, message.uid)])


def _overtaken(event: Event, engine: Engine) -> Event:
    """The event after the cancels that came before it."""
    for mail in engine.store.kept_cancels(event.organizer, event.origin_uid, engine.now()):
        try:
            after, _ = called_off(event, cancellation(engine, mail, event.origin_uid), mail.received)
        except Aside:
            continue
        if after != event:
            engine.store.replace_event(after, event.revision)
        event = after
    return event


def _outcome(message: InviteSubmitted, part: Submission, event: Event) -> Message:
    if event.is_cancelled:
        return InviteRefused(message.mail, message.owner, event.head.summary, *CALLED_OFF)
    return EventCreated(event.id, message.mail.key, part.assumed_zone)
