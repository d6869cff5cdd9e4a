"""The client itself: keeps connections to the relay between batches and shares them among threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from threading import Condition

from invited.domain.addresses import domain_of
from invited.engines.embedded.relay import Relay, tls_context
from invited.engines.embedded.smtp_client.batch import Batch
from invited.engines.embedded.smtp_client.connection import Connection, Terms
from invited.engines.embedded.smtp_client.run import Run
from invited.ports import Letter, Sent

LETTERS_PER_CONNECTION = 8
"""A batch opens one connection for so many letters, within the limit: opening one costs as much as several letters."""


IDLE = timedelta(seconds=30)
"""How long a connection may lie unused: servers and firewalls soon forget it, some without a word."""

LAST_WORD = 1.0
"""Seconds for which a relay may answer QUIT."""


class BulkClient:
    """Sends over at most `connections` connections, each of which carries `max_letters`; to one recipient domain over
    at most `per_domain` of them at a time, 0 for all. Any thread may use it.

    `now` is the clock. The relay's timeout holds for every answer, four times that for the answer to a whole mail.
    """

    def __init__(
        self,
        relay: Relay,
        connections: int,
        now: Callable[[], datetime],
        *,
        per_domain: int = 0,
        max_letters: int = 1000,
    ) -> None:
        self._terms = Terms(relay, max_letters, cache(lambda: tls_context(relay)))
        self._now = now
        self._free = connections
        self._per_domain = per_domain
        self._taken: Counter[str] = Counter()
        self._kept: list[Connection] = []
        self._is_closed = False
        self._change = Condition()

    def send(self, letters: Sequence[Letter]) -> list[Sent]:
        """Send each letter; the outcomes stand in the letters' order. Never raises for what a relay or letter does.

        A letter is sent again only where its body had not gone out. Waits while other threads use all connections.
        """
        wanted = -(-len(letters) // LETTERS_PER_CONNECTION)
        domains = Counter(domain_of(letter.to) for letter in letters) if self._per_domain else Counter[str]()
        lanes, kept, shares = self._borrow(wanted, domains)
        batch = Batch(letters, shares)
        run = Run(self._terms, batch, kept, lanes)
        try:
            run.carry()
        finally:
            self._give_back(lanes, run.remains(), shares)
        return batch.results()

    def close(self) -> None:
        """Hang up. Batches under way are finished; from now on no connection outlives its batch."""
        with self._change:
            self._is_closed = True
            kept, self._kept = self._kept, []
        _hang_up(kept, LAST_WORD)

    def _borrow(self, wanted: int, domains: Mapping[str, int]) -> tuple[int, list[Connection], dict[str, int]]:
        """At least one lane and at most `wanted`, with the connections kept for them, and a share of each domain, which
        has so many letters here.
        """
        with self._change:
            # All at once, so that nobody who has a part of it waits for the rest.
            self._change.wait_for(lambda: self._free and all(self._taken[name] < self._per_domain for name in domains))
            lanes = max(1, min(wanted, self._free))
            self._free -= lanes
            shares = {name: min(lanes, count, self._per_domain - self._taken[name]) for name, count in domains.items()}
            self._taken.update(shares)
            at = max(0, len(self._kept) - lanes)
            kept, self._kept = self._kept[at:], self._kept[:at]
        stale = [one for one in kept if not one.is_quiet or self._now() - one.idle_since > IDLE]
        _hang_up(stale, 0)
        return lanes, [connection for connection in kept if connection not in stale], shares

    def _give_back(self, lanes: int, connections: Sequence[Connection], shares: Mapping[str, int]) -> None:
        for connection in connections:
            connection.idle_since = self._now()
        with self._change:
            self._free += lanes
            self._taken -= Counter(shares)
            self._change.notify_all()
            if not self._is_closed:
                self._kept.extend(connections)
                return
        _hang_up(connections, LAST_WORD)


def _hang_up(connections: Sequence[Connection], patience: float) -> None:
    for connection in connections:
        connection.quit()
    for connection in connections:
        connection.close(patience)
