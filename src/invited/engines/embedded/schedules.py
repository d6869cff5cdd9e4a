"""The schedules' table: where each organizer's public schedule is."""

from __future__ import annotations

import sqlite3


def slug(connection: sqlite3.Connection, organizer: str) -> str:
    """See Store.slug."""
    row = connection.execute("SELECT slug FROM schedule WHERE organizer = ?", (organizer,)).fetchone()
    return str(row[0]) if row else ""


def scheduler(connection: sqlite3.Connection, slug: str) -> str | None:
    """See Store.scheduler."""
    row = connection.execute("SELECT organizer FROM schedule WHERE slug = ?", (slug,)).fetchone()
    return str(row[0]) if row else None


def choose(connection: sqlite3.Connection, organizer: str, slug: str, expected: str) -> bool:
    """See Store.choose_slug."""
    if not expected:
        statement = "INSERT OR IGNORE INTO schedule (slug, organizer) VALUES (?, ?)"
        return connection.execute(statement, (slug, organizer)).rowcount == 1
    statement = "UPDATE OR IGNORE schedule SET slug = ? WHERE organizer = ? AND slug = ?"
    return connection.execute(statement, (slug, organizer, expected)).rowcount == 1
