"""Ask somebody by mail whether it was they who asked for an invite, before it is sent (double opt-in)."""

from __future__ import annotations

from invited.domain.errors import Aside
from invited.messages import OptInNeeded
from invited.notices import dispatch, opt_in
from invited.ports import Engine


def handle(message: OptInNeeded, engine: Engine) -> None:
    """Mail the question, at most so often to one address."""
    event = engine.store.event(message.event_id)
    if event is None or event.is_cancelled:
        raise Aside("the event is gone or cancelled")
    dispatch(engine, opt_in(engine, event, message), is_limited=True)
