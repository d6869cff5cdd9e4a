"""Pipeline 5, Send, as ordered: let a job begin when its time comes, go on after a pause, or stop for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from invited.domain.errors import Aside, Temporary
from invited.domain.event import Event
from invited.domain.invitation import Delivery, Invitation, State
from invited.domain.job import STOPPED, Control
from invited.domain.tidings import of_delivery
from invited.hooks import tell
from invited.messages import JobDue, Message, deliveries
from invited.ports import Engine

PAGE = 1_000
"""Invitations looked at per message; doing a page again changes nothing."""

LEASE = 60.0
"""Seconds for which nobody else sends to those that are being dropped."""

LONGEST_DELAY = 900.0
"""Seconds that a message may wait: more than that no queue must be able to promise."""


def handle(message: JobDue, engine: Engine) -> None:
    """Do with a page of the job's invitations what is ordered by now, and order the next page."""
    job, event = engine.store.job(message.job), engine.store.event(message.event_id)
    if job is None or event is None:
        raise Aside("the event is gone")
    if job.control is Control.PAUSED:
        raise Aside("the job is paused")
    early = (job.start - engine.now()) / timedelta(seconds=1) if job.start else 0.0
    if early > 0 and job.control is Control.GOING:
        engine.queue.publish([message], delay=min(early, LONGEST_DELAY))
        return
    page = engine.store.invitations(event.id, after=message.after, limit=PAGE, job=job.id)
    due: list[Message] = []
    if job.control is Control.STOPPED:
        _drop(engine, event, page)
    else:
        due += _owed(engine, event, message, page)
    if len(page) == PAGE:
        due.append(JobDue(event.id, job.id, page[-1].token, message.is_resend))
    engine.queue.publish(due)


def _owed(engine: Engine, event: Event, message: JobDue, page: Sequence[Invitation]) -> list[Message]:
    """What was dropped by a stop, or by a cancel that was taken back, is sent as well."""
    owed = {State.QUEUED, State.DROPPED}
    if message.is_resend:
        owed.add(State.FAILED)
        engine.store.requeue(event.id, [i.token for i in page if i.state is State.FAILED])
    return deliveries(event.id, [i.token for i in page if i.state in owed])


def _drop(engine: Engine, event: Event, page: Sequence[Invitation]) -> None:
    """Drop whom nobody is sending to at this moment; who is left then is looked at once more."""
    now = engine.now()
    waiting = [i.token for i in page if i.state is State.QUEUED]
    claim = engine.store.claim(event.id, waiting, event.revision, now, LEASE)
    dropped = [Delivery(i.token, event.revision, event.sequence, State.DROPPED, now, STOPPED) for i in claim.claimed]
    tell(engine, event.organizer, map(of_delivery, claim.claimed, dropped))
    engine.store.mark(event.id, dropped)
    if claim.busy:
        raise Temporary(f"{len(claim.busy)} are being sent to")
