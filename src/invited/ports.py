"""What the pipelines need of the world: narrow ports, and the Engine that holds them.

Every method is atomic by itself and nothing spans two: whoever calls two of them must bear a crash between them,
and does so by order (first what is owed, then the thanks) and by being repeatable.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeAlias

from invited import messages
from invited.domain.approval import Approval
from invited.domain.audit import Entry
from invited.domain.branding import Branding, MailTemplate
from invited.domain.call import Call, CallState
from invited.domain.event import Event
from invited.domain.hook import Health, Hook
from invited.domain.invitation import Delivery, Invitation
from invited.domain.job import Control, Job, Reading
from invited.domain.newcomer import Newcomer, Verdict
from invited.domain.organizer import Organizer, Terms
from invited.domain.pacing import Grant, Pace
from invited.domain.principal import USUAL, Scope
from invited.domain.proposal import Proposal
from invited.domain.receipt import Receipt, Taken
from invited.domain.recipients import Recipients
from invited.domain.reconfirmation import Reconfirmation
from invited.domain.statistics import Statistics
from invited.domain.step import Life
from invited.domain.suppression import Suppression
from invited.kept import Kept
from invited.messages import Mail, Message
from invited.settings import Settings


class Archive(Protocol):
    """The raw mails, as they came."""

    def put(self, raw: bytes, arrivals: Sequence[Mail] = ()) -> str:
        """Keep `raw` durably and return its key; with it, in one step, how it came: once for each mailbox, keyless."""

    def get(self, key: str) -> bytes:
        """The mail at `key`; raises KeyError."""

    def mails(self, *, after: str = "", limit: int = 100) -> list[Mail]:
        """How mails came, by key and so by time: those of the first `limit` mails after the key `after`; [] at the end.

        One that is still being written may show up before others that were told already, never by more than a minute.
        """


class Queue(Protocol):
    """The way to the other pipelines. Taking from it is private to each engine."""

    def publish(self, messages: Sequence[Message], delay: float = 0) -> None:
        """Hand over `messages` durably, all or none, to be handled `delay` seconds from now at the earliest.

        A delay may be as long as a day, whatever the queue underneath can do.
        """


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that nobody could handle: its type and JSON text, when it was published, why and `at` what time it
    was given up. Ids are opaque.
    """

    id: str
    kind: str
    body: str
    published: datetime
    receives: int
    error: str
    at: datetime

    @property
    def why(self) -> str:
        """The last line of the error."""
        return self.error.strip().rpartition("\n")[2]

    def message(self) -> Message:
        """What it said; raises KeyError or ValueError where just that is what was wrong with it."""
        return messages.from_json(self.kind, self.body)


class DeadLetters(Protocol):
    """The messages that were given up.

    A queue that cannot be looked into by id (SQS) needs a table beside it, filled from its dead-letter queue.
    """

    def page(self, *, kind: str = "", after: str = "", limit: int = 100) -> list[DeadLetter]:
        """Newest first, roughly, of one type or all; `after` is the id of the last one of the page before."""

    def get(self, letter_id: str) -> DeadLetter | None: ...

    def replay(self, letter_id: str) -> bool:
        """Publish it again, as if for the first time, and then take it out; False where there is none of this id.

        First what is owed: a crash between the two, or two calls at once, may publish it twice.
        """

    def discard(self, letter_id: str) -> bool:
        """Take it out for good; False where there is none of this id."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one address, ready to go: CRLF line ends, no dot-stuffing. `envelope_from` "" is the null sender.

    `is_transparent`: whoever made `raw` vouches that it ends with a line end and is as imip/transparency.py says, so
    that nobody need look at all of it again.
    """

    envelope_from: str
    to: str
    raw: bytes
    is_transparent: bool = False


