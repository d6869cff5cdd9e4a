"""What the pipelines need of the world: four narrow ports and a verifier, and the Engine that holds them.

Every method is atomic by itself and nothing spans two: whoever calls two of them must bear a crash between them,
and does so by order (first what is owed, then the thanks) and by being repeatable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from invited.domain.event import Audience, Event
from invited.domain.invitation import Delivery, Invitation
from invited.domain.receipt import Receipt
from invited.domain.statistics import Statistics
from invited.messages import Mail, Message
from invited.settings import Settings


class Archive(Protocol):
    """The raw mails, as they came."""

    def put(self, raw: bytes) -> str:
        """Keep `raw` durably and return its key."""

    def get(self, key: str) -> bytes:
        """The mail at `key`; raises KeyError."""


class Queue(Protocol):
    """The way to the other pipelines. Taking from it is private to each engine."""

    def publish(self, messages: Sequence[Message], delay: float = 0) -> None:
        """Hand over `messages` durably, all or none, to be handled `delay` seconds from now at the earliest."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one address, ready to go: CRLF line ends, no dot-stuffing. `envelope_from` "" is the null sender."""

    envelope_from: str
    to: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one letter. Neither flag: accepted. `is_temporary`: try again later. `is_permanent`: never."""

    is_temporary: bool = False
    is_permanent: bool = False
    reason: str = ""


class Outbox(Protocol):
    """The way out: a relay, or the mail lab."""

    def send(self, letters: Sequence[Letter]) -> list[Sent]:
        """Send each letter by itself; the results stand in the letters' order. Never raises for a single letter."""


class Verifier(Protocol):
    """Who really sent a mail."""

    def is_authenticated(self, mail: Mail, raw: bytes, address: str) -> bool:
        """Whether SPF or DKIM, aligned with the domain of `address` (the From), vouch for it (RFC 7489 §3.1)."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """How an attempt to invite went, by token: `added` by this job, `already` invited before, `over` the limit."""

    added: tuple[str, ...]
    already: tuple[str, ...]
    over: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """Who may be sent a version now: `claimed` by this call. `busy` lack it too, but somebody else is sending to them:
    try those again once that is over. Whoever is in neither needs nothing.
    """

    claimed: tuple[Invitation, ...]
    busy: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One bulk send and how far it is; `figures` counts only its own invitations."""

    id: str
    event_id: str
    origin: str
    created: datetime
    figures: Statistics


@dataclass(frozen=True, slots=True)
class Key:
    """An API key. The secret itself is not kept, only its SHA-256. `organizer` None with `is_admin` sees the domain."""

    id: str
    digest: str
    is_admin: bool
    organizer: str | None
    created: datetime
    note: str = ""


class Store(Protocol):
    """Everything that must be remembered. Page methods go on after the cursor of the last item and end with [].

    All datetimes are aware. Conditional methods compare and write in one step.
    """

    def add_event(self, event: Event, limit: int) -> bool:
        """Store a new event; False where its organizer has this UID already. Raises LimitReached at `limit` events."""

    def event(self, event_id: str) -> Event | None: ...

    def event_by_origin(self, organizer: str, origin_uid: str) -> Event | None: ...

    def replace_event(self, event: Event, expected_revision: int) -> None:
        """Store the event anew, all but its `audience`, which only `set_audience` changes; raises Temporary where its
        stored revision is not the expected one.
        """

    def events(
        self, *, domain: str | None = None, organizer: str | None = None, after: str = "", limit: int = 100
    ) -> list[Event]:
        """Newest first, of one domain or organizer or all; `after` is the id of the last event of the page before."""

    def keep_cancel(self, owner: str, uid: str, mail: Mail, *, now: datetime, until: datetime) -> None:
        """Remember until then that `mail` cancels the event `uid`, which `owner` has none of yet. Repeating it changes
        nothing.
        """

    def kept_cancels(self, owner: str, uid: str, now: datetime) -> list[Mail]:
        """The mails so remembered, in the order of their keys."""

    def set_audience(self, event_id: str, audience: Audience | None) -> None: ...

    def admit(self, event_id: str, invitations: Sequence[Invitation], limit: int) -> Admitted:
        """Add the invitations that are new, while fewer than `limit` stand; repeating a job's call says the same.
        A token named twice is told once.
        """

    def invitation(self, event_id: str, token: str) -> Invitation | None: ...

    def invitations(
        self, event_id: str, *, after: str = "", limit: int = 100, job: str | None = None
    ) -> list[Invitation]:
        """By token; `after` is the last token of the page before; of one job or all."""

    def claim(self, event_id: str, tokens: Sequence[str], revision: int, now: datetime, lease: float) -> Claim:
        """Take the right to send `revision` to those of `tokens` not failed or bounced that hold an older one.

        A claim lasts until it is marked or released, at most `lease` seconds; until then it keeps out claims of any
        revision, so that an old version on the wire is never overtaken by a newer one. Those are told as `busy`.
        """

    def mark(self, event_id: str, deliveries: Sequence[Delivery], *, release: Sequence[str] = ()) -> None:
        """Remember what became of claimed invitations and count it; every named invitation gives its claim back.

        SENT, FAILED and DROPPED need a revision above the one the attendee holds, which only SENT raises. BOUNCED, told
        by the bounce pipeline without a claim, needs one not below it. FAILED and BOUNCED are final: nothing
        changes them. What does not fit so, and QUEUED, changes the claim alone, so that repeating a call does nothing.
        Tokens in `release` give just the claim back: they will be tried again.
        """

    def record(self, receipts: Sequence[Receipt]) -> list[bool]:
        """Record answers: the greatest by `Receipt.order` wins per attendee and occurrence, counted in the same step.
        The invitation then has its `partstat` by the answer to the whole, its `parts` by those to occurrences.
        True where something changed; an answer to an invitation or event that is not here changes nothing.

        Receipts that do not count go to the strangers, one per event and address: a forwarded one before an unverified
        one, then the greatest. Only the forwarded are counted.
        """

    def receipts(self, event_id: str, tokens: Sequence[str]) -> list[Receipt]:
        """The winning receipts of these attendees, whole event and occurrences."""

    def strangers(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Receipt]:
        """People who answered without being invited, by address."""

    def statistics(self, event_id: str) -> Statistics:
        """The kept figures, in constant time; zeros for an event that is not."""

    def open_job(self, job: Job) -> None:
        """Remember a job; its `figures` are ignored. Repeating it changes nothing."""

    def job(self, job_id: str) -> Job | None: ...

    def suppress(self, address: str, reason: str, now: datetime) -> None:
        """Never mail this address again; the first reason stands."""

    def suppressed(self, addresses: Iterable[str]) -> Mapping[str, str]:
        """Those of `addresses` that must not be mailed, with the reason."""

    def hit(self, name: str, window: float, now: datetime) -> int:
        """Count one more of `name`; how many there are in the window of so many seconds that its first hit opened."""

    def add_key(self, key: Key) -> None: ...

    def key(self, key_id: str) -> Key | None: ...

    def keys(self) -> list[Key]: ...

    def remove_key(self, key_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Engine:
    """What a pipeline runs on. `now` is the clock (aware UTC); `secret` keys every token and signed link."""

    settings: Settings
    secret: bytes
    store: Store
    archive: Archive
    queue: Queue
    outbox: Outbox
    verifier: Verifier
    now: Callable[[], datetime]
