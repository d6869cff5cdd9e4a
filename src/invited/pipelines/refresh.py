"""Send a guest who asks for it their copy once more, unchanged (RFC 5546 §3.2.6)."""

from __future__ import annotations

import hashlib

from invited.domain.errors import Aside
from invited.domain.receipt import grade
from invited.matching import matched
from invited.messages import DeliveryDue, RefreshArrived
from invited.ports import Engine

HOUR = 3600.0
MOST = 5
"""Copies that one guest gets in an hour."""


def handle(message: RefreshArrived, engine: Engine) -> None:
    """Order the repetition, to the invited address alone: nobody gets another's copy by asking for it."""
    event, invitation = matched(engine, message.uid)
    if invitation is None:
        raise Aside("a refresh without a valid token")
    asked_by = grade(invitation, message.attendee, message.sender, is_authenticated=message.is_authenticated)
    if not asked_by.counts:
        raise Aside("somebody else asks for a guest's copy")
    if engine.store.hit(f"refresh:{event.id}:{invitation.token}", HOUR, engine.now()) > MOST:
        raise Aside(f"more than {MOST} copies to this guest in an hour")
    repeat = hashlib.sha256(message.mail.encode()).hexdigest()[:12]
    engine.queue.publish([DeliveryDue(event.id, (invitation.token,), repeat)])
