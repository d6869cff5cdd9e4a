"""One SQLite file: a writer thread that commits in groups whatever has gathered, and readers beside it.

A commit costs one wait for the disk (synchronous=FULL); shared by all that were handed in during the last one, it
costs next to nothing. Several processes may open the same file: each has its own writer, and they take turns.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeAlias, TypeVar

from invited.domain.errors import Refused, Temporary
from invited.engines.embedded.schema import Schema

T = TypeVar("T")
Work: TypeAlias = Callable[[sqlite3.Connection], T]

GROUP = 1000
"""Most pieces of work in one commit: it bounds how long the first waits for the last."""

BUSY_SECONDS = 30.0
"""How long a write waits for those of other processes."""

_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}


class _RolledBack(Exception):
    """SQLite itself gave up the whole transaction."""


@dataclass(frozen=True, slots=True)
class _Task(Generic[T]):
    work: Work[T]
    future: Future[T]


class Database:
    """`path` None is a database in memory: the same code, whose reads go through the writer, too.

    Made anew by its schema, or brought up to date; its version is PRAGMA user_version. Raises Refused.
    """

    def __init__(self, path: Path | None, schema: Schema) -> None:
        self._path = path
        self._tasks: SimpleQueue[_Task[Any] | None] = SimpleQueue()
        self._gate = threading.Lock()
        self._is_closed = False
        self._idle: deque[sqlite3.Connection] = deque()
        self._writing = _opened(path, schema)
        name = f"writer of {path.name if path else 'memory'}"
        self._writer = threading.Thread(target=self._run, name=name, daemon=True)
        self._writer.start()

    def submit(self, work: Work[T]) -> Future[T]:
        """Let `work` change the database; the result comes once it is durable.

        What it raises comes from the future, and then nothing of it has happened. Trouble with the disk is Temporary.
        """
        task = _Task(work, Future())
        with self._gate:
            if self._is_closed:
                raise Temporary("the database is closed")
            self._tasks.put(task)
        return task.future

    def write(self, work: Work[T]) -> T:
        """`submit`, waited for; never from within a piece of work."""
        return self.submit(work).result()

    def read(self, work: Work[T]) -> T:
        """What `work` reads, beside the writer; it must fetch all it asks for before it returns."""
        if self._path is None:
            return self.write(work)
        connection = self._borrowed(self._path)
        try:
            return work(connection)
        except sqlite3.Error as error:
            raise _translated(error) from error
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Finish what was handed in and close the file; to be called once nobody uses it any more."""
        with self._gate:
            if self._is_closed:
                return
            self._is_closed = True
            self._tasks.put(None)
        self._writer.join()
        while self._idle:
            self._idle.pop().close()
        self._writing.close()

    def _borrowed(self, path: Path) -> sqlite3.Connection:
        with self._gate:
            if self._is_closed:
                raise Temporary("the database is closed")
            if self._idle:
                return self._idle.pop()
        connection = _connection(path)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._gate:
            if not self._is_closed:
                self._idle.append(connection)
                return
        connection.close()

    def _run(self) -> None:
        is_open = True
        while is_open:
            batch = [self._tasks.get()]
            try:
                while batch[-1] is not None and len(batch) < GROUP:
                    batch.append(self._tasks.get_nowait())
            except Empty:
                pass
            is_open = batch[-1] is not None
            self._commit([task for task in batch if task and task.future.set_running_or_notify_cancel()])

    def _commit(self, tasks: list[_Task[Any]]) -> None:
        if not tasks:
            return
        try:
            self._writing.execute("BEGIN IMMEDIATE")
            outcomes = [_outcome(self._writing, task.work) for task in tasks]
            self._writing.execute("COMMIT")
        except (sqlite3.Error, _RolledBack) as error:
            with suppress(sqlite3.Error):
                self._writing.execute("ROLLBACK")
            outcomes = [(None, Temporary(f"nothing was saved: {error}"))] * len(tasks)
        for task, (result, failure) in zip(tasks, outcomes, strict=True):
            if failure is None:
                task.future.set_result(result)
            else:
                task.future.set_exception(failure)


def _outcome(connection: sqlite3.Connection, work: Work[T]) -> tuple[T | None, Exception | None]:
    """The result of `work` or what it raised; in the second case it has left no trace in the transaction."""
    connection.execute("SAVEPOINT work")
    try:
        result = work(connection)
    except Exception as error:
        if not connection.in_transaction:
            raise _RolledBack(str(error)) from error
        connection.execute("ROLLBACK TO work")
        connection.execute("RELEASE work")
        return None, _translated(error)
    connection.execute("RELEASE work")
    return result, None


