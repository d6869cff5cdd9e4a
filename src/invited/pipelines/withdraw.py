"""Take one invitation back: the attendee's calendar is told once, and then no more (RFC 5546 §3.2.5)."""

from __future__ import annotations

from invited.domain.errors import Aside, Temporary
from invited.domain.event import Event
from invited.domain.invitation import FINAL, HOLDING, Delivery, Invitation, State
from invited.domain.tidings import of_delivery
from invited.hooks import tell
from invited.invites import filled, withdrawing
from invited.messages import InvitationWithdrawn
from invited.ports import Engine

LEASE = 120.0
"""Seconds that a claim stands: longer than one mail takes."""


def handle(message: InvitationWithdrawn, engine: Engine) -> None:
    """Send the CANCEL, then remember it: a crash in between may repeat it, which a calendar does not mind."""
    event = engine.store.event(message.event_id)
    invitation = engine.store.invitation(message.event_id, message.token)
    if event is None or invitation is None or invitation.state in FINAL:
        raise Aside("there is nothing to take back")
    # What somebody else is sending to them at this moment must not follow the CANCEL.
    claim = engine.store.claim(event.id, [invitation.token], event.revision, engine.now(), LEASE, is_repeat=True)
    if claim.busy:
        engine.queue.publish([message], engine.settings.retry_seconds)
        return
    for claimed in claim.claimed:
        _take_back(engine, event, claimed, message.reason)


def _take_back(engine: Engine, event: Event, invitation: Invitation, reason: str) -> None:
    if invitation.state in HOLDING and not event.is_cancelled:
        above, templates = withdrawing(engine, event, reason)
        (sent,) = engine.outbox.send(filled(engine, above, invitation, templates))
        if sent.is_temporary:
            engine.store.mark(event.id, [], release=[invitation.token])
            raise Temporary(sent.reason)
    sequence = invitation.sent_sequence
    withdrawn = Delivery(invitation.token, event.revision, sequence, State.WITHDRAWN, engine.now(), reason)
    tell(engine, event.organizer, [of_delivery(invitation, withdrawn)])
    engine.store.mark(event.id, [withdrawn])
