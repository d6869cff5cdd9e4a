"""The bulk sends, each with the figures of its own invitations."""

from __future__ import annotations

import sqlite3

from invited.domain import statistics
from invited.engines.embedded import counters
from invited.engines.embedded.instants import from_micros, to_micros
from invited.ports import Job


def open_job(connection: sqlite3.Connection, job: Job) -> None:
    """See Store.open_job."""
    connection.execute(
        "INSERT OR IGNORE INTO job (id, event_id, origin, created) VALUES (?, ?, ?, ?)",
        (job.id, job.event_id, job.origin, to_micros(job.created)),
    )


def by_id(connection: sqlite3.Connection, job_id: str) -> Job | None:
    """See Store.job."""
    row = connection.execute("SELECT id, event_id, origin, created FROM job WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        return None
    figures = statistics.read(counters.read(connection, f"job:{job_id}"))
    return Job(row[0], row[1], row[2], from_micros(row[3]), figures)
