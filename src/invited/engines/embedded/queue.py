"""The Queue port on a table, with the semantics of SQS: visibility, receive count, fenced handles, dead letters.

A message is taken for some time and belongs to its taker until acknowledged, retried or buried; when the time is over
and nothing was said, the taker is thought dead and the next one gets it. Oldest first, roughly.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from invited import messages
from invited.engines.embedded.database import Database
from invited.engines.instants import after as instant_after
from invited.engines.instants import from_micros, to_micros
from invited.messages import Message
from invited.ports import Backlog

MAX_ERROR = 10_000
"""Characters kept of an error's text."""

_PUBLISH = "INSERT INTO queue (kind, body, published, due) VALUES (?, ?, ?, ?)"
_OF_KINDS = "(:kinds IS NULL OR kind IN (SELECT value FROM json_each(:kinds)))"
_TAKE = f"""
UPDATE queue SET due = :until, receives = receives + 1, holder = :holder
WHERE id IN (SELECT id FROM queue WHERE due <= :now AND {_OF_KINDS} ORDER BY due, id LIMIT :count)
RETURNING id, kind, body, receives
"""
_NEXT = f"SELECT due FROM queue WHERE {_OF_KINDS} ORDER BY due LIMIT 1"
_HELD = "id = ? AND receives = ?"
_ACK = f"DELETE FROM queue WHERE {_HELD}"
_RETRY = f"UPDATE queue SET due = ?, holder = NULL, error = ? WHERE {_HELD}"
_RECOVER = """
UPDATE queue SET due = :now, holder = NULL WHERE holder = coalesce(:holder, holder) RETURNING kind, body
"""
_DEAD = "id, kind, body, published, receives, error, died"
_BURY = f"""
INSERT INTO dead_letter ({_DEAD}) SELECT id, kind, body, published, receives, ?, ? FROM queue WHERE {_HELD}
"""
_DEPTH = """
SELECT count(*) FILTER (WHERE due <= :now), count(*) FILTER (WHERE due > :now), (SELECT count(*) FROM dead_letter)
FROM queue
"""
_BACKLOGS = """
SELECT kind, count(*) FILTER (WHERE due <= :now), count(*) FILTER (WHERE due > :now),
    min(due) FILTER (WHERE due <= :now)
FROM queue GROUP BY kind ORDER BY kind
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message in somebody's hands; `receives` counts how often it has been taken, 1 for the first time.

    `handle` is the right to settle it, for as long as nobody has taken it again.
    """

    id: int
    message: Message
    receives: int
    handle: str


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages could be taken now, are in somebody's hands or wait for their time, and are dead letters."""

    ready: int
    later: int
    dead: int


