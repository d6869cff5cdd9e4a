"""The embedded engine put together: which file, which thread and which road out stands behind each port."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Self

from invited.domain.errors import Refused
from invited.engines.courier import HttpCourier
from invited.engines.embedded.archive import EmbeddedArchive
from invited.engines.embedded.database import Database
from invited.engines.embedded.dead_letters import EmbeddedDeadLetters
from invited.engines.embedded.folder import made
from invited.engines.embedded.lab import LabOutbox
from invited.engines.embedded.queue import EmbeddedQueue
from invited.engines.embedded.relay import parse
from invited.engines.embedded.schema import DATABASES
from invited.engines.embedded.secret import LENGTH, kept
from invited.engines.embedded.signing import SigningOutbox, signers
from invited.engines.embedded.site import EmbeddedSite
from invited.engines.embedded.smtp_client import BulkClient
from invited.engines.embedded.store import EmbeddedStore
from invited.engines.lookup import dns_lookup
from invited.messages import DeliveryDue, HookDue
from invited.ports import Engine, Outbox, Verifier
from invited.settings import Settings


class EmbeddedEngine:
    """`ports` is what the pipelines run on. Beside it what only this engine has: `queue` to take from, `archive` to
    hand a mail to without waiting, and the `lab`, None where there is a relay.

    With `is_memory` nothing touches the disk: the test engine. Raises Refused.
    """

    def __init__(self, settings: Settings, *, is_memory: bool, now: Callable[[], datetime], verifier: Verifier) -> None:
        folder = None if is_memory else made(settings.data_dir)
        with ExitStack() as opened:
            self._opened = opened
            secret = secrets.token_bytes(LENGTH) if folder is None else kept(folder / "secret")
            facts = self._open(folder, "invited.db")
            store = EmbeddedStore(facts)
            self.queue = EmbeddedQueue(facts, now)
            self.archive = EmbeddedArchive(self._open(folder, "archive.db"), now)
            self.lab: LabOutbox | None = None
            outbox: Outbox
            if settings.relay is None:
                outbox = self.lab = LabOutbox(self._open(folder, "lab.db"), now, settings.lab_keep)
            else:
                outbox = relay = _relay(settings, now)
                opened.callback(relay.close)
            if folder is not None and (keys := signers(folder)):
                outbox = SigningOutbox(outbox, keys, now)
            dead = EmbeddedDeadLetters(facts, now, self.queue.wake)
            courier = HttpCourier(is_private_allowed=settings.webhook_private)
            site = EmbeddedSite(settings, folder, self.queue, dns_lookup)
            self.ports = Engine(
                settings, secret, store, self.archive, self.queue, outbox, verifier, courier, now, dead, site
            )
            self._opened = opened.pop_all()

    def close(self) -> None:
        """Finish what was handed in and let go of everything; to be called once nobody works any more."""
        self._opened.close()

    def recover(self, process: int | None = None) -> None:
        """Take from a dead worker process what it had in hand; from all, for a server that has just got the lock."""
        for message in self.queue.recover(process):
            if isinstance(message, DeliveryDue):
                self.ports.store.mark(message.event_id, [], release=message.tokens)
            elif isinstance(message, HookDue) and (hook := self.ports.store.hook(message.hook_id)):
                self.ports.store.release_hook(hook.id, hook.health)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, folder: Path | None, name: str) -> Database:
        """A database of the folder."""
        database = Database(folder / name if folder else None, DATABASES[name])
        self._opened.callback(database.close)
        return database


def _relay(settings: Settings, now: Callable[[], datetime]) -> BulkClient:
    url = settings.relay.get_secret_value() if settings.relay else ""
    try:
        relay = parse(url, settings.domain[0], settings.relay_timeout)
    except ValueError:
        raise Refused("INVITED_RELAY has a login that is not ASCII.", "Use one that is, percent-encoded.") from None
    return BulkClient(relay, settings.relay_connections, now, per_domain=settings.domain_connections)
