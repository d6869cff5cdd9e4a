"""The invitations' table: who is invited, who may be mailed now, and what became of it."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from invited.domain import scopes, statistics, step
from invited.domain.addresses import domain_of
from invited.domain.invitation import Delivery, Invitation, Partstat, State, delivered
from invited.engines import lives
from invited.engines.embedded import counters, jobs, steps
from invited.engines.instants import after as instant_after
from invited.engines.instants import from_micros, to_micros
from invited.ports import Admitted, Claim

_COLUMNS = """event_id, token, address, name, origin, job, created, state, reason, sent_revision, sent_sequence, sent,
partstat, answered_sequence, parts, nudges"""
_TOKEN, _ADDRESS, _JOB, _STATE, _REVISION = 1, 2, 5, 7, 9
"""Where they stand among these."""

_TOKENS = "event_id = ? AND token IN (SELECT value FROM json_each(?))"

_ADD = f"INSERT INTO invitation ({_COLUMNS}) VALUES ({', '.join('?' * 16)})"
_JOBS = f"SELECT token, job FROM invitation WHERE {_TOKENS}"
_ONE = f"SELECT {_COLUMNS} FROM invitation WHERE event_id = ? AND token = ?"
_SOME = f"SELECT {_COLUMNS} FROM invitation WHERE {_TOKENS}"
_PAGE = f"SELECT {_COLUMNS} FROM invitation WHERE event_id = ? AND token > ? ORDER BY token LIMIT ?"
_PAGE_OF_JOB = f"SELECT {_COLUMNS} FROM invitation WHERE event_id = ? AND token > ? AND job = ? ORDER BY token LIMIT ?"
_EVERY = f"SELECT {_COLUMNS} FROM invitation WHERE event_id = ? ORDER BY token"
_TO_CLAIM = f"UPDATE invitation SET claimed_until = ? WHERE {_TOKENS} AND claimed_until <= ? AND "
_CLAIMED = f" RETURNING {_COLUMNS}"
_BUSY = f"SELECT token FROM invitation WHERE {_TOKENS} AND claimed_until > ? AND "
_LACKING = "sent_revision < ? AND state IN ('queued', 'sent', 'returned', 'dropped')"
_CLAIM = f"UPDATE invitation SET claimed_until = ? WHERE {_TOKENS}"
_SENT = f"""
UPDATE invitation SET claimed_until = 0, state = ?, reason = ?, sent_revision = ?, sent_sequence = ?, sent = ?,
    {steps.MORE} WHERE {_TOKENS}
