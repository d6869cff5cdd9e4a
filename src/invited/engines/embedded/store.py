"""The Store port on SQLite: each method is one piece of work for the database; the tables' modules do it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from invited.domain import statistics
from invited.domain.event import Audience, Event
from invited.domain.invitation import Delivery, Invitation
from invited.domain.receipt import Receipt
from invited.domain.statistics import Statistics
from invited.engines.embedded import counters, events, hits, jobs, keys, suppression, waiting
from invited.engines.embedded import invitations as invited
from invited.engines.embedded import receipts as answers
from invited.engines.embedded.database import Database
from invited.messages import Mail
from invited.ports import Admitted, Claim, Job, Key


class EmbeddedStore:
    """Everything that must be remembered; see ports.Store for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_event(self, event: Event, limit: int) -> bool:
        return self._database.write(lambda c: events.add(c, event, limit))

    def event(self, event_id: str) -> Event | None:
        return self._database.read(lambda c: events.by_id(c, event_id))

    def event_by_origin(self, organizer: str, origin_uid: str) -> Event | None:
        return self._database.read(lambda c: events.by_origin(c, organizer, origin_uid))

    def replace_event(self, event: Event, expected_revision: int) -> None:
        self._database.write(lambda c: events.replace_at(c, event, expected_revision))

    def events(
        self, *, domain: str | None = None, organizer: str | None = None, after: str = "", limit: int = 100
    ) -> list[Event]:
        return self._database.read(lambda c: events.page(c, domain, organizer, after, limit))

    def keep_cancel(self, owner: str, uid: str, mail: Mail, *, now: datetime, until: datetime) -> None:
        self._database.write(lambda c: waiting.add(c, owner, uid, mail, now=now, until=until))

    def kept_cancels(self, owner: str, uid: str, now: datetime) -> list[Mail]:
        return self._database.read(lambda c: waiting.those(c, owner, uid, now))

    def set_audience(self, event_id: str, audience: Audience | None) -> None:
        self._database.write(lambda c: events.set_audience(c, event_id, audience))

    def admit(self, event_id: str, invitations: Sequence[Invitation], limit: int) -> Admitted:
        return self._database.write(lambda c: invited.admit(c, event_id, invitations, limit))

    def invitation(self, event_id: str, token: str) -> Invitation | None:
        return self._database.read(lambda c: invited.one(c, event_id, token))

    def invitations(
        self, event_id: str, *, after: str = "", limit: int = 100, job: str | None = None
    ) -> list[Invitation]:
        return self._database.read(lambda c: invited.page(c, event_id, after, limit, job))

    def claim(self, event_id: str, tokens: Sequence[str], revision: int, now: datetime, lease: float) -> Claim:
        return self._database.write(lambda c: invited.claim(c, event_id, tokens, revision, now=now, lease=lease))

    def mark(self, event_id: str, deliveries: Sequence[Delivery], *, release: Sequence[str] = ()) -> None:
        self._database.write(lambda c: invited.mark(c, event_id, deliveries, release))

    def record(self, receipts: Sequence[Receipt]) -> list[bool]:
        return self._database.write(lambda c: answers.record(c, receipts))

    def receipts(self, event_id: str, tokens: Sequence[str]) -> list[Receipt]:
        return self._database.read(lambda c: answers.of_some(c, event_id, tokens))

    def strangers(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Receipt]:
        return self._database.read(lambda c: answers.strangers(c, event_id, after, limit))

    def statistics(self, event_id: str) -> Statistics:
        return statistics.read(self._database.read(lambda c: counters.read(c, f"event:{event_id}")))

    def open_job(self, job: Job) -> None:
        self._database.write(lambda c: jobs.open_job(c, job))

    def job(self, job_id: str) -> Job | None:
        return self._database.read(lambda c: jobs.by_id(c, job_id))

    def suppress(self, address: str, reason: str, now: datetime) -> None:
        self._database.write(lambda c: suppression.add(c, address, reason, now))

    def suppressed(self, addresses: Iterable[str]) -> Mapping[str, str]:
        return self._database.read(lambda c: suppression.of_some(c, addresses))

    def hit(self, name: str, window: float, now: datetime) -> int:
        return self._database.write(lambda c: hits.hit(c, name, window, now))

    def add_key(self, key: Key) -> None:
        self._database.write(lambda c: keys.add(c, key))

    def key(self, key_id: str) -> Key | None:
        return self._database.read(lambda c: keys.one(c, key_id))

    def keys(self) -> list[Key]:
        return self._database.read(keys.every)

    def remove_key(self, key_id: str) -> bool:
        return self._database.write(lambda c: keys.remove(c, key_id))
