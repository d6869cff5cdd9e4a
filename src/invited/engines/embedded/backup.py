"""Backups of a data folder, made while the server runs, and put back.

Each database is copied by SQLite's own backup, in one step, as it stands at one instant; the archive after the facts,
so that every mail that these name is in it. What came between the two is in the archive alone, where `invited replay`
finds its answers. Beside them the secret and the DKIM keys, and a manifest that says of each file what it must be.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from invited.domain.errors import Refused
from invited.engines.embedded.durable import sync_folder
from invited.engines.embedded.folder import made
from invited.engines.embedded.lock import hold
from invited.engines.embedded.schema import DATABASES

MANIFEST = "manifest.json"
_NOTICE = "Give a new or empty folder."
_PIECE = 1 << 20


def back_up(folder: Path, target: Path, now: datetime) -> int:
    """Copy the data `folder` to `target`, which is made, and verify the copy; how many octets it has.

    Raises Refused: where there are no data, where `target` holds anything, and where the copy is not whole.
    """
    for name in ("invited.db", "archive.db", "secret"):
        if not (folder / name).exists():
            raise Refused(f"There is no {folder / name}.", "Set INVITED_DATA_DIR to a server's data folder.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused(f"{target} is there already.", _NOTICE)
    made(target)
    try:
        target.chmod(0o700)
        for name in DATABASES:
            if (folder / name).exists():
                _copy_database(folder / name, target / name)
        for path in _plain(folder):
            _copy_file(path, target / path.relative_to(folder))
        files = {str(path.relative_to(target)): _told(path) for path in sorted(_files(target))}
        told = {"invited": version("invited"), "made": now.isoformat(), "files": files}
        _write(target / MANIFEST, json.dumps(told, indent=1).encode())
        sync_folder(target)
    except (OSError, sqlite3.Error) as trouble:
        raise Refused(
            f"The backup in {target} is not whole: {trouble}.", "Remove it, see to the disk, and try again."
        ) from None
    return sum(path.stat().st_size for path in _files(verified(target)))


def verified(source: Path) -> Path:
    """`source`, a backup that is as it was made; raises Refused."""
    try:
        told: dict[str, dict[str, object]] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        raise Refused(
            f"{source} is no backup: it has no {MANIFEST} that can be read.", "Name another folder."
        ) from None
    for name, expected in told.items():
        path = source / name
        if path.resolve().parent not in (source.resolve(), *source.resolve().glob("dkim/*")) or not path.is_file():
            raise Refused(f"The backup {source} lacks {name}.", "Take another one.")
        if _told(path) != expected:
            raise Refused(f"{path} is not as it was backed up.", "Take another backup.")
    for name, schema in DATABASES.items():
        if name in told:
            _must_be_whole(source / name, schema.version)
    return source


def restore(source: Path, folder: Path, now: datetime) -> Path | None:
    """Put a backup in the place of the data in `folder`; where those lie now that were there, None for none.

    Raises Refused: where a server runs, and where the backup is not whole; then nothing has changed.
    """
    verified(source)
    with hold(folder):
        draft = folder / ".restoring"
        shutil.rmtree(draft, ignore_errors=True)
        try:
            for path in _files(source):
                if path.name != MANIFEST:
                    _copy_file(path, draft / path.relative_to(source))
            aside = _set_aside(folder, folder / f"before-restore-{now:%Y%m%dT%H%M%SZ}")
            for path in sorted(draft.iterdir()):
                path.rename(folder / path.name)
            draft.rmdir()
            sync_folder(folder)
        except OSError as trouble:
            raise Refused(
                f"The backup could not be put into {folder}: {trouble}.",
                f"What was there is there, or in a folder before-restore-… of it; {source} is whole. Try again.",
            ) from None
        return aside


def _set_aside(folder: Path, aside: Path) -> Path | None:
    """Move what the folder holds into a folder of its own; the logs of databases go with them."""
    names = [name for database in DATABASES for name in (database, f"{database}-wal", f"{database}-shm")]
    there = [path for name in (*names, "secret", "dkim") if (path := folder / name).exists()]
    if not there:
        return None
    aside.mkdir(mode=0o700)
    for path in there:
        path.rename(aside / path.name)
    return aside


def _copy_database(source: Path, target: Path) -> None:
    _make(target)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=60)) as live,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        live.backup(copy)
        # One file, without a log beside it; the server turns it back.
        copy.execute("PRAGMA journal_mode = DELETE")


def _must_be_whole(path: Path, newest: int) -> None:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            told = [text for (text,) in connection.execute("PRAGMA integrity_check(1)")]
            written = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        told, written = [str(error)], 0
    if told != ["ok"]:
        raise Refused(f"{path} is damaged: {told[0]}.", "Take another backup.")
    if written > newest:
        raise Refused(
            f"{path} was written by a newer version of invited: its schema is {written}, this one knows {newest}.",
            "Restore it with that version.",
        )


def _plain(folder: Path) -> Iterator[Path]:
    yield folder / "secret"
    yield from sorted((folder / "dkim").glob("*/*.pem"))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _told(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        return {"size": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _copy_file(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make(target)
    with source.open("rb") as file, target.open("wb") as copy:
        shutil.copyfileobj(file, copy, _PIECE)
        copy.flush()
        os.fsync(copy.fileno())
    sync_folder(target.parent)


def _write(path: Path, octets: bytes) -> None:
    _make(path)
    with path.open("wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())


def _make(path: Path) -> None:
    """An empty file for its owner alone."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
