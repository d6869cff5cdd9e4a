"""Whether the files of a data folder are whole, of a schema that this version knows, and closed to others."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from invited.domain.finding import Finding, Level, summed
from invited.engines.embedded.database import shape_fault
from invited.engines.embedded.schema import DATABASES
from invited.engines.embedded.secret import LENGTH

RESTORE = "Restore a backup: invited restore DIR."


def check(folder: Path) -> Iterable[Finding]:
    """Whether everything in the data folder can be used; the databases are read whole."""
    yield from summed("files", "all are there, and for their owner alone", _faults(folder))
    for name in DATABASES:
        if (folder / name).exists():
            yield from summed(name, "whole, and of this version", _database(folder, name))


def _faults(folder: Path) -> Iterator[Finding]:
    for name in ("invited.db", "archive.db", "secret"):
        if not (folder / name).exists():
            yield Finding(Level.WRONG, "files", f"{folder / name} is not there", RESTORE)
    secret = folder / "secret"
    if secret.exists() and secret.stat().st_size != LENGTH:
        yield Finding(Level.WRONG, "files", f"{secret} is not {LENGTH} octets long", RESTORE)
    for path, most in _modes(folder).items():
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & ~most:
            text = f"others may read or change {path}: its mode is {mode:o}"
            yield Finding(Level.WRONG, "files", text, f"chmod {most:o} {path}; --repair does the same.")


def mend_modes(folder: Path) -> None:
    """Close the folder and its secrets to everybody but their owner."""
    for path, most in _modes(folder).items():
        path.chmod(stat.S_IMODE(path.stat().st_mode) & most)


def _modes(folder: Path) -> Mapping[Path, int]:
    """The most that each may be open."""
    keys = dict.fromkeys((folder / "dkim").glob("*/*.pem"), 384)
    secret = {folder / "secret": 0o600} if (folder / "secret").exists() else {}
    return {folder: 0o700, **secret, **keys}


def _database(folder: Path, name: str) -> Iterator[Finding]:
    path = folder / name
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
            told = [text for (text,) in connection.execute("PRAGMA integrity_check(3)")]
            if told != ["ok"]:
                yield Finding(Level.WRONG, name, f"{path} is damaged: {'; '.join(told)}", RESTORE)
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            schema = DATABASES[name]
            if version < schema.version:
                text = f"its schema is {version}, this version's {schema.version}"
                yield Finding(Level.WARNING, name, text, "The next start of the server brings it up to date.")
            elif fault := shape_fault(connection, schema):
                yield Finding(Level.WRONG, name, f"it is not as this version makes it: {fault}", RESTORE)
    except sqlite3.Error as error:
        yield Finding(Level.WRONG, name, f"{path} cannot be read: {error}", RESTORE)