class EmbeddedQueue:
    """The queue of one database; `now` is the clock. Handles of a take that others have taken over do nothing."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._news = threading.Condition()
        self._count = 0

    def publish(self, messages: Sequence[Message], delay: float = 0) -> None:
        self.submit(messages, delay).result()

    def submit(self, published: Sequence[Message], delay: float = 0) -> Future[None]:
        """`publish` for callers that must not wait: the future is done once the messages are durable."""
        now = self._now()
        due = instant_after(now, delay)
        rows = [(type(m).__name__, messages.to_json(m), to_micros(now), due) for m in published]
        future = self._database.submit(lambda c: _insert(c, rows))
        future.add_done_callback(lambda _: self.wake())
        return future

    def take(self, count: int, visibility: float, kinds: Collection[str] | None = None) -> list[Taken]:
        """At most `count` messages that are due, of these types or any, held for `visibility` seconds; [] for none.

        What cannot be read becomes a dead letter and keeps nobody waiting.
        """
        while rows := self._database.write(lambda c: self._take(c, count, visibility, kinds)):
            if taken := [one for one in map(self._read, rows) if one]:
                return taken
        return []

    def ack(self, handles: Sequence[str]) -> list[bool]:
        """Done with these; False for one that somebody else has taken since."""
        return self._database.write(lambda c: [_is_changed(c, _ACK, *_held(handle)) for handle in handles])

    def retry(self, handle: str, delay: float, error: str) -> bool:
        """Give it back, to be taken again after `delay` seconds at the earliest."""
        due = instant_after(self._now(), delay)
        is_held = self._database.write(lambda c: _is_changed(c, _RETRY, due, error[:MAX_ERROR], *_held(handle)))
        self.wake()
        return is_held

    def bury(self, handle: str, error: str) -> bool:
        """Give it up: it becomes a dead letter, with the error's text."""
        died = to_micros(self._now())
        return self._database.write(lambda c: _bury(c, handle, error, died))

    def depth(self) -> Depth:
        """How full it is."""
        now = to_micros(self._now())
        return Depth(*self._database.read(lambda c: c.execute(_DEPTH, {"now": now}).fetchone()))

    def backlogs(self) -> list[Backlog]:
        """How full it is with each type of message."""
        now = to_micros(self._now())
        rows = self._database.read(lambda c: c.execute(_BACKLOGS, {"now": now}).fetchall())
        return [
            Backlog(kind, ready, later, None if oldest is None else from_micros(oldest))
            for kind, ready, later, oldest in rows
        ]

    def recover(self, process: int | None = None) -> list[Message]:
        """Take everything out of the hands of a dead process, or of all: it is due now. Gives what can be read."""
        asked = {"now": to_micros(self._now()), "holder": process}
        rows = self._database.write(lambda c: c.execute(_RECOVER, asked).fetchall())
        self.wake()
        return [message for row in rows if (message := _readable(*row))]

    def wait(self, timeout: float, kinds: Collection[str] | None = None) -> None:
        """Sleep until a message may be due, at most `timeout` seconds; what this process publishes wakes it at once."""
        with self._news:
            seen = self._count
        # Looked at without the lock, so that nobody who publishes is held up; what comes meanwhile raises the count.
        due = self._database.read(lambda c: c.execute(_NEXT, {"kinds": _names(kinds)}).fetchone())
        if due is not None:
            timeout = min(timeout, (from_micros(due[0]) - self._now()) / timedelta(seconds=1))
        with self._news:
            self._news.wait_for(lambda: self._count != seen, max(0, timeout))

    def wake(self) -> None:
        """Let everybody who waits look again."""
        with self._news:
            self._count += 1
            self._news.notify_all()

    def _take(
        self, connection: sqlite3.Connection, count: int, visibility: float, kinds: Collection[str] | None
    ) -> list[Any]:
        now = self._now()
        asked = {"now": to_micros(now), "until": instant_after(now, visibility), "count": count, "kinds": _names(kinds)}
        asked |= {"holder": os.getpid()}
        return sorted(connection.execute(_TAKE, asked).fetchall())

    def _read(self, row: tuple[int, str, str, int]) -> Taken | None:
        message_id, kind, body, receives = row
        handle = f"{message_id}:{receives}"
        try:
            return Taken(message_id, messages.from_json(kind, body), receives, handle)
        except (KeyError, ValueError) as error:
            self.bury(handle, f"this message cannot be read: {type(error).__name__}: {error}")
            return None


def _insert(connection: sqlite3.Connection, rows: list[tuple[str, str, int, int]]) -> None:
    connection.executemany(_PUBLISH, rows)


def _readable(kind: str, body: str) -> Message | None:
    try:
        return messages.from_json(kind, body)
    except (KeyError, ValueError):
        return None


def _names(kinds: Collection[str] | None) -> str | None:
    return None if kinds is None else json.dumps(list(kinds))


def _held(handle: str) -> tuple[int, int]:
    message_id, receives = handle.split(":")
    return int(message_id), int(receives)


def _is_changed(connection: sqlite3.Connection, statement: str, *values: object) -> bool:
    return connection.execute(statement, values).rowcount > 0


def _bury(connection: sqlite3.Connection, handle: str, error: str, died: int) -> bool:
    held = _held(handle)
    connection.execute(_BURY, (error[:MAX_ERROR], died, *held))
    return _is_changed(connection, _ACK, *held)
