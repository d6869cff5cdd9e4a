"""The invitations' table: who is invited, who may be mailed now, and what became of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from invited.domain import scopes, statistics, step
from invited.domain.invitation import Delivery, Invitation, Partstat, State, delivered
from invited.engines import lives
from invited.engines.embedded import counters, jobs, steps
from invited.engines.instants import after as instant_after
from invited.engines.instants import from_micros, to_micros
from invited.ports import Admitted, Claim

_COLUMNS = """event_id, token, address, name, origin, job, created, state, reason, sent_revision, sent_sequence, sent,
partstat, answered_sequence, parts, nudges"""
_TOKENS = "event_id = ? AND token IN (SELECT value FROM json_each(?))"

_ADD = f"INSERT INTO invitation ({_COLUMNS}) VALUES ({', '.join('?' * 16)})"
_JOBS = f"SELECT token, job FROM invitation WHERE {_TOKENS}"
_ONE = f"SELECT {_COLUMNS} FROM invitation WHERE event_id = ? AND token = ?"
_SOME = f"SELECT {_COLUMNS} FROM invitation WHERE {_TOKENS}"
_PAGE = f"SELECT {_COLUMNS} FROM invitation WHERE event_id = ? AND token > ? ORDER BY token LIMIT ?"
_PAGE_OF_JOB = f"SELECT {_COLUMNS} FROM invitation WHERE event_id = ? AND token > ? AND job = ? ORDER BY token LIMIT ?"
_EVERY = f"SELECT {_COLUMNS} FROM invitation WHERE event_id = ? ORDER BY token"
_TO_CLAIM = f"SELECT claimed_until, {_COLUMNS} FROM invitation WHERE {_TOKENS} AND "
_LACKING = "sent_revision < ? AND state IN ('queued', 'sent', 'returned', 'dropped')"
_CLAIM = f"UPDATE invitation SET claimed_until = ? WHERE {_TOKENS}"
_DELIVER = f"""
UPDATE invitation SET state = ?, reason = ?, sent_revision = ?, sent_sequence = ?, sent = ?, {steps.MORE}
WHERE event_id = ? AND token = ?
"""
_ANSWER = "UPDATE invitation SET partstat = ?, answered_sequence = ? WHERE event_id = ? AND token = ?"
_PARTS = "UPDATE invitation SET parts = ? WHERE event_id = ? AND token = ?"


def admit(connection: sqlite3.Connection, event_id: str, invitations: Sequence[Invitation], limit: int) -> Admitted:
    """See Store.admit."""
    named = {invitation.token: invitation for invitation in invitations}
    known: dict[str, str] = dict(connection.execute(_JOBS, (event_id, json.dumps(list(named)))).fetchall())
    room = max(0, limit - counters.value(connection, scopes.of_event(event_id), "invitations"))
    new = [invitation for token, invitation in named.items() if token not in known]
    connection.executemany(_ADD, (_row(invitation) for invitation in new[:room]))
    changes = counters.tally()
    for invitation in new[:room]:
        counters.count(changes, event_id, invitation.job, statistics.of_invitation(invitation))
    counters.add(connection, changes)
    over = {invitation.token for invitation in new[room:]}
    already = {token for token, job in known.items() if job != named[token].job}
    return Admitted(
        added=tuple(token for token in named if token not in over and token not in already),
        already=tuple(token for token in named if token in already),
        over=tuple(token for token in named if token in over),
    )


def one(connection: sqlite3.Connection, event_id: str, token: str) -> Invitation | None:
    """See Store.invitation."""
    row = connection.execute(_ONE, (event_id, token)).fetchone()
    return _invitation(row) if row else None


def page(connection: sqlite3.Connection, event_id: str, after: str, limit: int, job: str | None) -> list[Invitation]:
    """See Store.invitations."""
    if job is None:
        rows = connection.execute(_PAGE, (event_id, after, limit)).fetchall()
    else:
        rows = connection.execute(_PAGE_OF_JOB, (event_id, after, job, limit)).fetchall()
    return [_invitation(row) for row in rows]


def every(connection: sqlite3.Connection, event_id: str) -> Iterator[Invitation]:
    """All invitations of an event by their tokens, one at a time."""
    return map(_invitation, connection.execute(_EVERY, (event_id,)))


def claim(
    connection: sqlite3.Connection, event_id: str, tokens: Sequence[str], revision: int, *, now: datetime, lease: float
) -> Claim:
    """See Store.claim."""
    return claim_where(connection, event_id, tokens, _LACKING, (revision,), now=now, lease=lease)


def claim_where(
    connection: sqlite3.Connection,
    event_id: str,
    tokens: Sequence[str],
    condition: str,
    values: Sequence[object],
    *,
    now: datetime,
    lease: float,
) -> Claim:
    """Claim those of `tokens` that meet an SQL condition with these values and that nobody else has claimed."""
    rows = connection.execute(_TO_CLAIM + condition, (event_id, json.dumps(tokens), *values)).fetchall()
    moment = to_micros(now)
    claimed = tuple(_invitation(row[1:]) for row in rows if row[0] <= moment)
    set_claim(connection, event_id, (invitation.token for invitation in claimed), instant_after(now, lease))
    return Claim(claimed, busy=tuple(row[2] for row in rows if row[0] > moment))


def mark(connection: sqlite3.Connection, event_id: str, deliveries: Sequence[Delivery], release: Sequence[str]) -> None:
    """See Store.mark."""
    tokens = [delivery.token for delivery in deliveries]
    set_claim(connection, event_id, [*tokens, *release], 0)
    rows = connection.execute(_SOME, (event_id, json.dumps(tokens))).fetchall()
    standing = {invitation.token: invitation for invitation in map(_invitation, rows)}
    changes = counters.tally()
    latest: dict[str, datetime] = {}
    told = _deferred(connection, event_id, deliveries, standing)
    for delivery in deliveries:
        before = standing.get(delivery.token)
        after = delivered(before, delivery) if before else None
        if before is not None and after is not None:
            counters.count(changes, event_id, before.job, statistics.of_delivery(before, delivery))
            standing[delivery.token] = after
            told[delivery.token] = told.get(delivery.token, "") + lives.line(step.of_delivery(delivery))
            if before.sent_revision < 0 and delivery.state in (State.SENT, State.FAILED):
                latest[before.job] = delivery.at
        elif before is not None and before.state is delivery.state is State.QUEUED:
            standing[delivery.token] = replace(before, reason=delivery.reason)
    connection.executemany(_DELIVER, (_delivery_row(i, told.get(i.token, "")) for i in standing.values()))
    counters.add(connection, changes)
    jobs.touch(connection, latest.items())


def _deferred(
    connection: sqlite3.Connection, event_id: str, deliveries: Sequence[Delivery], standing: Mapping[str, Invitation]
) -> dict[str, str]:
    """The steps of those whose mail was put off, by token; nothing where they have it, or where that was told last."""
    put_off = {
        each.token: step.of_delivery(each)
        for each in deliveries
        if each.state is State.QUEUED and each.token in standing
        if each.revision > standing[each.token].sent_revision
    }
    last = steps.last(connection, event_id, list(put_off)) if put_off else {}
    return {token: lives.line(each) for token, each in put_off.items() if not step.repeats(last.get(token), each)}


def requeue(connection: sqlite3.Connection, event_id: str, tokens: Sequence[str]) -> None:
    """See Store.requeue."""
    rows = connection.execute(_SOME, (event_id, json.dumps(list(tokens)))).fetchall()
    failed = [invitation for invitation in map(_invitation, rows) if invitation.state is State.FAILED]
    changes = counters.tally()
    for invitation in failed:
        counters.count(changes, event_id, invitation.job, statistics.of_requeue(invitation))
    again = (replace(invitation, state=State.QUEUED, reason="") for invitation in failed)
    connection.executemany(_DELIVER, map(_delivery_row, again))
    counters.add(connection, changes)


def set_answer(connection: sqlite3.Connection, event_id: str, token: str, partstat: Partstat, sequence: int) -> None:
    """Make this the attendee's present answer to the whole event."""
    connection.execute(_ANSWER, (partstat, sequence, event_id, token))


