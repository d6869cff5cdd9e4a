"""Whether the archived mails can be read, and everything that names one finds it."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from invited.domain.finding import Finding, Level, summed

_MISSING = {
    "an answer": "SELECT DISTINCT mail FROM receipt WHERE mail NOT IN (SELECT key FROM archive.mail)",
    "an answer that was taken": "SELECT DISTINCT mail FROM taken WHERE mail NOT IN (SELECT key FROM archive.mail)",
    "a list": "SELECT id, body FROM job WHERE body <> '' AND body NOT IN (SELECT key FROM archive.mail)",
}
_EVERY = "SELECT key, packed FROM archive.mail ORDER BY key"
RESTORE = "Restore archive.db from a backup; without it this mail cannot be shown or replayed."
SHOWN = 3


def check(connection: sqlite3.Connection, now: datetime) -> Iterable[Finding]:
    """See CHECKS."""
    del now
    count = connection.execute("SELECT count(*) FROM archive.mail").fetchone()[0]
    return summed("archive", f"all {count:,} entries can be read", _faults(connection))


def _faults(connection: sqlite3.Connection) -> Iterator[Finding]:
    broken = [key for key, packed in connection.execute(_EVERY) if not _is_readable(packed)]
    if broken:
        text = f"{len(broken)} entries cannot be read: {', '.join(broken[:SHOWN])}"
        yield Finding(Level.WRONG, "archive", text, RESTORE)
    for what, query in _MISSING.items():
        missing = connection.execute(query).fetchall()
        if missing:
            text = f"{what} names an entry that is not there: {' '.join(missing[0])} ({len(missing)} in all)"
            yield Finding(Level.WRONG, "archive", text, RESTORE)


def _is_readable(packed: bytes) -> bool:
    try:
        zlib.decompress(packed)
    except zlib.error:
        return False
    return True
