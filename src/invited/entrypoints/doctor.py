"""The whole examination of one machine's server: its files, its data in one snapshot, and what is around it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from invited.domain.errors import Refused
from invited.domain.finding import Finding, Level
from invited.engines.embedded.checks import CHECKS, files, snapshot
from invited.engines.embedded.lock import hold, is_held
from invited.engines.embedded.signing import record, signers
from invited.engines.lookup import dns_lookup
from invited.entrypoints import surroundings
from invited.settings import Settings


def examine(settings: Settings, now: datetime, *, is_online: bool = True) -> Iterator[Finding]:
    """Everything that can be looked at, in an order in which a fault explains those that follow.

    The server may run meanwhile. `is_online`: ask DNS and the relay, too. Raises Refused where there are no data.
    """
    folder = settings.data_dir
    if not folder.is_dir():
        raise Refused(f"There is no data folder {folder}.", "Set INVITED_DATA_DIR, or start a server: invited serve.")
    running = "it runs" if is_held(folder) else "none runs on these data"
    yield Finding(Level.OK, "server", running)
    is_whole = True
    for finding in files.check(folder):
        yield finding
        is_whole = is_whole and not (finding.level is Level.WRONG and finding.what.endswith(".db"))
    if is_whole and (folder / "invited.db").exists() and (folder / "archive.db").exists():
        yield from examine_data(folder, now)
    else:
        yield Finding(Level.WRONG, "data", "not looked at: a database is missing or damaged", "Mend that first.")
    yield from surroundings.disk(folder)
    yield from surroundings.addresses(settings)
    if is_online:
        keys = [record(signer) for signer in signers(folder)]
        yield from surroundings.names(settings, keys, dns_lookup)
        yield from surroundings.relay(settings)


def examine_data(folder: Path, now: datetime) -> Iterator[Finding]:
    """The invariants of what is stored, as it stands at one instant."""
    try:
        with snapshot(folder) as connection:
            for check in CHECKS:
                yield from check(connection, now)
    except (sqlite3.Error, ValueError) as fault:
        yield Finding(Level.WRONG, "data", f"they cannot be read: {fault}", "Restore a backup: invited restore DIR.")


def repair(settings: Settings, now: datetime) -> list[Finding]:
    """Put right in one step what can be without losing anything; what that was. Raises Refused where a server runs."""
    folder = settings.data_dir
    with hold(folder):
        files.mend_modes(folder)
        with snapshot(folder, is_writable=True) as connection:
            found = [finding for check in CHECKS for finding in check(connection, now) if finding.mend]
            for finding in found:
                for statement, values in finding.mend:
                    connection.execute(statement, values)
    return found
