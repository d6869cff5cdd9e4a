"""The bulk sends: what was ordered of each, how far its list is read, and the figures of its own invitations."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from invited.domain import scopes, statistics
from invited.domain.job import Control, Job, Reading, Toll, directed
from invited.engines.embedded import counters
from invited.engines.instants import from_micros, to_micros

_COLUMNS = """id, event_id, origin, created, starts, body, size, control, read_octets, reading, began, paused, latest,
why, seen, columns"""
_ADD = f"INSERT OR IGNORE INTO job ({_COLUMNS}) VALUES ({', '.join('?' * 16)})"
_ONE = f"SELECT {_COLUMNS} FROM job WHERE id = ?"
_PAGE = f"SELECT {_COLUMNS} FROM job WHERE {{}} ORDER BY created DESC, id DESC LIMIT ?"
_AFTER = "(created, id) < (SELECT created, id FROM job WHERE id = ?)"
_DIRECT = "UPDATE job SET control = ?, began = ?, paused = ?, why = ?, seen = ? WHERE id = ?"
_ADVANCE = "UPDATE job SET read_octets = ?, reading = ? WHERE id = ?"
_TOUCH = "UPDATE job SET latest = max(ifnull(latest, 0), ?) WHERE id = ?"

_READING = TypeAdapter(Reading)
_TOLL = TypeAdapter(Toll)
_COLUMNS_CHOSEN = TypeAdapter(tuple[int, ...])


def open_job(connection: sqlite3.Connection, job: Job) -> None:
    """See Store.open_job."""
    connection.execute(_ADD, _row(job))


def by_id(connection: sqlite3.Connection, job_id: str) -> Job | None:
    """See Store.job."""
    row = connection.execute(_ONE, (job_id,)).fetchone()
    return _job(row, counters.read(connection, scopes.of_job(job_id))) if row else None


def page(connection: sqlite3.Connection, event_id: str | None, after: str, limit: int) -> list[Job]:
    """See Store.jobs."""
    asked = (("event_id = ?", event_id), (_AFTER, after))
    given = [(condition, value) for condition, value in asked if value]
    where = " AND ".join(condition for condition, _ in given) or "TRUE"
    rows = connection.execute(_PAGE.format(where), (*(value for _, value in given), limit)).fetchall()
    return [_job(row, counters.read(connection, scopes.of_job(row[0]))) for row in rows]


def direct(
    connection: sqlite3.Connection,
    job_id: str,
    control: Control,
    among: Collection[Control],
    now: datetime,
    *,
    why: str,
) -> bool:
    """See Store.direct_job."""
    job = by_id(connection, job_id)
    if job is None or job.control not in among:
        return False
    after = directed(job, control, now, why)
    began, paused = to_micros(after.began or after.created), _micros(after.paused)
    seen = _TOLL.dump_json(after.seen).decode()
    connection.execute(_DIRECT, (after.control, began, paused, after.why, seen, job_id))
    return True


def advance(connection: sqlite3.Connection, job_id: str, octets: int, more: Reading) -> bool:
    """See Store.advance_job."""
    row = connection.execute("SELECT reading FROM job WHERE id = ? AND read_octets = ?", (job_id, octets)).fetchone()
    if row is None:
        return False
    reading = _READING.validate_json(row[0]).with_more(more)
    connection.execute(_ADVANCE, (reading.octets, _READING.dump_json(reading).decode(), job_id))
    return True


def touch(connection: sqlite3.Connection, latest: Iterable[tuple[str, datetime]]) -> None:
    """Note for each job (by id) when a first mail of its invitations went out."""
    connection.executemany(_TOUCH, ((to_micros(at), job_id) for job_id, at in latest))


def _row(job: Job) -> tuple[object, ...]:
    return (
        job.id,
        job.event_id,
        job.origin,
        to_micros(job.created),
        _micros(job.start),
        job.body,
        job.size,
        job.control,
        job.reading.octets,
        _READING.dump_json(job.reading).decode(),
        to_micros(job.began or job.start or job.created),
        _micros(job.paused),
        _micros(job.latest),
        job.why,
        _TOLL.dump_json(job.seen).decode(),
        _COLUMNS_CHOSEN.dump_json(job.columns).decode(),
    )


def _job(row: tuple[Any, ...], counted: dict[str, int]) -> Job:
    (
        job_id,
        event_id,
        origin,
        created,
        starts,
        body,
        size,
        control,
        _,
        reading,
        began,
        paused,
        latest,
        why,
        seen,
        columns,
    ) = row
    return Job(
        id=job_id,
        event_id=event_id,
        origin=origin,
        created=from_micros(created),
        figures=statistics.read(counted),
        start=_instant(starts),
        body=body,
        size=size,
        control=Control(control),
        reading=_READING.validate_json(reading),
        began=from_micros(began),
        paused=_instant(paused),
        latest=_instant(latest),
        why=why,
        seen=_TOLL.validate_json(seen),
        columns=_COLUMNS_CHOSEN.validate_json(columns),
    )


def _micros(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
