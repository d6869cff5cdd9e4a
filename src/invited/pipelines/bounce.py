"""A mail of ours came back: the invitation says so, and what bounced for good is not mailed again (RFC 3464)."""

from __future__ import annotations

from invited.domain import identity
from invited.domain.errors import Aside
from invited.domain.invitation import Delivery, State
from invited.messages import BounceArrived
from invited.ports import Engine


def handle(message: BounceArrived, engine: Engine) -> None:
    """Mark and suppress on a permanent failure; only the genuine token of an invite makes a bounce believable."""
    named = identity.parse(message.uid)
    invitation = engine.store.invitation(*named) if named else None
    if invitation is None or not identity.is_genuine(engine.secret, invitation):
        raise Aside("a bounce of no invite of ours")
    if not message.is_permanent:
        raise Aside("only delayed")
    engine.store.suppress(invitation.address, f"bounced: {message.reason}", message.received)
    delivery = Delivery(
        invitation.token,
        invitation.sent_revision,
        invitation.sent_sequence,
        State.BOUNCED,
        message.received,
        message.reason,
    )
    engine.store.mark(invitation.event_id, [delivery])