"""
_CAME_TO = f"UPDATE invitation SET claimed_until = 0, state = ?, reason = ?, {steps.MORE} WHERE {_TOKENS}"
_PUT_OFF = f"UPDATE invitation SET reason = ?, {steps.MORE} WHERE event_id = ? AND token = ?"
_REQUEUE = f"UPDATE invitation SET state = 'queued', reason = '' WHERE {_TOKENS}"
_ANSWER = "UPDATE invitation SET partstat = ?, answered_sequence = ? WHERE event_id = ? AND token = ?"
_PARTS = "UPDATE invitation SET parts = ? WHERE event_id = ? AND token = ?"

# Looked up here for each row, they cost a fraction of what their classes take.
_STATES = {state.value: state for state in State}
_PARTSTATS = {partstat.value: partstat for partstat in Partstat}


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
    named, moment = json.dumps(tokens), to_micros(now)
    until = instant_after(now, lease)
    claim_them = _TO_CLAIM + condition + _CLAIMED
    rows = connection.execute(claim_them, (until, event_id, named, moment, *values)).fetchall()
    claimed = tuple(map(_invitation, rows))
    if len(claimed) == len(tokens):
        return Claim(claimed, busy=())
    ours = {invitation.token for invitation in claimed}
    lacking = connection.execute(_BUSY + condition, (event_id, named, moment, *values)).fetchall()
    return Claim(claimed, busy=tuple(token for (token,) in lacking if token not in ours))


def mark(connection: sqlite3.Connection, event_id: str, deliveries: Sequence[Delivery], release: Sequence[str]) -> None:
    """See Store.mark."""
    once: dict[str, Delivery] = {}
    for delivery in deliveries:
        if delivery.token in once:
            _mark(connection, event_id, once)
            once = {}
        once[delivery.token] = delivery
    if once:
        _mark(connection, event_id, once)
    if release:
        set_claim(connection, event_id, release, 0)


def _mark(connection: sqlite3.Connection, event_id: str, deliveries: Mapping[str, Delivery]) -> None:
    """As `mark`, of each token one. Those who stood alike and came to the same are changed by one statement."""
    rows = connection.execute(_SOME, (event_id, json.dumps(list(deliveries)))).fetchall()
    alike: defaultdict[object, list[Sequence[Any]]] = defaultdict(list)
    for row in rows:
        one = deliveries[row[_TOKEN]]
        came_to = (one.state, one.revision, one.sequence, one.at, one.reason, one.mail)
        alike[domain_of(row[_ADDRESS]), row[_JOB], row[_STATE], row[_REVISION], came_to].append(row)
    changes = counters.tally()
    latest: dict[str, datetime] = {}
    as_it_was = set(deliveries)
    for some in alike.values():
        before, delivery = _invitation(some[0]), deliveries[some[0][_TOKEN]]
        after = delivered(before, delivery)
        if after is None:
            continue
        tokens = [row[_TOKEN] for row in some]
        as_it_was.difference_update(tokens)
        _settle(connection, event_id, tokens, after, lives.line(step.of_delivery(delivery)))
        counters.count(changes, event_id, before.job, statistics.of_delivery(before, delivery), len(some))
        if before.sent_revision < 0 and delivery.state in (State.SENT, State.FAILED):
            latest[before.job] = max(delivery.at, latest.get(before.job, delivery.at))
    if as_it_was:
        set_claim(connection, event_id, as_it_was, 0)
        put_off = {token: deliveries[token] for token in as_it_was if deliveries[token].state is State.QUEUED}
        standing = {row[_TOKEN]: _invitation(row) for row in rows if row[_TOKEN] in put_off}
        _put_off(connection, event_id, put_off, standing)
    counters.add(connection, changes)
    jobs.touch(connection, latest.items())


def _settle(connection: sqlite3.Connection, event_id: str, tokens: Sequence[str], after: Invitation, told: str) -> None:
    """Let all of these stand as `after`, with one more step `told`."""
    named = json.dumps(tokens)
    if after.state is State.SENT:
        sent = (after.sent_revision, after.sent_sequence, to_micros(after.sent) if after.sent else None)
        connection.execute(_SENT, (after.state, after.reason, *sent, told, event_id, named))
    else:
        connection.execute(_CAME_TO, (after.state, after.reason, told, event_id, named))


def _put_off(
    connection: sqlite3.Connection,
    event_id: str,
    deliveries: Mapping[str, Delivery],
    standing: Mapping[str, Invitation],
) -> None:
    """Remember that these, who stand so, were put off: its reason of whom nothing was sent, and the step unless they
    hold that version or the last step said the same.
    """
    lacking = [token for token, i in standing.items() if deliveries[token].revision > i.sent_revision]
    last = steps.last(connection, event_id, lacking) if lacking else {}
    for token, invitation in standing.items():
        this = step.of_delivery(deliveries[token])
        told = lives.line(this) if token in lacking and not step.repeats(last.get(token), this) else ""
        reason = deliveries[token].reason if invitation.state is State.QUEUED else invitation.reason
        connection.execute(_PUT_OFF, (reason, told, event_id, token))


def requeue(connection: sqlite3.Connection, event_id: str, tokens: Sequence[str]) -> None:
    """See Store.requeue."""
    rows = connection.execute(_SOME, (event_id, json.dumps(list(tokens)))).fetchall()
    failed = [invitation for invitation in map(_invitation, rows) if invitation.state is State.FAILED]
    changes = counters.tally()
    for invitation in failed:
        counters.count(changes, event_id, invitation.job, statistics.of_requeue(invitation))
    connection.execute(_REQUEUE, (event_id, json.dumps([invitation.token for invitation in failed])))
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
        _STATES[state],
        reason,
        revision,
        sequence,
        None if sent is None else from_micros(sent),
        _PARTSTATS[partstat],
        answered,
        _PARTSTATS[parts],
        nudges,
    )
