"""Whether the work goes on: nothing is held for ever, no bulk send waits for a message that nobody will send."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from invited import messages
from invited.domain.finding import Finding, Level, summed
from invited.domain.job import Control, Job
from invited.engines.embedded import jobs
from invited.engines.instants import from_micros, to_micros
from invited.messages import JobDue, ListDue, Message

LONGEST_HOLD = timedelta(hours=1)
"""No right to a message, an invitation or a webhook is given for longer; whatever stands later, a clock was wrong."""

OVERDUE = timedelta(hours=1)

_DEAD = "SELECT kind, count(*) FROM dead_letter GROUP BY kind ORDER BY kind"
_UNREADABLE = "SELECT id, kind, body FROM queue"
_HELD = "SELECT count(*), min(id) FROM queue WHERE holder IS NOT NULL AND due > ?"
_LET_GO = "UPDATE queue SET due = ?, holder = NULL WHERE holder IS NOT NULL AND due > ?"
_CLAIMED = "SELECT count(*), min(event_id || ' ' || token) FROM invitation WHERE claimed_until > ?"
_UNCLAIM = "UPDATE invitation SET claimed_until = 0 WHERE claimed_until > ?"
_CALLING = "SELECT count(*), min(id) FROM hook WHERE claimed_until > ?"
_STOP_CALLING = "UPDATE hook SET claimed_until = 0 WHERE claimed_until > ?"
_OLDEST = "SELECT min(due), count(*) FROM queue WHERE due <= ?"
_WAITING = "SELECT job, count(*) FROM invitation WHERE state = 'queued' GROUP BY job"
_AT_WORK = """
SELECT 1 FROM {} WHERE kind IN ('DeliveryDue', 'JobDue', 'ListDue', 'SendRequested', 'InviteAsked')
AND json_extract(body, '$.event_id') = ? LIMIT 1
"""
_PUBLISH = "INSERT INTO queue (kind, body, published, due) VALUES (?, ?, ?, ?)"


def check(connection: sqlite3.Connection, now: datetime) -> Iterable[Finding]:
    """See CHECKS."""
    yield from summed("queue", "every message can be read, and none is held for ever", _queue(connection, now))
    yield from summed("claims", "no right to an invitation or a webhook is kept for ever", _claims(connection, now))
    yield from summed("jobs", "no bulk send stands still", _jobs(connection, now))
    dead = connection.execute(_DEAD).fetchall()
    told = ", ".join(f"{count} {kind}" for kind, count in dead)
    remedy = "See why: invited dead-letters list; after the cure: invited dead-letters replay --kind KIND."
    yield from summed("dead letters", "none", [Finding(Level.WARNING, "dead letters", told, remedy)] if dead else [])


def _queue(connection: sqlite3.Connection, now: datetime) -> Iterator[Finding]:
    for message_id, kind, body in connection.execute(_UNREADABLE):
        try:
            messages.from_json(kind, body)
        except (KeyError, ValueError):
            text = f"message {message_id}, a {kind}, cannot be read"
            yield Finding(Level.WARNING, "queue", text, "The running server makes it a dead letter; see it there.")
    latest = to_micros(now + LONGEST_HOLD)
    count, first = connection.execute(_HELD, (latest,)).fetchone()
    if count:
        yield Finding(
            Level.WRONG,
            "queue",
            f"{count} messages, such as {first}, are held for more than an hour yet: a clock was wrong",
            "Stop the server and give --repair: they are due now.",
            ((_LET_GO, (to_micros(now), latest)),),
        )
    oldest, count = connection.execute(_OLDEST, (to_micros(now - OVERDUE),)).fetchone()
    if count:
        text = f"{count} messages have waited for more than an hour, the oldest since {from_micros(oldest):%F %H:%M}"
        yield Finding(Level.WARNING, "queue", text, "Start the server: invited serve; or give it more --workers.")


def _claims(connection: sqlite3.Connection, now: datetime) -> Iterator[Finding]:
    latest = to_micros(now + LONGEST_HOLD)
    for what, find, mend in (("invitations", _CLAIMED, _UNCLAIM), ("webhooks", _CALLING, _STOP_CALLING)):
        count, first = connection.execute(find, (latest,)).fetchone()
        if count:
            yield Finding(
                Level.WRONG,
                "claims",
                f"{count} {what}, such as {first}, are claimed for more than an hour yet: a clock was wrong",
                "Stop the server and give --repair: they are let go.",
                ((mend, (latest,)),),
            )


def _jobs(connection: sqlite3.Connection, now: datetime) -> Iterator[Finding]:
    waiting: dict[str, int] = dict(connection.execute(_WAITING).fetchall())
    for (job_id,) in connection.execute("SELECT id FROM job WHERE control = ?", (Control.GOING,)).fetchall():
        job = jobs.by_id(connection, job_id)
        if job is None or (job.is_read and not waiting.get(job_id)):
            continue
        if connection.execute(_AT_WORK.format("queue"), (job.event_id,)).fetchone():
            continue
        text = f"job {job_id} stands still: {_left(job, waiting.get(job_id, 0))}, and no message goes on with it"
        if connection.execute(_AT_WORK.format("dead_letter"), (job.event_id,)).fetchone():
            remedy = "Its work is among the dead letters: invited dead-letters list, then replay."
            yield Finding(Level.WRONG, "jobs", text, remedy)
            continue
        due: Message = JobDue(job.event_id, job_id)
        if not job.is_read:
            due = ListDue(job.event_id, job_id, job.reading.octets, job.reading.line)
        at = to_micros(now)
        values = (type(due).__name__, messages.to_json(due), at, at)
        remedy = "Stop the server and give --repair: it goes on where it stands."
        yield Finding(Level.WRONG, "jobs", text, remedy, ((_PUBLISH, values),))


def _left(job: Job, waiting: int) -> str:
    unread = job.size - job.reading.octets
    return f"{unread:,} octets of its list are to be read" if unread > 0 else f"{waiting:,} people wait"
