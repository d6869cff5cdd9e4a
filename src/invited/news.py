"""What is new about an event, and when its organizer hears of it: in one digest a day, never by a mail for each answer.

The news themselves are what the store knows anyway; noted is only that there are some.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from invited.domain.event import Event
from invited.domain.newcomer import Newcomer, Verdict
from invited.domain.proposal import Proposal
from invited.domain.receipt import Receipt
from invited.messages import DigestDue
from invited.ports import Engine, Store

LAG = timedelta(minutes=15)
"""How long before its hour a digest ends: what came by then has been worked off. Later news are the next one's."""

PAGE = 500
"""Facts read at a time."""

MOST_ANSWERS = 50
MOST_OTHERS = 20
"""Facts of each kind that a digest names; the rest it counts."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as a digest names it; `name` is how the guest is called, else the address."""

    name: str
    receipt: Receipt


@dataclass(slots=True)
class News:
    """What came since the last digest: `counts` of answers by partstat, and of each kind the first few, by name.

    `waiting` newcomers are all whom the organizer has not decided about, however long ago they came.
    """

    counts: Counter[str] = field(default_factory=Counter)
    answers: list[Answer] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    more_proposals: int = 0
    waiting: list[Newcomer] = field(default_factory=list)
    more_waiting: int = 0
    newcomers: int = 0

    @property
    def more_answers(self) -> int:
        """Those that are counted and not named."""
        return self.counts.total() - len(self.answers)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.counts or self.proposals or self.newcomers)


def has_digest(engine: Engine, event: Event) -> bool:
    """Whether a daily mail tells its organizer what is new."""
    return engine.settings.digest_hour >= 0 and event.digest is not False


def note_news(engine: Engine, event: Event) -> None:
    """Order the event's next digest, once; nothing where it has none.

    Published first and remembered then: a crash in between gives two messages, of which the second finds nothing new.
    """
    if not has_digest(engine, event):
        return
    now = engine.now()
    due = next_digest(now, engine.settings.digest_hour)
    ordered = engine.store.digest(event.id).ordered
    if ordered is None or ordered < due:
        engine.queue.publish([DigestDue(event.id, due)], delay=(due - now).total_seconds())
        engine.store.order_digest(event.id, due)


def next_digest(now: datetime, hour: int) -> datetime:
    """The first digest that tells what happens at `now`, which is aware UTC."""
    earliest = now + LAG
    due = earliest.replace(hour=hour, minute=0, second=0, microsecond=0)
    return due if due >= earliest else due + timedelta(days=1)


def gathered(store: Store, event_id: str, since: datetime, until: datetime) -> News:
    """The news that arrived after `since` and not after `until`; page by page, so that memory bounds no number."""
    news = News()
    for receipt in _answers(store, event_id, since):
        if receipt.arrived <= until:
            news.counts[receipt.partstat] += 1
            if len(news.answers) < MOST_ANSWERS:
                news.answers.append(_named(store, receipt))
    for proposal in _proposals(store, event_id):
        if since < proposal.arrived <= until:
            _add(news, proposal)
    for newcomer in _newcomers(store, event_id):
        if newcomer.since <= until:
            _count(news, newcomer, since)
    return news


def newcomers_waiting(store: Store, event_id: str) -> Iterator[Newcomer]:
    """Those whom the organizer has not decided about, by address."""
    return (newcomer for newcomer in _newcomers(store, event_id) if newcomer.verdict is Verdict.WAITING)


def _add(news: News, proposal: Proposal) -> None:
    if len(news.proposals) < MOST_OTHERS:
        news.proposals.append(proposal)
    else:
        news.more_proposals += 1


def _count(news: News, newcomer: Newcomer, since: datetime) -> None:
    news.newcomers += newcomer.since > since
    if newcomer.verdict is not Verdict.WAITING:
        return
    if len(news.waiting) < MOST_OTHERS:
        news.waiting.append(newcomer)
    else:
        news.more_waiting += 1


def _named(store: Store, receipt: Receipt) -> Answer:
    invitation = store.invitation(receipt.event_id, receipt.token)
    return Answer((invitation.name or invitation.address) if invitation else receipt.address, receipt)


def _answers(store: Store, event_id: str, since: datetime) -> Iterator[Receipt]:
    after = ("", "")
    while page := store.answers(event_id, since=since, after=after, limit=PAGE):
        yield from page
        after = (page[-1].token, page[-1].recurrence_id)


def _proposals(store: Store, event_id: str) -> Iterator[Proposal]:
    after = ""
    while page := store.proposals(event_id, after=after, limit=PAGE):
        yield from page
        after = page[-1].key


def _newcomers(store: Store, event_id: str) -> Iterator[Newcomer]:
    after = ""
    while page := store.newcomers(event_id, after=after, limit=PAGE):
        yield from page
        after = page[-1].address
