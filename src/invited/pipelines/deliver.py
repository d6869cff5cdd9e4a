"""Pipeline 5, Send, second half: put each attendee's own invite together and hand it to the outbox (seeds, step 5D).

The event is read anew, so that whatever is sent is the present truth: a late REQUEST never overtakes a CANCEL.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from invited.domain import identity
from invited.domain.errors import Aside, Temporary
from invited.domain.event import Event
from invited.domain.invitation import Delivery, Invitation, Partstat, State
from invited.imip.assemble import Copy
from invited.imip.compose import InviteTemplate, compose
from invited.imip.split import explicit
from invited.messages import DeliveryDue
from invited.notices import invite_words
from invited.ports import Engine, Letter, Sent

LEASE = 300.0
"""Seconds that a claim stands: longer than any batch takes, short enough to repeat soon after a crash."""

SLICE = 25
"""Mails handed to the outbox at a time."""


def handle(message: DeliveryDue, engine: Engine) -> None:
    """Claim, send, remember. What was put off is tried again with the whole message; claims spare the rest."""
    event = engine.store.event(message.event_id)
    if event is None:
        raise Aside("the event is gone")
    claim = engine.store.claim(event.id, message.tokens, event.revision, engine.now(), LEASE)
    outcomes = _send(event, claim.claimed, engine)
    now = engine.now()
    deliveries = [_delivery(event, invitation, sent, now) for invitation, sent in outcomes if not sent.is_temporary]
    deferred = {i.token: sent.reason for i, sent in outcomes if sent.is_temporary}
    engine.store.mark(event.id, deliveries, release=tuple(deferred))
    if deferred:
        raise Temporary(f"{len(deferred)} of {len(message.tokens)} put off: {next(iter(deferred.values()))}")
    if claim.busy:
        raise Temporary(f"{len(claim.busy)} are being sent an earlier version")


def _send(event: Event, claimed: Sequence[Invitation], engine: Engine) -> list[tuple[Invitation, Sent]]:
    """Every claimed invitation with the worst that became of its mails; a fine result for one that needs none."""
    templates = {known: _templates(event, known, engine) for known in {i.sent_revision for i in claimed}}
    worst = dict.fromkeys((i.token for i in claimed), Sent())
    letters: list[tuple[str, Letter]] = []
    for invitation in claimed:
        try:
            mails = _letters(event, invitation, templates[invitation.sent_revision], engine)
        except ValueError as fault:
            worst[invitation.token] = Sent(is_permanent=True, reason=f"cannot be written: {fault}")
        else:
            letters += [(invitation.token, letter) for letter in mails]
    for (token, _), sent in zip(letters, _posted([letter for _, letter in letters], engine), strict=True):
        worst[token] = max(worst[token], sent, key=_gravity)
    return [(invitation, worst[invitation.token]) for invitation in claimed]


def _posted(letters: Sequence[Letter], engine: Engine) -> list[Sent]:
    """Send slice by slice, and put the rest off before the claims run out: with a slow relay nothing goes twice."""
    deadline = engine.now() + timedelta(seconds=LEASE / 2)
    results: list[Sent] = []
    for start in range(0, len(letters), SLICE):
        if engine.now() > deadline:
            late = Sent(is_temporary=True, reason="the relay is too slow for the whole batch")
            return results + [late] * (len(letters) - start)
        results += engine.outbox.send(letters[start : start + SLICE])
    return results


def _gravity(sent: Sent) -> int:
    return 2 * sent.is_permanent + sent.is_temporary


def _delivery(event: Event, invitation: Invitation, sent: Sent, now: datetime) -> Delivery:
    if event.is_cancelled and invitation.sent_revision < 0:
        state = State.DROPPED
    else:
        state = State.FAILED if sent.is_permanent else State.SENT
    return Delivery(invitation.token, event.revision, event.sequence, state, now, sent.reason)


def _templates(event: Event, known: int, engine: Engine) -> list[InviteTemplate]:
    sender = engine.settings.address("rsvp", event.domain)
    event = explicit(event)
    return [
        compose(
            event, parts, method, invite_words(engine, event, parts, method, known), sender=sender, date=event.changed
        )
        for method, parts in event.catch_up(known)
    ]


def _letters(event: Event, invitation: Invitation, templates: Sequence[InviteTemplate], engine: Engine) -> list[Letter]:
    """The attendee's mails; raises ValueError where the address cannot stand in a header."""
    sender, copy = engine.settings.address("rsvp", event.domain), _copy(event, invitation)
    filled = [t.fill(copy, message_id=_message_id(event, invitation, n)) for n, t in enumerate(templates)]
    return [Letter(sender, invitation.address, raw) for raw in filled]


def _copy(event: Event, invitation: Invitation) -> Copy:
    standing = invitation.standing(event.sequence)
    return Copy(
        uid=identity.uid(event.id, invitation.token, event.domain),
        address=invitation.address,
        name=invitation.name,
        partstat=standing,
        asks=standing is Partstat.NEEDS_ACTION,
    )


def _message_id(event: Event, invitation: Invitation, number: int) -> str:
    """The same for a repeat, so that a mailbox which has the mail already can tell."""
    return f"<{event.id}-{invitation.token}.{event.revision}.{number}@{event.domain}>"
