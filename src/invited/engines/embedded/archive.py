"""The Archive port: raw mails in an SQLite file of their own, where one wait for the disk keeps many mails.

Why not a file per mail: docs/decisions/0001-archive-in-sqlite.md.
"""

from __future__ import annotations

import secrets
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter

from invited.engines.embedded.database import Database
from invited.engines.instants import to_micros
from invited.messages import Mail

_PUT = "INSERT INTO mail (key, arrivals, packed) VALUES (?, ?, ?)"
_GET = "SELECT packed FROM mail WHERE key = ?"

_MAILS = "SELECT arrivals FROM mail WHERE key > ? AND arrivals <> '[]' ORDER BY key LIMIT ?"
_ARRIVALS = TypeAdapter(list[Mail])

_LEVEL = 1
"""Of zlib: the quickest; mail is mostly base64, where more effort gains little."""


class EmbeddedArchive:
    """The archive of one database; `now` is the clock."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def put(self, raw: bytes, arrivals: Sequence[Mail] = ()) -> str:
        return self.submit(raw, arrivals).result()

    def submit(self, raw: bytes, arrivals: Sequence[Mail]) -> Future[str]:
        """`put` for callers that must not wait: the future has the key once the mail is durable."""
        key = _new_key(self._now())
        keyed = _ARRIVALS.dump_json([replace(mail, key=key) for mail in arrivals]).decode()
        return self._database.submit(lambda c: _insert(c, key, keyed, raw))

    def get(self, key: str) -> bytes:
        row = self._database.read(lambda c: c.execute(_GET, (key,)).fetchone())
        if row is None:
            raise KeyError(key)
        return zlib.decompress(row[0])

    def mails(self, *, after: str = "", limit: int = 100) -> list[Mail]:
        rows = self._database.read(lambda c: c.execute(_MAILS, (after, limit)).fetchall())
        return [mail for (arrivals,) in rows for mail in _ARRIVALS.validate_json(arrivals)]


def _new_key(now: datetime) -> str:
    """Sorts by time, to the microsecond, and cannot be guessed."""
    return f"{to_micros(now):015x}-{secrets.token_hex(8)}"


def _insert(connection: sqlite3.Connection, key: str, arrivals: str, raw: bytes) -> str:
    # Compressed here, in the writer's thread, so that an event loop that hands a mail in goes on at once.
    connection.execute(_PUT, (key, arrivals, zlib.compress(raw, _LEVEL)))
    return key
