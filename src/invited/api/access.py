"""The event behind a page: one that everybody may see, or one that its organizer's signed link opens."""

from __future__ import annotations

from invited.api.problems import Problem, no_event
from invited.credentials import opens_event
from invited.domain.errors import Refused
from invited.domain.event import Event
from invited.ports import Engine


def known_event(engine: Engine, event_id: str) -> Event:
    """The event; raises the problem `not-found`."""
    event = engine.store.event(event_id)
    if event is None:
        raise no_event()
    return event


def opened(engine: Engine, event_id: str, access: str) -> Event:
    """The event that `access` opens for its organizer; raises the problem `link-not-valid`."""
    try:
        opens_event(engine, access, event_id)
    except Refused as refused:
        raise Problem("link-not-valid", refused.reason, refused.remedy) from None
    return known_event(engine, event_id)
