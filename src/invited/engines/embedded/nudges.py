"""Reminders to those who have not answered: who may get one now, and who got one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from invited.domain import statistics, step
from invited.domain.invitation import Delivery, State
from invited.engines import lives
from invited.engines.embedded import counters, invitations, steps
from invited.engines.instants import to_micros
from invited.ports import Claim

_MORE = steps.MORE.replace("?", ":told")
_REMIND = f"""
UPDATE invitation SET nudges = nudges + 1, sent = :at, sent_revision = max(sent_revision, :revision),
    sent_sequence = max(sent_sequence, :sequence), {_MORE}
WHERE event_id = :event AND token = :token AND state = '{State.SENT}' AND sent < :at
"""
_REMIND_IN_VAIN = f"""
UPDATE invitation SET nudges = nudges + 1, sent = :at, {_MORE}
WHERE event_id = :event AND token = :token AND state = '{State.SENT}' AND sent < :at
"""


def claim(
    connection: sqlite3.Connection,
    event_id: str,
    tokens: Sequence[str],
    *,
    limit: int,
    before: datetime,
    now: datetime,
    lease: float,
) -> Claim:
    """See Store.claim_nudge."""
    where = "state = 'sent' AND partstat = 'NEEDS-ACTION' AND nudges < ? AND sent <= ?"
    return invitations.claim_where(
        connection, event_id, tokens, where, (limit, to_micros(before)), now=now, lease=lease
    )


def mark(connection: sqlite3.Connection, event_id: str, reminded: Sequence[Delivery], release: Sequence[str]) -> None:
    """See Store.mark_nudged."""
    invitations.set_claim(connection, event_id, [*(one.token for one in reminded), *release], 0)
    changes = counters.tally()
    for one in reminded:
        values = {
            "at": to_micros(one.at),
            "revision": one.revision,
            "sequence": one.sequence,
            "event": event_id,
            "token": one.token,
            "told": lives.line(step.of_reminder(one)),
        }
        statement = _REMIND if one.state is State.SENT else _REMIND_IN_VAIN
        if connection.execute(statement, values).rowcount:
            counters.count(changes, event_id, "", statistics.of_nudge(one))
    counters.add(connection, changes)