def _translated(error: Exception) -> Exception:
    """Temporary for trouble that time may cure: a full disk, a lock, an I/O error. Any other error is a fault."""
    code = getattr(error, "sqlite_errorcode", None)
    # The low byte is the primary code; the others say more precisely what went wrong.
    if code is not None and code & 0xFF in _PASSING:
        return Temporary(f"the database is in trouble: {error}")
    return error


def _opened(path: Path | None, schema: Schema) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < (3, 37):
        raise Refused(f"Python has SQLite {sqlite3.sqlite_version}.", "Use a Python with SQLite 3.37 or newer.")
    try:
        connection = _connection(path)
        try:
            _migrate(connection, schema, path)
            # Room for the inner pages of a million invitations, the system keeps the others; fewer, longer checkpoints.
            connection.execute("PRAGMA cache_size = -24576")
            connection.execute("PRAGMA wal_autocheckpoint = 8000")
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise Refused(f"{path} cannot be used: {error}.", "See to the file and the rights on it.") from error
    return connection


def _connection(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path or ":memory:", timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # What a burst has made of the log is given back at the next checkpoint.
        connection.execute("PRAGMA journal_size_limit = 67108864")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, schema: Schema, path: Path | None) -> None:
    """All of it or nothing; of several processes at once, one does it."""
    connection.execute("BEGIN IMMEDIATE")
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > schema.version:
        raise Refused(
            f"{path} was written by a newer version of invited: its schema is {version}, this one knows "
            f"{schema.version}.",
            "Start that version, or restore the data that this one wrote.",
        )
    for script in schema.upgrades[version - 1 :] if version else (schema.whole,):
        for statement in _statements(script):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {schema.version}")
    if version and (fault := shape_fault(connection, schema)):
        raise Refused(
            f"{path} was not made by a release of invited: {fault}.",
            "Set INVITED_DATA_DIR to another folder; this one stays as it is.",
        )
    connection.execute("COMMIT")


def shape_fault(connection: sqlite3.Connection, schema: Schema) -> str:
    """What the tables and indexes are that a new database of this schema has otherwise, "" where they are the same.

    The order of columns does not matter: what an upgrade adds comes last.
    """
    there, wanted = shape(connection), _wanted(schema)
    for name in sorted(there.keys() | wanted.keys()):
        if name not in there:
            return f"{name} is missing"
        if name not in wanted:
            return f"{name} is not known"
        if there[name] != wanted[name]:
            lacking = ", ".join(sorted(column[0] for column in wanted[name] ^ there[name]))
            return f"{name} differs in {lacking}"
    return ""


def shape(connection: sqlite3.Connection) -> dict[str, frozenset[tuple[str, ...]]]:
    """Each table and index with its columns: of a table by name, type, whether it may be null, default and key; of an
    index by name and place, and what its rows must meet.
    """
    found: dict[str, frozenset[tuple[str, ...]]] = {}
    for kind, name, table, sql in connection.execute(_OBJECTS).fetchall():
        if kind == "table":
            options = sql.rpartition(")")[2].strip() if sql else ""
            columns = connection.execute("SELECT * FROM pragma_table_xinfo(?)", (name,)).fetchall()
            found[name] = frozenset({*(tuple(map(str, column[1:])) for column in columns), ("", options)})
        else:
            columns = connection.execute("SELECT seqno, name FROM pragma_index_info(?)", (name,)).fetchall()
            condition = " ".join(sql.partition(" WHERE ")[2].split()) if sql else ""
            place = name if sql else f"key of {table}: {', '.join(str(column) for _, column in columns)}"
            found[place] = frozenset({*((str(column), str(place)) for place, column in columns), ("", condition)})
    return found


_OBJECTS = """
SELECT type, name, tbl_name, sql FROM sqlite_schema
WHERE type IN ('table', 'index') AND (name NOT LIKE 'sqlite_%' OR type = 'index')
"""


@cache
def _wanted(schema: Schema) -> dict[str, frozenset[tuple[str, ...]]]:
    with closing(sqlite3.connect(":memory:")) as new:
        new.executescript(schema.whole)
        return shape(new)


def _statements(script: str) -> list[str]:
    """The statements of a script, one by one: executescript would end the transaction."""
    statements, lines = [], ""
    for line in script.splitlines(keepends=True):
        lines += line
        if sqlite3.complete_statement(lines):
            statements.append(lines)
            lines = ""
    return statements
