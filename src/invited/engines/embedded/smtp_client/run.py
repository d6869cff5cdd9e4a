"""Carries one batch to its end: waits on its connections, replaces those that break, and knows when to give up."""

from __future__ import annotations

import selectors
import time
from collections.abc import Sequence

from invited.engines.embedded.smtp_client.batch import Batch
from invited.engines.embedded.smtp_client.connection import Connection, Terms
from invited.engines.embedded.smtp_client.reply import Broken, TurnedAway
from invited.ports import Sent, Trouble

MAX_FRUITLESS = 2
"""Connections that may break one after the other without a letter decided, before their lane is closed."""

_BROKEN_OFF = Sent(is_temporary=True, reason="the sending was broken off", trouble=Trouble.CONNECTION)


class _Lane:
    """A place for one connection at a time. `is_kept`: its connection was there before this batch."""

    def __init__(self, connection: Connection | None) -> None:
        self.connection = connection
        self.is_kept = connection is not None
        self.fruitless = 0
        self.watched: tuple[int, int] | None = None
        """The descriptor and the events being waited for."""


class Run:
    """One batch over so many lanes, some of which have a connection from an earlier batch."""

    def __init__(self, terms: Terms, batch: Batch, kept: Sequence[Connection], lanes: int) -> None:
        self._terms = terms
        self._batch = batch
        for connection in kept:
            connection.serve(batch)
        self._lanes = [_Lane(connection) for connection in kept] + [_Lane(None) for _ in range(lanes - len(kept))]
        self._selector = selectors.DefaultSelector()
        self._last = _BROKEN_OFF

    def carry(self) -> None:
        """Settle every letter of the batch."""
        tick = min(self._terms.relay.timeout / 10, 1)
        with self._selector:
            self._employ()
            check = time.monotonic() + tick
            while self._batch.open:
                for key, _ in self._selector.select(tick):
                    self._proceed(key.data)
                if time.monotonic() >= check:
                    self._check_overdue()
                    check = time.monotonic() + tick

    def remains(self) -> list[Connection]:
        """The connections that can be kept for another batch; the others are hung up."""
        connections = [lane.connection for lane in self._lanes if lane.connection]
        kept = [connection for connection in connections if connection.is_idle]
        for connection in connections:
            if connection not in kept:
                connection.lose(_BROKEN_OFF, may_retry=False)
        return kept

    def _employ(self) -> None:
        """Give the letters that wait to lanes that are free; give up where there is no lane left."""
        for lane in tuple(self._lanes):
            if self._batch.is_waiting:
                self._start(lane)
        if not self._lanes:
            self._batch.give_up(self._last)

    def _start(self, lane: _Lane) -> None:
        try:
            if lane.connection is None:
                lane.connection = Connection(self._terms, self._batch)
            else:
                lane.connection.resume()
            self._watch(lane)
        except Broken as broken:
            self._close(lane, self._told(broken, is_open=False))

    def _proceed(self, lane: _Lane) -> None:
        connection = lane.connection
        if connection is None:
            return
        try:
            connection.proceed()
        except Broken as broken:
            self._replace(lane, broken)
            return
        if connection.is_spent and connection.is_idle:
            self._leave(lane)
            connection.quit()
            connection.close()
            self._employ()
        else:
            self._watch(lane)

    def _check_overdue(self) -> None:
        now = time.monotonic()
        for lane in tuple(self._lanes):
            try:
                if lane.connection:
                    lane.connection.check_overdue(now)
                    self._watch(lane)
            except Broken as broken:
                self._replace(lane, broken)

    def _replace(self, lane: _Lane, broken: Broken) -> None:
        """A connection broke: its lane gets another one, unless there is little hope in that."""
        connection = self._leave(lane)
        if connection is None:
            return
        was_kept, lane.is_kept = lane.is_kept and not connection.accomplished, False
        # A connection that was good until now may end at any time, and that says nothing about the letter at hand.
        was_good = was_kept or connection.accomplished > 0
        lane.fruitless = 0 if was_good else lane.fruitless + 1
        why = self._told(broken, is_open=connection.is_open)
        connection.lose(why, may_retry=was_good)
        if not connection.is_open or lane.fruitless >= MAX_FRUITLESS:
            self._close(lane, why)
        self._employ()

    def _close(self, lane: _Lane, why: Sent) -> None:
        self._leave(lane)
        self._lanes.remove(lane)
        self._last = why

    def _told(self, broken: Broken, *, is_open: bool) -> Sent:
        """Why it broke, as the outcome of a letter."""
        name = self._terms.relay.name
        if not is_open:
            return Sent(is_temporary=True, reason=f"the relay {name} cannot be used: {broken}", trouble=Trouble.RELAY)
        trouble = Trouble.RELAY if isinstance(broken, TurnedAway) else Trouble.CONNECTION
        return Sent(is_temporary=True, reason=f"the connection to the relay {name} broke: {broken}", trouble=trouble)

    def _leave(self, lane: _Lane) -> Connection | None:
        """Take the connection out of its lane."""
        connection, lane.connection = lane.connection, None
        if lane.watched:
            self._selector.unregister(lane.watched[0])
            lane.watched = None
        return connection

    def _watch(self, lane: _Lane) -> None:
        """Wait on what the lane's connection now waits for."""
        if lane.connection is None:
            return
        wanted = (lane.connection.fileno(), lane.connection.events)
        if lane.watched == wanted:
            return
        if lane.watched:
            self._selector.unregister(lane.watched[0])
        self._selector.register(*wanted, data=lane)
        lane.watched = wanted
