"""What waits for the organizer on an event's page: other times that were proposed, and people who were not invited."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from invited.credentials import stranger_link
from invited.domain.event import Event
from invited.news import newcomers_waiting
from invited.ports import Engine
from invited.wording import span_words

MOST = 50
"""Of each that a page lists."""


class ProposalRow(NamedTuple):
    """A proposal in words."""

    who: str
    when: str
    comment: str


class StrangerRow(NamedTuple):
    """Somebody to decide about, and where."""

    who: str
    link: str


@dataclass(frozen=True, slots=True)
class NewsView:
    """`has_more` of either than is listed."""

    proposals: tuple[ProposalRow, ...]
    has_more_proposals: bool
    strangers: tuple[StrangerRow, ...]
    has_more_strangers: bool


def organizers_news(engine: Engine, event: Event) -> NewsView:
    """What is listed on the page of `event`."""
    proposals = engine.store.proposals(event.id, limit=MOST + 1)
    waiting = list(islice(newcomers_waiting(engine.store, event.id), MOST + 1))
    return NewsView(
        tuple(ProposalRow(p.address, span_words(p.start, p.end), p.comment) for p in proposals[:MOST]),
        len(proposals) > MOST,
        tuple(StrangerRow(n.address, stranger_link(engine, event.id, n.address)) for n in waiting[:MOST]),
        len(waiting) > MOST,
    )
