"""Pipeline 8, Update: apply the organizer's change and have it relayed to everyone concerned (seeds, steps 8A-8F)."""

from __future__ import annotations

from dataclasses import replace

from invited.approvals import submit
from invited.domain.errors import Aside
from invited.domain.event import Event, updated
from invited.enclosures import enclosed
from invited.imip.assemble import PRODID
from invited.imip.itip import Submission
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
    after, change = updated(waiting.proposed if waiting else event, part.components, message.mail.received)
    after = _with_files(after, part, message.mail.key, engine)
    if submit(engine, event, waiting, (after, change), message):
        # Owed even when nothing changed: an earlier try may have stored the change and died before saying so.
        created = EventCreated(event.id, message.mail.key, part.assumed_zone)
        due: Message = AudienceDue(event.id) if after.revision else created
        engine.queue.publish([due])


def _with_files(event: Event, part: Submission, key: str, engine: Engine) -> Event:
    """The files of the newest mail about the whole event: whoever changes one occurrence does not attach them anew, and
    neither does the API.
    """
    if part.components[0].recurrence_id is not None or part.product == PRODID:
        return event
    return replace(event, files=enclosed(engine, key).files)
