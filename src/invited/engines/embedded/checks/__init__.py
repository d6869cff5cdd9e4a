"""The invariants of the data on one machine, each looked at in one snapshot of both databases.

Every check gives its findings one by one: a line that says that all is well, or a line for each fault.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from invited.domain.finding import Finding
from invited.engines.embedded.checks import figures, mails, rows, work

Check: TypeAlias = Callable[[sqlite3.Connection, datetime], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (rows.check, figures.check, work.check, mails.check)


@contextmanager
def snapshot(folder: Path, *, is_writable: bool = False) -> Iterator[sqlite3.Connection]:
    """Both databases of a data folder as they stand at one instant, the archive as schema `archive`.

    `is_writable`: changes are kept at the end of the block, if nothing is raised; nobody else writes meanwhile.
    """
    mode = "rw" if is_writable else "ro"
    connection = sqlite3.connect(_uri(folder / "invited.db", mode), uri=True, isolation_level=None, timeout=30)
    try:
        connection.execute("ATTACH ? AS archive", (_uri(folder / "archive.db", "ro"),))
        # The facts first: what they name of the archive was there before them.
        connection.execute("BEGIN IMMEDIATE" if is_writable else "BEGIN")
        connection.execute("SELECT 1 FROM main.sqlite_master").fetchone()
        connection.execute("SELECT 1 FROM archive.sqlite_master").fetchone()
        yield connection
        connection.execute("COMMIT")
    finally:
        connection.close()


def _uri(path: Path, mode: str) -> str:
    return f"{path.absolute().as_uri()}?mode={mode}"
