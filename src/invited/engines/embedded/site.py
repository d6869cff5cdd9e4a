"""The Site port on one machine: its queue, its disk, its DKIM keys, its resolver."""

from __future__ import annotations

import shutil
from pathlib import Path

from invited import dns
from invited.engines.embedded.queue import EmbeddedQueue
from invited.engines.embedded.signing import record, signers
from invited.engines.lookup import Lookup, looked_up
from invited.ports import Record, Vitals
from invited.settings import Settings


class EmbeddedSite:
    """The site of the server whose data are in `folder`, None where they are in memory."""

    def __init__(self, settings: Settings, folder: Path | None, queue: EmbeddedQueue, lookup: Lookup) -> None:
        self._settings = settings
        self._folder = folder
        self._queue = queue
        self._lookup = lookup

    def vitals(self) -> Vitals:
        """See Site.vitals."""
        disk = shutil.disk_usage(self._folder) if self._folder else None
        return Vitals(
            engine="embedded",
            queues=self._queue.backlogs(),
            dead=self._queue.depth().dead,
            free=disk.free if disk else None,
            total=disk.total if disk else None,
        )

    def records(self) -> list[Record]:
        """See Site.records."""
        keys = signers(self._folder) if self._folder else []
        return dns.records(self._settings, [record(key) for key in keys])

    def look_up(self, name: str, kind: str) -> list[str] | None:
        """See Site.look_up."""
        return looked_up(self._lookup, name, kind)
