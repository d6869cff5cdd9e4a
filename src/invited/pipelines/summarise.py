"""Pipeline 5, Send, from a list, the report: tell the organizer what became of every row (seeds, step 5A)."""

from __future__ import annotations

from invited.domain.errors import Aside
from invited.jobs import tell_done
from invited.messages import ListRead
from invited.notices import dispatch, list_read
from invited.ports import Engine


def handle(message: ListRead, engine: Engine) -> None:
    """Mail the counts and the rows that are no good."""
    job, event = engine.store.job(message.job), engine.store.event(message.event_id)
    if job is None or event is None:
        raise Aside("the event is gone")
    tell_done(engine, event, [job.id])
    dispatch(engine, list_read(engine, event, job), is_limited=True)
