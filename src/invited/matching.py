"""Which event and guest an answer is about: by the token in the UID, whatever else the client changed."""

from __future__ import annotations

from invited.domain import identity
from invited.domain.errors import Aside
from invited.domain.event import Event
from invited.domain.invitation import Invitation
from invited.ports import Engine

DAY = 86_400.0
"""Seconds in which `settings.stranger_limit` strangers may turn up at one event."""


def matched(engine: Engine, uid: str) -> tuple[Event, Invitation | None]:
    """The event that `uid` names, and the invitation if the token in it is genuine; raises Aside for no event."""
    named = identity.parse(uid)
    event = engine.store.event(named[0]) if named else None
    if named is None or event is None:
        raise Aside("an answer to no event of ours")
    return event, guest(engine, *named)


def guest(engine: Engine, event_id: str, token: str) -> Invitation | None:
    """The invitation with this token, if it is genuine."""
    invitation = engine.store.invitation(event_id, token)
    return invitation if invitation and identity.is_genuine(engine.secret, invitation) else None


def admit_stranger(engine: Engine, event: Event, address: str) -> None:
    """Raise Aside where more people than can be honest come to the event without being invited."""
    if engine.store.newcomer(event.id, address) or engine.store.stranger(event.id, address):
        return
    limit = engine.settings.stranger_limit
    if engine.store.hit(f"strangers:{event.id}", DAY, engine.now()) > limit:
        raise Aside(f"more than {limit} strangers at this event in a day")
