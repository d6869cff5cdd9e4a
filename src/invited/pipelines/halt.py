"""Pipeline 5, Send, halted: too much of a bulk send came back, so it waits, and who can judge that is told."""

from __future__ import annotations

from contextlib import suppress

from invited.domain.errors import Aside
from invited.domain.job import Control
from invited.jobs import bounds, pause_itself
from invited.messages import JobHalted
from invited.notices import dispatch, job_halted
from invited.ports import Engine


def handle(message: JobHalted, engine: Engine) -> None:
    """See to it that the job is paused, and mail its organizer and the admins the figures."""
    job, event = engine.store.job(message.job), engine.store.event(message.event_id)
    if job is None or event is None:
        raise Aside("the event is gone")
    if why := job.alarm(bounds(engine)) if job.control is Control.GOING else "":
        pause_itself(engine, job, why)
        job = engine.store.job(job.id) or job
    if job.control is not Control.PAUSED or not job.why:
        raise Aside("the job goes on, or is over")
    for to in dict.fromkeys((event.organizer, *engine.settings.admins)):
        # Whoever cannot be reached must not keep it from the others.
        with suppress(Aside):
            dispatch(engine, job_halted(engine, event, job, to))