def set_parts(connection: sqlite3.Connection, event_id: str, token: str, parts: Partstat) -> None:
    """Make this the most willing of the attendee's answers to single occurrences."""
    connection.execute(_PARTS, (parts, event_id, token))


def set_claim(connection: sqlite3.Connection, event_id: str, tokens: Iterable[str], until: int) -> None:
    """Let claims stand until then, 0 for no more."""
    connection.execute(_CLAIM, (until, event_id, json.dumps(list(tokens))))


def _delivery_row(i: Invitation, told: str = "") -> tuple[object, ...]:
    sent = to_micros(i.sent) if i.sent else None
    return (i.state, i.reason, i.sent_revision, i.sent_sequence, sent, told, i.event_id, i.token)


def _row(invitation: Invitation) -> tuple[object, ...]:
    return (
        invitation.event_id,
        invitation.token,
        invitation.address,
        invitation.name,
        invitation.origin,
        invitation.job,
        to_micros(invitation.created),
        invitation.state,
        invitation.reason,
        invitation.sent_revision,
        invitation.sent_sequence,
        to_micros(invitation.sent) if invitation.sent else None,
        invitation.partstat,
        invitation.answered_sequence,
        invitation.parts,
        invitation.nudges,
    )


def _invitation(row: Sequence[Any]) -> Invitation:
    (
        event_id,
        token,
        address,
        name,
        origin,
        job,
        created,
        state,
        reason,
        revision,
        sequence,
        sent,
        partstat,
        answered,
        parts,
        nudges,
    ) = row
    return Invitation(
        event_id,
        token,
        address,
        name,
        origin,
        job,
        from_micros(created),
        State(state),
        reason,
        revision,
        sequence,
        None if sent is None else from_micros(sent),
        Partstat(partstat),
        answered,
        Partstat(parts),
        nudges,
    )
