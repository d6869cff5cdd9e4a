"""Reminders to those who have not answered: who may get one now, and who got one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from invited.domain import statistics, step
from invited.domain.invitation import Delivery, Invitation, Partstat, State
from invited.engines import lives
from invited.engines.aws import guests, invitations
from invited.engines.aws.guests import Change, Guest
from invited.engines.aws.table import Table
from invited.ports import Claim


def claim(
    table: Table,
    event_id: str,
    tokens: Iterable[str],
    *,
    limit: int,
    before: datetime,
    now: datetime,
    lease: float,
) -> Claim:
    """See Store.claim_nudge."""

    def is_silent(guest: Guest) -> bool:
        i = guest.invitation
        is_open = i.state is State.SENT and i.partstat is Partstat.NEEDS_ACTION
        return is_open and i.nudges < limit and i.sent is not None and i.sent <= before

    return invitations.claim_where(table, event_id, tokens, is_silent, now=now, lease=lease)


def mark(table: Table, event_id: str, reminded: Sequence[Delivery], release: Sequence[str]) -> None:
    """See Store.mark_nudged."""
    told: dict[str, Delivery | None] = dict.fromkeys(release)
    told |= {one.token: one for one in reminded}
    guests.change(table, event_id, told, lambda guest: _marked(guest, told[guest.invitation.token]))


def _marked(guest: Guest, reminder: Delivery | None) -> Change | None:
    i = guest.invitation
    free = replace(guest, claimed_until=0)
    if reminder is None or i.state is not State.SENT or i.sent is None or i.sent >= reminder.at:
        return Change(free) if guest.claimed_until else None
    life = lives.longer(guest.life, lives.line(step.of_reminder(reminder)))
    return Change(replace(free, invitation=_reminded(i, reminder), life=life), statistics.of_nudge(reminder))


def _reminded(i: Invitation, reminder: Delivery) -> Invitation:
    counted = replace(i, nudges=i.nudges + 1, sent=reminder.at)
    if reminder.state is not State.SENT:
        return counted
    return replace(
        counted,
        sent_revision=max(i.sent_revision, reminder.revision),
        sent_sequence=max(i.sent_sequence, reminder.sequence),
    )
