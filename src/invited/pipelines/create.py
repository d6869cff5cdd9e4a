"""Pipeline 2, Create: take an organizer's invite apart and store it under an id of our own (seeds, step 2A)."""

from __future__ import annotations

from dataclasses import replace

from invited.domain.addresses import new_id
from invited.domain.errors import Aside, LimitReached
from invited.domain.event import Event, begun
from invited.imip.itip import Submission
from invited.intake import submission
from invited.messages import EventCreated, InviteSubmitted, LimitMet, UpdateArrived
from invited.ports import Engine


def handle(message: InviteSubmitted, engine: Engine) -> None:
    """Store the event; a UID that its organizer has already makes this an update."""
    part = submission(engine, message.mail, message.uid)
    try:
        is_new = engine.store.add_event(_event(message, part), engine.settings.event_limit)
    except LimitReached as limit:
        subject = part.components[0].summary
        engine.queue.publish([LimitMet(message.owner, message.mail.domain, limit.what, limit.limit, subject)])
        return
    stored = engine.store.event_by_origin(message.owner, message.uid)
    if stored is None:
        raise Aside("the event is gone")
    if is_new or stored.created == message.mail.received:
        engine.queue.publish([EventCreated(stored.id, message.mail.key)])
    else:
        engine.queue.publish([UpdateArrived(message.mail, message.owner, message.uid)])


def _event(message: InviteSubmitted, part: Submission) -> Event:
    received = message.mail.received
    event = Event(
        id=new_id(),
        domain=message.mail.domain,
        organizer=message.owner,
        organizer_name=part.organizer_name,
        origin_uid=message.uid,
        created=received,
        changed=received,
        components=tuple(replace(component, revision=0) for component in part.components),
    )
    return begun(event)
