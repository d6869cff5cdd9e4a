"""A mail of ours came back, or its reader complained: the invitation says so, and who cannot or will not be mailed is
not mailed again (RFC 3464, 5965).
"""

from __future__ import annotations

from invited.domain import identity
from invited.domain.bounce import BounceKind
from invited.domain.errors import Aside
from invited.domain.invitation import Delivery, Invitation, State
from invited.domain.tidings import of_delivery
from invited.hooks import tell
from invited.messages import BounceArrived
from invited.ports import Engine


def handle(message: BounceArrived, engine: Engine) -> None:
    """Suppress and mark; only the genuine token of an invite makes a bounce believable."""
    invitation = _subject(message, engine)
    if message.kind is BounceKind.DELAYED:
        raise Aside("only delayed")
    if message.kind in (BounceKind.HARD, BounceKind.COMPLAINT):
        engine.store.suppress(invitation.address, _why(message), message.received)
    delivery = _delivery(message, invitation)
    engine.store.mark(invitation.event_id, [delivery])
    event = engine.store.event(invitation.event_id)
    if event:
        tell(engine, event.organizer, [of_delivery(invitation, delivery)])


def _subject(message: BounceArrived, engine: Engine) -> Invitation:
    named = identity.parse(message.uid)
    invitation = engine.store.invitation(*named) if named else None
    if invitation is None or not identity.is_genuine(engine.secret, invitation):
        raise Aside("a bounce of no invite of ours")
    return invitation


def _why(message: BounceArrived) -> str:
    verb = "complained" if message.kind is BounceKind.COMPLAINT else "bounced"
    return f"{verb}: {message.reason}"


def _delivery(message: BounceArrived, invitation: Invitation) -> Delivery:
    is_complaint = message.kind is BounceKind.COMPLAINT
    return Delivery(
        invitation.token,
        invitation.sent_revision,
        invitation.sent_sequence,
        State.COMPLAINED if is_complaint else State.BOUNCED,
        message.received,
        message.reason,
        message.mail,
    )
