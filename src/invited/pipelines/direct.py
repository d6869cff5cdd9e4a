"""Mail a guest the link to their own page: it opens for nobody who merely has their invite."""

from __future__ import annotations

from invited.domain.errors import Aside
from invited.matching import guest
from invited.messages import OwnPageWanted
from invited.notices import dispatch, own_page
from invited.ports import Engine


def handle(message: OwnPageWanted, engine: Engine) -> None:
    """To the address that was invited and to no other, at most so often."""
    event = engine.store.event(message.event_id)
    invitation = guest(engine, message.event_id, message.token)
    if event is None or invitation is None:
        raise Aside("the invitation is gone")
    dispatch(engine, own_page(engine, event, invitation, message), is_limited=True)
