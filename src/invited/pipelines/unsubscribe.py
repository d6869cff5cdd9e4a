"""An attendee wants no more mail: they are suppressed, and what they hold is taken back (RFC 8058)."""

from __future__ import annotations

from invited.domain.addresses import token
from invited.domain.errors import Aside
from invited.domain.event import Event
from invited.domain.tidings import of_unsubscription
from invited.hooks import tell
from invited.messages import InvitationWithdrawn, Message, Unsubscribed
from invited.ports import Engine

PAGE = 200
"""Events looked through per message."""


def handle(message: Unsubscribed, engine: Engine) -> None:
    """Suppress first, so that nothing new goes out; then order one CANCEL per event, page by page."""
    engine.store.suppress(message.address, "unsubscribed", message.at, organizer=message.organizer)
    if not message.after:
        tell(engine, message.organizer, [of_unsubscription(message.address, message.organizer, message.at)])
    organizer = message.organizer or None
    page = engine.store.events(organizer=organizer, after=message.after, limit=PAGE)
    due: list[Message] = [
        InvitationWithdrawn(event.id, token(engine.secret, event.id, message.address))
        for event in page
        if _is_held(event, message.address, engine)
    ]
    if len(page) == PAGE:
        due.append(Unsubscribed(message.address, message.organizer, message.at, page[-1].id))
    if not due:
        raise Aside("nothing to take back")
    engine.queue.publish(due)


def _is_held(event: Event, address: str, engine: Engine) -> bool:
    return engine.store.invitation(event.id, token(engine.secret, event.id, address)) is not None
