"""The client itself: keeps connections to the relay between batches and shares them among threads."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from functools import cache
from threading import Condition

from invited.engines.embedded.smtp_client.batch import Batch
from invited.engines.embedded.smtp_client.connection import Connection, Terms
from invited.engines.embedded.smtp_client.relay import Relay
from invited.engines.embedded.smtp_client.run import Run
from invited.ports import Letter, Sent

LETTERS_PER_CONNECTION = 8
"""A batch opens one connection for so many letters, within the limit: opening one costs as much as several letters."""


class BulkClient:
    """Sends letters to one relay over at most `connections` connections. Any thread may use it.

    `name` is what EHLO says; `timeout` the seconds an answer may take, four times that for the answer to a whole mail;
    `max_letters` how many letters one connection carries; `max_idle` the seconds after which it is not used again.
    """

    def __init__(
        self,
        relay: Relay,
        *,
        name: str = "localhost",
        connections: int = 4,
        timeout: float = 30,
        max_letters: int = 1000,
        max_idle: float = 60,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._terms = Terms(
            relay=relay,
            name=name.encode("idna").decode(),
            timeout=timeout,
            max_letters=max_letters,
            tls=cache(lambda: tls or ssl.create_default_context()),
        )
        self._max_idle = max_idle
        self._free = connections
        self._kept: list[Connection] = []
        self._is_closed = False
        self._change = Condition()

    def send(self, letters: Sequence[Letter]) -> list[Sent]:
        """Send each letter; the outcomes stand in the letters' order. Never raises for what a relay or letter does.

        A letter is sent again only where its body had not gone out. Waits while other threads use all connections.
        """
        batch = Batch(letters)
        lanes, kept = self._borrow(-(-len(letters) // LETTERS_PER_CONNECTION))
        run = Run(self._terms, batch, kept, lanes)
        try:
            run.carry()
        finally:
            self._give_back(lanes, run.remains())
        return batch.results()

    def close(self) -> None:
        """Hang up. Batches under way are finished; from now on no connection outlives its batch."""
        with self._change:
            self._is_closed = True
            kept, self._kept = self._kept, []
        for connection in kept:
            connection.quit()

    def _borrow(self, wanted: int) -> tuple[int, list[Connection]]:
        """At least one lane and at most `wanted`, with the connections kept for them."""
        with self._change:
            self._change.wait_for(lambda: self._free)
            lanes = max(1, min(wanted, self._free))
            self._free -= lanes
            at = max(0, len(self._kept) - lanes)
            kept, self._kept = self._kept[at:], self._kept[:at]
        stale = [one for one in kept if not one.is_quiet or time.monotonic() - one.idle_since > self._max_idle]
        for connection in stale:
            connection.quit()
        return lanes, [connection for connection in kept if connection not in stale]

    def _give_back(self, lanes: int, connections: Sequence[Connection]) -> None:
        for connection in connections:
            connection.idle_since = time.monotonic()
        with self._change:
            self._free += lanes
            self._change.notify_all()
            if not self._is_closed:
                self._kept.extend(connections)
                return
        for connection in connections:
            connection.quit()
