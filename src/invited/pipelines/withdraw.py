"""Take one invitation back: the attendee's calendar is told once, and then no more (RFC 5546 §3.2.5)."""

from __future__ import annotations

from invited.domain.errors import Aside, Temporary
from invited.domain.invitation import FINAL, Delivery, State
from invited.domain.tidings import of_delivery
from invited.hooks import tell
from invited.invites import filled, withdrawing
from invited.messages import InvitationWithdrawn
from invited.ports import Engine


def handle(message: InvitationWithdrawn, engine: Engine) -> None:
    """Send the CANCEL, then remember it: a crash in between may repeat it, which a calendar does not mind."""
    event = engine.store.event(message.event_id)
    invitation = engine.store.invitation(message.event_id, message.token)
    if event is None or invitation is None or invitation.state in FINAL:
        raise Aside("there is nothing to take back")
    if invitation.state is State.SENT and not event.is_cancelled:
        above, templates = withdrawing(engine, event)
        mails = filled(engine, above, invitation, templates)
        (sent,) = engine.outbox.send(mails)
        if sent.is_temporary:
            raise Temporary(sent.reason)
    withdrawn = Delivery(
        invitation.token, event.revision, invitation.sent_sequence, State.WITHDRAWN, engine.now(), "unsubscribed"
    )
    tell(engine, event.organizer, [of_delivery(invitation, withdrawn)])
    engine.store.mark(event.id, [withdrawn])
