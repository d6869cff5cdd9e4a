"""Pipeline 4, Notify: tell the organizer that the event stands, with links to all they can do (seeds, steps 4A-4B)."""

from __future__ import annotations

from invited.domain.errors import Aside
from invited.messages import EventCreated
from invited.notices import created, dispatch
from invited.ports import Engine


def handle(message: EventCreated, engine: Engine) -> None:
    """Mail the links."""
    event = engine.store.event(message.event_id)
    if event is None:
        raise Aside("the event is gone")
    dispatch(engine, created(engine, event, message))
