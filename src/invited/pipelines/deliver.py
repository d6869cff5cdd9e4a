"""Pipeline 5, Send, second half: put each attendee's own invite together and hand it to the outbox (seeds, step 5D).

The event is read anew, so that whatever is sent is the present truth: a late REQUEST never overtakes a CANCEL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from invited import jobs
from invited.domain.errors import Aside, Temporary
from invited.domain.event import Event
from invited.domain.fact import Fact
from invited.domain.invitation import Delivery, Invitation, State
from invited.domain.job import STOPPED
from invited.domain.tidings import of_delivery
from invited.hooks import tell
from invited.invites import catching_up, post
from invited.messages import DeliveryDue
from invited.ports import Engine, Sent

LEASE = 600.0
"""Seconds that a claim stands: longer than any batch takes, short enough to repeat soon after a crash."""


def handle(message: DeliveryDue, engine: Engine) -> None:
    """Claim, send, remember. What was put off is tried again with the whole message; claims spare the rest."""
    event = engine.store.event(message.event_id)
    if event is None:
        raise Aside("the event is gone")
    claim = engine.store.claim(
        event.id, message.tokens, event.revision, engine.now(), LEASE, is_repeat=bool(message.repeat)
    )
    ordered = jobs.sort(engine, event, claim.claimed)
    outcomes = _send(event, ordered.going, engine, message.repeat)
    now = engine.now()
    deliveries = [_delivery(event, invitation, sent, now) for invitation, sent in outcomes if not sent.is_temporary]
    deliveries += [_dropped(event, invitation, now) for invitation in ordered.stopped]
    tell(engine, event.organizer, _facts(claim.claimed, deliveries, message.repeat))
    deferred = {i.token: sent.reason for i, sent in outcomes if sent.is_temporary}
    deliveries += [
        Delivery(token, event.revision, event.sequence, State.QUEUED, now, reason) for token, reason in deferred.items()
    ]
    # Those of a paused job are found again when it is resumed.
    engine.store.mark(event.id, deliveries, release=[i.token for i in ordered.paused])
    jobs.tell_done(engine, event, _jobs(engine, message, claim.claimed))
    if deferred:
        raise Temporary(f"{len(deferred)} of {len(message.tokens)} put off: {next(iter(deferred.values()))}")
    if claim.busy:
        raise Temporary(f"{len(claim.busy)} are being sent an earlier version")


def _send(event: Event, claimed: Sequence[Invitation], engine: Engine, repeat: str) -> list[tuple[Invitation, Sent]]:
    """Every claimed invitation with the worst that became of its mails; a fine result for one that needs none."""
    known = {i.token: _known(event, i, repeat) for i in claimed}
    templates = {revision: catching_up(engine, event, revision) for revision in set(known.values())}
    # They were fine when they were invited; since then a mail bounced or somebody complained, maybe of another event.
    barred = engine.store.suppressed([i.address for i in claimed], event.organizer)
    spared = [
        (i, Sent(is_permanent=True, reason=f"not mailed: {barred[i.address]}")) for i in claimed if i.address in barred
    ]
    owed = [(i, templates[known[i.token]], repeat) for i in claimed if i.address not in barred]
    return spared + post(engine, event, owed, LEASE / 2)


def _known(event: Event, invitation: Invitation, repeat: str) -> int:
    """The revision to catch up from: a repetition tells everything, as to somebody new."""
    return -1 if repeat and not event.is_cancelled else invitation.sent_revision


def _delivery(event: Event, invitation: Invitation, sent: Sent, now: datetime) -> Delivery:
    if event.is_cancelled and invitation.sent_revision < 0:
        state = State.DROPPED
    else:
        state = State.FAILED if sent.is_permanent else State.SENT
    return Delivery(invitation.token, event.revision, event.sequence, state, now, sent.reason)


def _dropped(event: Event, invitation: Invitation, now: datetime) -> Delivery:
    return Delivery(invitation.token, event.revision, event.sequence, State.DROPPED, now, STOPPED)


def _facts(claimed: Sequence[Invitation], deliveries: Sequence[Delivery], repeat: str) -> Iterator[Fact]:
    """Told before they are marked: after a crash in between nobody is claimed any more who was."""
    standing = {invitation.token: invitation for invitation in claimed}
    return (of_delivery(standing[delivery.token], delivery, repeat) for delivery in deliveries)


def _jobs(engine: Engine, message: DeliveryDue, claimed: Sequence[Invitation]) -> set[str]:
    """The jobs that this may have ended; of a batch that was sent by somebody who died then, that of its first one."""
    if claimed:
        return {invitation.job for invitation in claimed if invitation.sent_revision < 0}
    found = engine.store.invitation(message.event_id, message.tokens[0])
    return {found.job} if found else set()