class Trouble(StrEnum):
    """What a temporary failure is about, and with that whom else it concerns."""

    RECIPIENT = "recipient"
    """This recipient, or their domain."""
    CONNECTION = "connection"
    """The connection broke; nobody said why."""
    RELAY = "relay"
    """The relay itself will not take mail now, whoever it is for."""
    PACE = "pace"
    """None at all: our own pace, or the time that a batch may take."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one letter. Neither flag: accepted. `is_temporary`: try again later, which `trouble` is about.
    `is_permanent`: never.
    """

    is_temporary: bool = False
    is_permanent: bool = False
    reason: str = ""
    trouble: Trouble = Trouble.RECIPIENT


class Outbox(Protocol):
    """The way out: a relay, or the mail lab."""

    def send(self, letters: Sequence[Letter]) -> list[Sent]:
        """Send each letter by itself; the results stand in the letters' order. Never raises for a single letter."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a POST after so many seconds: the HTTP status, 0 where none came, and the beginning of the answer or
    the trouble, in words without addresses of our own network.
    """

    status: int
    seconds: float
    text: str = ""


class Courier(Protocol):
    """The way to a webhook."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """POST to a stranger's server: one attempt within a bounded time, no redirect followed, and nowhere that the
        settings do not allow. Never raises for trouble on the way.
        """


class Verifier(Protocol):
    """Who really sent a mail."""

    def is_authenticated(self, mail: Mail, raw: bytes, address: str) -> bool:
        """Whether SPF or DKIM, aligned with the domain of `address` (the From), vouch for it (RFC 7489 §3.1)."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How full a queue is: `ready` may be taken now, `later` is in somebody's hands or waits for its time. `oldest` is
    since when the first of the ready ones may be taken, None for none and where nobody knows.

    On one machine `name` is a type of message; on AWS a pipeline's queue, whose numbers are approximate.
    """

    name: str
    ready: int
    later: int
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Vitals:
    """How an engine fares: what it runs on (`embedded` or `aws`), its queues by name, those that hold something at
    least, its dead letters, of which it counts MANY_DEAD at most; `free` of the `total` octets of the disk that the
    data are on, None where there is no such disk.
    """

    engine: str
    queues: Sequence[Backlog]
    dead: int
    free: int | None = None
    total: int | None = None


MANY_DEAD = 10_000


class Record(NamedTuple):
    """A DNS record: its name and value without a final dot of the name, its type `kind`."""

    name: str
    kind: str
    value: str


class Site(Protocol):
    """The place where the server runs, as its operator asks of it."""

    def vitals(self) -> Vitals:
        """How it fares; some counting for each call."""

    def records(self) -> list[Record]:
        """What to publish for each domain, so that mail finds this server and what it sends is believed."""

    def look_up(self, name: str, kind: str) -> list[str] | None:
        """The records that DNS has now, MX as hosts in order; None where nobody knows. Takes seconds at most.

        For names of our own alone: whoever makes a server ask for theirs learns of it.
        """


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
class Key:
    """An API key. The secret itself is not kept, only its SHA-256. `organizer` None with `is_admin` sees the domain."""

    id: str
    digest: str
    is_admin: bool
    organizer: str | None
    created: datetime
    note: str = ""
    scopes: frozenset[Scope] = USUAL
    expires: datetime | None = None
    used: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in by mail, on one `client` (its User-Agent). It ends at `ends`, if not before.

    Of its secret only the SHA-256 is kept; the `former` one is good for a moment after the secret was `changed`.
    """

    id: str
    digest: str
    address: str
    opened: datetime
    seen: datetime
    changed: datetime
    ends: datetime
    former: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may be repeated: the fingerprint of what it asks, and its answer, "" while there is none."""

    fingerprint: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """How far an event's digests are: the last was `ordered` for then, and news were `told` up to then; None: never."""

    ordered: datetime | None = None
    told: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is to call a webhook: `hook` for whoever has the right now. None: it is gone, or somebody else has
    the right, who is told when they release it; `is_next` for the first who asked since they took it.
    """

    hook: Hook | None
    is_next: bool = False


Choice: TypeAlias = str | bool | tuple[str, ...] | None
"""What an organizer chose for an event; None for nothing of their own."""


class Order(StrEnum):
    """How events are listed: by when they were created, or by their first start; equal ones by id."""

    NEWEST = "-created"
    OLDEST = "created"
    SOONEST = "start"
    LATEST = "-start"

    @property
    def is_by_start(self) -> bool:
        """Whether it is the start by which they are."""
        return self in (Order.SOONEST, Order.LATEST)

    @property
    def is_down(self) -> bool:
        """Whether the later ones come first."""
        return self in (Order.NEWEST, Order.LATEST)


class Store(Protocol):
    """Everything that must be remembered. Page methods go on after the cursor of the last item and end with [].

    All datetimes are aware. Conditional methods compare and write in one step.
    """

    def add_event(self, event: Event, limit: int) -> bool:
        """Store a new event; False where its organizer has this UID already. Raises LimitReached at `limit` events."""

    def event(self, event_id: str) -> Event | None: ...

    def event_at(self, event_id: str, revision: int) -> Event | None:
        """The event as it was at a revision, but for what `set_choices` changes; the 100 newest ones are kept."""

    def event_by_origin(self, organizer: str, origin_uid: str) -> Event | None: ...

    def replace_event(self, event: Event, expected_revision: int, settled: Approval | None = None) -> None:
        """Store the event anew, all but what `set_choices` changes; and in the same step make `settled`, the change
        that waits, what it says. Raises Temporary, and does neither, where the stored revision is not the expected one,
        or where another change waits than `settled`, or any without it.
        """

    def events(
        self,
        *,
        domain: str | None = None,
        organizer: str | None = None,
        order: Order = Order.NEWEST,
        since: datetime | None = None,
        until: datetime | None = None,
        after: str = "",
        limit: int = 100,
    ) -> list[Event]:
        """Of one domain or organizer or all, in this order, by which they are not before `since` and before `until`;
        `after` is the id of the last event of the page before.
        """

    def organizer(self, address: str) -> Organizer:
        """What was decided of an organizer; for one who is not known, nothing."""

    def organizers(self, *, after: str = "", limit: int = 100) -> list[Organizer]:
        """Everybody who had an event stored or terms set, by address; `after` is the last one of the page before."""

    def set_terms(self, address: str, terms: Terms) -> None:
        """Change the fields of an Organizer that are named, all but `address` and `events`, and no other."""

    def keep_cancel(self, owner: str, uid: str, mail: Mail, *, now: datetime, until: datetime) -> None:
        """Remember until then that `mail` cancels the event `uid`, which `owner` has none of yet. Repeating it changes
        nothing.
        """

    def kept_cancels(self, owner: str, uid: str, now: datetime) -> list[Mail]:
        """The mails so remembered, in the order of their keys."""

    def set_choices(self, event_id: str, choices: Mapping[str, Choice], *, expected: int | None = None) -> bool:
        """Change the organizer's choices that are named, and no other: `audience` (an Audience), `strangers` (a
        Strangers), those of a Door, `digest` and `listed` (bools); None goes back to the default of the settings, or to
        not listed. The event's `chosen` counts these calls; False, and no change, where it is not the `expected` one.
        """

    def listed(self, organizer: str, since: datetime, limit: int) -> list[Event]:
        """The events that this organizer listed and that may not be over by `since`: those first that are over first,
        those without a known end last (imip/span.py).
        """

    def slug(self, organizer: str) -> str:
        """Where this organizer's schedule is, "" for nowhere yet."""

    def scheduler(self, slug: str) -> str | None:
        """The organizer whose schedule is there."""

    def choose_slug(self, organizer: str, slug: str, *, expected: str) -> bool:
        """Have the organizer's schedule there from now on; False, and no change, where another one is there, or theirs
        is not at the `expected` slug ("" for nowhere yet).
        """

    def hold(self, approval: Approval, instead_of: str = "") -> None:
        """Have a pending change of an event wait, and in the same step supersede the one with the id `instead_of`.
        With that id of its own it is stored anew. Raises Temporary, and does neither, where the event has not the
        revision that the change expects, or where another change waits than `instead_of`, or any without it.
        """

    def settle(self, approval: Approval) -> bool:
        """Make the change that waits what `approval` says, leaving the event alone; False where it waits no more."""

    def pending(self, event_id: str) -> Approval | None:
        """The change of this event that waits."""

    def approval(self, approval_id: str) -> Approval | None: ...

    def approvals(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Approval]:
        """The changes of this event that wait or waited, newest first; `after` is the id of the last one before."""

    def admit(self, event_id: str, invitations: Sequence[Invitation], limit: int) -> Admitted:
        """Add the invitations that are new, while fewer than `limit` stand; repeating a job's call says the same.
        A token named twice is told once.
        """

    def invitation(self, event_id: str, token: str) -> Invitation | None: ...

    def invitations(
        self, event_id: str, *, after: str = "", limit: int = 100, job: str | None = None
    ) -> list[Invitation]:
        """By token; `after` is the last token of the page before; of one job or all."""

    def claim(
        self,
        event_id: str,
        tokens: Sequence[str],
        revision: int,
        now: datetime,
        lease: float,
        *,
        is_repeat: bool = False,
    ) -> Claim:
        """Take the right to send `revision` to those of `tokens` that hold an older one and whose state is not final;
        with `is_repeat` also to those that hold this one.

        A claim lasts until it is marked or released, at most `lease` seconds; until then it keeps out claims of any
        revision, so that an old version on the wire is never overtaken by a newer one. Those are told as `busy`.
        """

    def mark(self, event_id: str, deliveries: Sequence[Delivery], *, release: Sequence[str] = ()) -> None:
        """Remember what became of claimed invitations and count it; every named invitation gives its claim back.

        Each that is news is a step of the invitation's life. SENT, FAILED and DROPPED need a revision above the one the
        attendee holds, which only SENT raises. RETURNED, BOUNCED, COMPLAINED and WITHDRAWN, told without a claim, need
        one not below it and another state than theirs. All four but RETURNED, and FAILED, are final: nothing changes
        them. What does not fit so changes the claim alone, so that repeating a call does nothing. QUEUED is a mail put
        off: a step, unless they hold that version or the last step said the same; its reason is kept of whom nothing
        was sent.
        Tokens in `release` give just the claim back: they will be tried again.
        """

    def claim_nudge(
        self, event_id: str, tokens: Sequence[str], *, limit: int, before: datetime, now: datetime, lease: float
    ) -> Claim:
        """Take the right to remind those of `tokens` that are SENT and have not answered, were reminded fewer than
        `limit` times and got their last mail not after `before`; as with `claim`, whoever else has a claim is busy.
        """

    def mark_nudged(self, event_id: str, reminded: Sequence[Delivery], *, release: Sequence[str] = ()) -> None:
        """Count a reminder for each that was SENT, and remember which version it brought; one that FAILED counts as
        well, but brought nothing. Every named invitation gives its claim back. Repeating a call changes nothing.
        """

    def requeue(self, event_id: str, tokens: Sequence[str]) -> None:
        """Let those of `tokens` that FAILED wait anew, so that they can be claimed again; the others stay so."""

    def record(self, receipts: Sequence[Receipt]) -> list[bool]:
        """Record answers: the greatest by `Receipt.order` wins per attendee and occurrence, counted in the same step.
        The invitation then has its `partstat` by the answer to the whole, its `parts` by those to occurrences.
        True where the winning one changed. Beside it the greatest of each lower SEQUENCE is kept, and counted for the
        report on re-confirmation (domain/reconfirmation.py). An answer to an invitation or event that is not here
        changes nothing.

        Receipts that do not count go to the strangers, one per event and address: a forwarded one before an unverified
        one, then the greatest. Only the forwarded are counted. An ADMITTED answer takes its address out of the
        strangers and their count.

        How each was taken is remembered, also of those that do not win; taken twice, with the greater SEQUENCE.
        """

    def taken(self, event_id: str, mail: str) -> list[Taken]:
        """How the answers to this event in the mail with that key were taken."""

    def replace_answers(self, event_id: str, receipts: Sequence[Receipt]) -> None:
        """Let these be all the answers to the event, strangers' too, with what they count, and forget all others: each
        person's in one step, so that nobody ever sees less. How answers were taken stays.
        """

    def receipts(self, event_id: str, tokens: Sequence[str]) -> list[Receipt]:
        """The winning receipts of these attendees, whole event and occurrences."""

    def earlier_receipts(self, event_id: str, tokens: Sequence[str]) -> list[Receipt]:
        """The greatest receipts of these attendees to each SEQUENCE below that of their winning one, ascending."""

    def life(self, event_id: str, token: str) -> Life:
        """What happened to an invitation, in the order of time; nothing where there is none. Written by `admit`,
        `mark`, `mark_nudged` and `record`, each in the same step as what it is about. There is room for a few dozen
        steps at least; then answers are left out first.
        """

    def reconfirmation(self, event_id: str, sequence: int) -> Reconfirmation:
        """How the answers before the change at `sequence` became those of now; without looking at any invitation."""

    def answers(
        self, event_id: str, *, since: datetime, after: tuple[str, str] = ("", ""), limit: int = 100
    ) -> list[Receipt]:
        """The winning receipts that arrived after `since`, by (token, recurrence id), going on after that of the last
        one of the page before.
        """

    def stranger(self, event_id: str, address: str) -> Receipt | None:
        """The answer of this person who was not invited."""

    def strangers(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Receipt]:
        """People who answered without being invited, by address."""

    def add_newcomer(self, newcomer: Newcomer) -> bool:
        """Remember somebody who came by a forwarded invite; False, and no change, where they are known already, or
        the event is not here.
        """

    def newcomer(self, event_id: str, address: str) -> Newcomer | None: ...

    def newcomers(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Newcomer]:
        """By address; `after` is the last address of the page before."""

    def judge(self, event_id: str, address: str, verdict: Verdict) -> bool:
        """Remember what was decided about a newcomer, the last decision standing; False where there is none."""

    def propose(self, proposal: Proposal) -> bool:
        """Keep a proposal, the greatest by `Proposal.order` of its key; True where something changed, which it does
        not for an event that is not here.
        """

    def proposals(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Proposal]:
        """By key; `after` is the last key of the page before."""

    def digest(self, event_id: str) -> Digest: ...

    def order_digest(self, event_id: str, due: datetime) -> None:
        """Remember that a digest is on its way for `due`; an earlier one does not take the place of a later."""

    def tell_digest(self, event_id: str, until: datetime) -> None:
        """Remember that news are told up to `until`; this never goes back."""

    def statistics(self, event_id: str) -> Statistics:
        """The kept figures, in constant time; zeros for an event that is not."""

    def overall(self, organizer: str = "") -> Statistics:
        """The kept figures of all events of an organizer, or with "" of everybody's; in constant time, too. Links are
        one origin there, and there are no occurrences (domain/scopes.py).
        """

    def recipients(
        self, event_id: str = "", *, organizer: str = "", after: str = "", limit: int = 100
    ) -> list[Recipients]:
        """The figures by recipient domain of an event, or of an organizer's events, or of everybody's. In the order of
        the domains' names with a colon behind; `after` is the last domain of the page before.
        """

    def open_job(self, job: Job) -> None:
        """Remember a job; its `figures` are ignored. Repeating it changes nothing."""

    def job(self, job_id: str) -> Job | None: ...

    def jobs(self, event_id: str | None = None, *, after: str = "", limit: int = 100) -> list[Job]:
        """Newest first, of one event or all; `after` is the id of the last job of the page before."""

    def direct_job(
        self, job_id: str, control: Control, among: Collection[Control], now: datetime, why: str = ""
    ) -> bool:
        """Order something else of a job, whose order must be one of `among` until then; whether it was. `why` it pauses
        by itself. What it came to is remembered when it goes on (domain/job.py, `directed`).
        """

    def advance_job(self, job_id: str, octets: int, more: Reading) -> bool:
        """Add what was read of a job's list from `octets` on, where just so much had been read; whether it had."""

    def suppress(self, address: str, reason: str, now: datetime, *, organizer: str = "") -> None:
        """Never mail this address again for this organizer's events, or for any; the first reason stands."""

    def suppress_all(self, entries: Sequence[Suppression]) -> list[bool]:
        """Suppress these; which of them are new. An entry that stands for the address and organizer stays as it is."""

    def suppressions(self, organizer: str = "", *, after: str = "", limit: int = 100) -> list[Suppression]:
        """Those of one organizer, "" being everybody, by address; `after` is the last address of the page before."""

    def suppressions_of(self, address: str, limit: int = 100) -> list[Suppression]:
        """All about one address: what holds for everybody first, then by organizer."""

    def suppressed(self, addresses: Iterable[str], organizer: str) -> Mapping[str, str]:
        """Those of `addresses` that must not be mailed for this organizer's events, with the reason."""

    def readmit(self, address: str, *, organizer: str = "") -> bool:
        """Let this address be mailed again for this organizer's events, or for any; False where it was not suppressed.
        What holds for one organizer and for any are two things: each is taken back by itself.
        """

    def paces(self, names: Collection[str]) -> Mapping[str, Pace]:
        """The paces (domain/pacing.py) kept of these recipient domains and of RELAY."""

    def reserve(self, wanted: Mapping[str, int], rates: Mapping[str, float], now: datetime) -> Mapping[str, Grant]:
        """Take so many mails out of what the rate (mails a second) of each name allows; for each what it gave
        (domain/pacing.py, `granted`). Each name is by itself.
        """

    def slow(self, refusals: Mapping[str, str], now: datetime, first: float) -> Mapping[str, Pace]:
        """Leave each name alone after a refusal in such words; the paces then (domain/pacing.py, `slowed`)."""

    def ease(self, names: Collection[str], first: float) -> None:
        """Remember that mail to each name went well (domain/pacing.py, `eased`)."""

    def hit(self, name: str, window: float, now: datetime) -> int:
        """Count one more of `name`; how many there are in the window of so many seconds that its first hit opened."""

    def add_hook(self, hook: Hook, limit: int) -> None:
        """Store a new webhook; raises LimitReached where its owner has `limit`."""

    def hook(self, hook_id: str) -> Hook | None: ...

    def hooks(self, owner: str) -> list[Hook]:
        """All of one organizer, or with "" of the domain, oldest first; `limit` of add_hook bounds them."""

    def replace_hook(self, hook: Hook, expected_version: int) -> None:
        """Store what `version` stands for anew (see Hook), nothing else, except that one that is called again after it
        was disabled begins in good health. Raises Temporary where the stored version is not the expected one.
        """

    def remove_hook(self, hook_id: str) -> bool:
        """Forget it and its calls; False where it is not there."""

    def owe(self, hook_id: str, calls: Sequence[Call], limit: int) -> None:
        """Add calls to a webhook while fewer than `limit` wait; others are counted as `missed`. One that is known, by
        its id, changes nothing, and neither does any to a webhook that is gone.
        """

    def claim_hook(self, hook_id: str, now: datetime, lease: float) -> Turn:
        """Take the right to call it, for `lease` seconds at most; see Turn."""

    def release_hook(self, hook_id: str, health: Health) -> bool:
        """Give the right back and remember how the calls went; whether somebody wanted it meanwhile."""

    def waiting_calls(self, hook_id: str, limit: int) -> list[Call]:
        """Those that wait, soonest due first."""

    def replace_call(self, call: Call, was: CallState) -> bool:
        """Store a call anew, if it stands at `was` until then; whether it did."""

    def call(self, hook_id: str, call_id: str, now: datetime) -> Call | None: ...

    def calls(self, hook_id: str, now: datetime, *, after: str = "", limit: int = 100) -> list[Call]:
        """Newest first, without those that have expired by `now`; `after` is the id of the last of the page before."""

    def branding(self, domain: str) -> Branding | None:
        """What this domain's mails and pages look like, where anybody chose."""

    def replace_branding(self, domain: str, changed: Branding, expected_version: int) -> bool:
        """Store it anew, its version one above the expected, which is 0 where there is none; False, and no change,
        where the stored one has another.
        """

    def mail_template(self, domain: str, name: str) -> MailTemplate | None: ...

    def mail_templates(self, domain: str) -> list[MailTemplate]:
        """The domain's own, by name: no more than there are mails."""

    def set_mail_template(self, domain: str, template: MailTemplate) -> None:
        """Store it, in place of the one of that name."""

    def fault_mail_template(self, domain: str, name: str, changed: datetime, fault: str) -> None:
        """Remember why the template of then cannot be used; nothing where it was changed since."""

    def remove_mail_template(self, domain: str, name: str) -> bool: ...

    def add_key(self, key: Key) -> None: ...

    def key(self, key_id: str) -> Key | None: ...

    def keys(self, *, organizer: str | None = None, after: str = "", limit: int = 100) -> list[Key]:
        """Oldest first, of one organizer or all; `after` is the id of the last one of the page before."""

    def use_key(self, key_id: str, now: datetime) -> None:
        """Remember that a key was used then."""

    def remove_key(self, key_id: str) -> bool: ...

    def add_sign_in(self, digest: str, address: str, *, now: datetime, until: datetime) -> None:
        """Remember until then that whoever holds the secret with this SHA-256 may sign in as `address`, once."""

    def sign_in(self, digest: str, now: datetime) -> str | None:
        """The address that may sign in by it."""

    def take_sign_in(self, digest: str, now: datetime) -> str | None:
        """The same, and forget it: of several calls one gets the address."""

    def add_session(self, session: Session, now: datetime) -> None: ...

    def session(self, session_id: str) -> Session | None: ...

    def sessions(self, address: str, limit: int = 100) -> list[Session]:
        """Of this person, the newest first; those that have ended may be among them."""

    def renew_session(self, session: Session, expected: str) -> bool:
        """Store a session anew whose digest is `expected` until then; whether it was."""

    def remove_session(self, session_id: str) -> bool: ...

    def ask(self, name: str, fingerprint: str, *, now: datetime, lease: float, keep: float) -> Asked | None:
        """Take the right to answer the request `name`, for `lease` seconds; None where this call got it. Else what is
        known of it: somebody else is at it, it is answered, or it asked for something else. Kept for `keep` seconds.
        """

    def answer(self, name: str, answer: str) -> None:
        """Remember the answer to a request. "" gives the right to answer it back, so that the next call gets it."""

    def note(self, entry: Entry) -> None:
        """Add to the audit log, from which nothing is ever taken. Repeating it changes nothing."""

    def audit(self, *, event_id: str = "", actor: str = "", after: str = "", limit: int = 100) -> list[Entry]:
        """The log, newest first: of one event, or by one actor, or all; `after` is the last id of the page before."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What a pipeline runs on. `now` is the clock (aware UTC); `secret` keys every token and signed link; `kept` saves
    making again what the store and the settings still say.
    """

    settings: Settings
    secret: bytes
    store: Store
    archive: Archive
    queue: Queue
    outbox: Outbox
    verifier: Verifier
    courier: Courier
    now: Callable[[], datetime]
    dead_letters: DeadLetters
    site: Site
    kept: Kept = field(default_factory=Kept, init=False, compare=False)
