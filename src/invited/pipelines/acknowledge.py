"""Tell a guest what was answered for them by the link in their invite, which may have been passed on."""

from __future__ import annotations

from invited.domain.errors import Aside
from invited.matching import guest
from invited.messages import WebAnswered
from invited.notices import answered, dispatch
from invited.ports import Engine


def handle(message: WebAnswered, engine: Engine) -> None:
    """Mail it to the guest's own address, with the link by which only they can set it right."""
    event = engine.store.event(message.event_id)
    invitation = guest(engine, message.event_id, message.token)
    if event is None or invitation is None:
        raise Aside("the invitation is gone")
    dispatch(engine, answered(engine, event, invitation, message))
