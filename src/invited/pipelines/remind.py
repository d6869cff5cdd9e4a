"""Remind those who have not answered, second half: send the invite as it now is once more (RFC 5546 §3.2.2).

The same UID and SEQUENCE, so that a calendar that has it shows one event; another Message-ID, so that a mailbox shows
another mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from invited.domain.audience import NUDGE_PAUSE
from invited.domain.errors import Aside
from invited.domain.event import Event
from invited.domain.invitation import Delivery, Invitation, State
from invited.invites import Owed, post, reminding
from invited.messages import NudgeDue
from invited.pacing import Outcome, has_lasted, learn, put_off, turns
from invited.ports import Engine

LEASE = 600.0
"""Seconds that a claim stands."""


def handle(message: NudgeDue, engine: Engine) -> None:
    """Claim, send, remember; who answered meanwhile, or was written to, is left in peace."""
    event = engine.store.event(message.event_id)
    if event is None or event.is_cancelled:
        raise Aside("there is nothing to be reminded of")
    now, limit = engine.now(), engine.settings.nudge_limit
    claim = engine.store.claim_nudge(
        event.id, message.tokens, limit=limit, before=now - NUDGE_PAUSE, now=now, lease=LEASE
    )
    barred = engine.store.suppressed([i.address for i in claim.claimed], event.organizer)
    owed = _owed(engine, event, [i for i in claim.claimed if i.address not in barred])
    turn = turns(engine, [(one.invitation, len(one.templates)) for one in owed])
    going = {invitation.token for invitation in turn.going}
    outcomes: list[Outcome] = []
    in_hand = {invitation.token for invitation in claim.claimed}
    for part in post(engine, event, [one for one in owed if one.invitation.token in going], LEASE / 2):
        outcomes += part
        reminded = [_reminder(event, one, engine.now()) for one in part if not one.sent.is_temporary]
        engine.store.mark_nudged(event.id, reminded)
        in_hand.difference_update(delivery.token for delivery in reminded)
    engine.store.mark_nudged(event.id, [], release=tuple(in_hand))
    held = learn(engine, turn.paces, outcomes)
    late = [*turn.waiting, *(one for one in outcomes if one.sent.is_temporary)]
    again = [one for one in late if not has_lasted(engine, message.since, one)]
    for some in put_off(engine, message.since, again, held):
        engine.queue.publish([NudgeDue(event.id, some.tokens, some.since)], some.delay)


def _owed(engine: Engine, event: Event, invitations: Sequence[Invitation]) -> list[Owed]:
    templates = reminding(engine, event, engine.now())
    return [Owed(one, templates, f"nudge{one.nudges}") for one in invitations]


def _reminder(event: Event, outcome: Outcome, at: datetime) -> Delivery:
    state = State.FAILED if outcome.sent.is_permanent else State.SENT
    return Delivery(outcome.invitation.token, event.revision, event.sequence, state, at)
