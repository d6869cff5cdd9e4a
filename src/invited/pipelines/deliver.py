"""Pipeline 5, Send, second half: put each attendee's own invite together and hand it to the outbox (seeds, step 5D).

The event is read anew, so that whatever is sent is the present truth: a late REQUEST never overtakes a CANCEL.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from invited import jobs
from invited.domain.errors import Aside
from invited.domain.event import Event
from invited.domain.invitation import Delivery, Invitation, State
from invited.domain.job import STOPPED
from invited.domain.tidings import of_delivery
from invited.hooks import tell
from invited.invites import Owed, catching_up, post
from invited.messages import DeliveryDue
from invited.pacing import Outcome, PutOff, has_lasted, is_new, learn, put_off, turns
from invited.ports import Engine, Sent

LEASE = 600.0
"""Seconds that a claim stands: longer than any batch takes, short enough to repeat soon after a crash."""


def handle(message: DeliveryDue, engine: Engine) -> None:
    """Claim, send, remember. Whoever cannot be sent to now comes again in a message of their own."""
    event = engine.store.event(message.event_id)
    if event is None:
        raise Aside("the event is gone")
    claim = engine.store.claim(
        event.id, message.tokens, event.revision, engine.now(), LEASE, is_repeat=bool(message.repeat)
    )
    in_hand = {invitation.token: invitation for invitation in claim.claimed}
    try:
        again = _work_off(event, in_hand, message, engine)
    finally:
        # Whoever is left is tried again some time, and must be free then.
        if in_hand:
            engine.store.mark(event.id, [], release=tuple(in_hand))
    jobs.tell_done(engine, event, _jobs(engine, message, claim.claimed))
    for some in again:
        engine.queue.publish([DeliveryDue(event.id, some.tokens, message.repeat, some.since)], some.delay)
    if claim.busy:
        # Somebody else is sending to them, maybe an earlier version.
        later = DeliveryDue(event.id, claim.busy, message.repeat, message.since)
        engine.queue.publish([later], engine.settings.retry_seconds)


def give_up(message: DeliveryDue, engine: Engine, why: str) -> None:
    """The message becomes a dead letter: of whoever is owed a mail by it, the invitation says so."""
    event = engine.store.event(message.event_id)
    if event is None:
        return
    now = engine.now()
    claim = engine.store.claim(event.id, message.tokens, event.revision, now, LEASE)
    in_hand = {invitation.token: invitation for invitation in claim.claimed}
    _remember(engine, event, in_hand, [_given_up(event, one, why, now) for one in claim.claimed], message.repeat)
    jobs.tell_done(engine, event, _jobs(engine, message, claim.claimed))


def _work_off(event: Event, in_hand: dict[str, Invitation], message: DeliveryDue, engine: Engine) -> list[PutOff]:
    """Send to whom we may, and remember what became of them; who comes again. Those of a paused job do not: they are
    found when it is resumed.
    """
    ordered = jobs.sort(engine, event, list(in_hand.values()))
    now = engine.now()
    # They were fine when they were invited; since then a mail bounced or somebody complained, maybe of another event.
    barred = engine.store.suppressed([one.address for one in ordered.going], event.organizer)
    settled = [_dropped(event, one, now) for one in ordered.stopped]
    settled += _spared(event, [(one, barred[one.address]) for one in ordered.going if one.address in barred], now)
    _remember(engine, event, in_hand, settled, message.repeat)

    owed = _owed(event, [one for one in ordered.going if one.address not in barred], engine, message.repeat)
    turn = turns(engine, [(one.invitation, len(one.templates)) for one in owed])
    going = {invitation.token for invitation in turn.going}
    outcomes: list[Outcome] = []
    for part in post(engine, event, [one for one in owed if one.invitation.token in going], LEASE / 2):
        outcomes += part
        now = engine.now()
        settled = _deliveries(event, [one for one in part if not one.sent.is_temporary], now)
        _remember(engine, event, in_hand, settled, message.repeat)

    held = learn(engine, turn.paces, outcomes)
    late = [*turn.waiting, *(one for one in outcomes if one.sent.is_temporary)]
    lost = [one for one in late if has_lasted(engine, message.since, one)]
    again = [one for one in late if one not in lost]
    settled = [_given_up(event, one.invitation, f"given up: {one.sent.reason}", now) for one in lost]
    settled += [_waiting(event, one, now) for one in again if is_new(message.since, one)]
    _remember(engine, event, in_hand, settled, message.repeat)
    return put_off(engine, message.since, again, held)


def _remember(
    engine: Engine, event: Event, in_hand: dict[str, Invitation], settled: Sequence[Delivery], repeat: str
) -> None:
    """Take these out of our hands. Told before they are marked: after a crash in between nobody is claimed any more who
    was.
    """
    if not settled:
        return
    news = ((in_hand[one.token], one) for one in settled if one.state is not State.QUEUED)
    tell(engine, event.organizer, (of_delivery(invitation, one, repeat) for invitation, one in news))
    engine.store.mark(event.id, settled)
    for one in settled:
        del in_hand[one.token]


def _owed(event: Event, invitations: Sequence[Invitation], engine: Engine, repeat: str) -> list[Owed]:
    known = {one.token: _known(event, one, repeat) for one in invitations}
    templates = {revision: catching_up(engine, event, revision) for revision in set(known.values())}
    return [Owed(one, templates[known[one.token]], repeat) for one in invitations]


def _known(event: Event, invitation: Invitation, repeat: str) -> int:
    """The revision to catch up from: a repetition tells everything, as to somebody new or whose copy was returned."""
    is_whole = repeat or invitation.state is State.RETURNED
    return -1 if is_whole and not event.is_cancelled else invitation.sent_revision


def _deliveries(event: Event, outcomes: Sequence[Outcome], now: datetime) -> list[Delivery]:
    """What became of those who were sent to, or never can be."""
    is_cancelled, news = event.is_cancelled, []
    for outcome in outcomes:
        invitation, sent = outcome.invitation, outcome.sent
        if is_cancelled and invitation.sent_revision < 0:
            state = State.DROPPED
        else:
            state = State.FAILED if sent.is_permanent else State.SENT
        news.append(Delivery(invitation.token, event.revision, event.sequence, state, now, sent.reason))
    return news


def _spared(event: Event, barred: Sequence[tuple[Invitation, str]], now: datetime) -> list[Delivery]:
    """Those who are suppressed, each with the reason."""
    refusals = [Outcome(one, Sent(is_permanent=True, reason=f"not mailed: {why}")) for one, why in barred]
    return _deliveries(event, refusals, now)


def _dropped(event: Event, invitation: Invitation, now: datetime) -> Delivery:
    return Delivery(invitation.token, event.revision, event.sequence, State.DROPPED, now, STOPPED)


def _waiting(event: Event, outcome: Outcome, now: datetime) -> Delivery:
    return Delivery(outcome.invitation.token, event.revision, event.sequence, State.QUEUED, now, outcome.sent.reason)


def _given_up(event: Event, invitation: Invitation, why: str, now: datetime) -> Delivery:
    """Whoever holds a copy keeps it, and is sent what comes later; the others can be sent to again by a resend."""
    if invitation.sent_revision < 0:
        return Delivery(invitation.token, event.revision, event.sequence, State.FAILED, now, why)
    return Delivery(invitation.token, invitation.sent_revision, invitation.sent_sequence, State.RETURNED, now, why)


def _jobs(engine: Engine, message: DeliveryDue, claimed: Sequence[Invitation]) -> set[str]:
    """The jobs that this may have ended; of a batch that was sent by somebody who died then, that of its first one."""
    if claimed:
        return {invitation.job for invitation in claimed if invitation.sent_revision < 0}
    found = engine.store.invitation(message.event_id, message.tokens[0])
    return {found.job} if found else set()
