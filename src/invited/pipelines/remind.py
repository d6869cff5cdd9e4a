"""Remind those who have not answered, second half: send the invite as it now is once more (RFC 5546 §3.2.2).

The same UID and SEQUENCE, so that a calendar that has it shows one event; another Message-ID, so that a mailbox shows
another mail.
"""

from __future__ import annotations

from collections.abc import Sequence

from invited.domain.audience import NUDGE_PAUSE
from invited.domain.errors import Aside, Temporary
from invited.domain.event import Event
from invited.domain.invitation import Delivery, Invitation, State
from invited.invites import post, reminding
from invited.messages import NudgeDue
from invited.ports import Engine, Sent

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
    outcomes = _send(engine, event, [i for i in claim.claimed if i.address not in barred])
    at = engine.now()
    reminded = [
        Delivery(i.token, event.revision, event.sequence, State.FAILED if sent.is_permanent else State.SENT, at)
        for i, sent in outcomes
        if not sent.is_temporary
    ]
    done = {delivery.token for delivery in reminded}
    engine.store.mark_nudged(event.id, reminded, release=[i.token for i in claim.claimed if i.token not in done])
    late = [sent.reason for _, sent in outcomes if sent.is_temporary]
    if late:
        raise Temporary(f"{len(late)} of {len(message.tokens)} put off: {late[0]}")


def _send(engine: Engine, event: Event, claimed: Sequence[Invitation]) -> list[tuple[Invitation, Sent]]:
    """Each with the worst that became of its mails: a series may need several."""
    templates = reminding(engine, event, engine.now())
    return post(engine, event, [(i, templates, f"nudge{i.nudges}") for i in claimed], LEASE / 2)
