"""Hand on to the organizer what a guest answered in words; the two can then write to each other directly."""

from __future__ import annotations

from invited.domain.errors import Aside
from invited.letters import forwarded
from invited.matching import guest
from invited.messages import LetterArrived
from invited.notices import dispatch
from invited.ports import Engine

HOUR = 3600.0
MOST = 200
"""Letters of all guests of one event that go on in an hour; what comes above it stays in the archive."""


def handle(message: LetterArrived, engine: Engine) -> None:
    """Mail it on; at most so much of one guest, and of all."""
    event = engine.store.event(message.event_id)
    invitation = guest(engine, message.event_id, message.token)
    if event is None or invitation is None:
        raise Aside("a letter about no invite of ours")
    limit = engine.settings.notice_limit
    if engine.store.hit(f"letter:{event.id}:{invitation.token}", HOUR, engine.now()) > limit:
        raise Aside(f"more than {limit} letters of one guest in an hour")
    if engine.store.hit(f"letters:{event.id}", HOUR, engine.now()) > MOST:
        raise Aside(f"more than {MOST} letters about one event in an hour")
    dispatch(engine, forwarded(engine, event, invitation, message.mail))
