"""What the attendee's pages say: dates to choose from, and answers that stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Self

from invited.domain.event import Event
from invited.domain.invitation import Invitation, Partstat
from invited.domain.receipt import Receipt
from invited.imip.itip import recurrence_id
from invited.imip.recurrence import occurrences, original
from invited.wording import ANSWER_WORDS, span_words, when

MAX_DATES = 10
"""Next dates of a series that are offered to be answered one by one."""


class Date(NamedTuple):
    """One date of a series: `of` names it, as in Receipt."""

    of: str
    when: str


class Shown(NamedTuple):
    """An answer that stands: to one date, or with `of` "" to the whole."""

    of: str
    when: str
    answer: str

    @classmethod
    def of_answer(cls, event: Event, partstat: Partstat, of: str) -> Self:
        """An answer in words; `of` is one that the event has."""
        date = span_words(original(event, of), None) if of else ""
        return cls(of, date, ANSWER_WORDS.get(partstat, ""))


class Other(NamedTuple):
    """Another invitation of the same guest."""

    id: str
    subject: str
    when: str
    answer: str
    is_cancelled: bool


def dates(event: Event, now: datetime) -> tuple[Date, ...]:
    """The next dates of a series; none for what happens once."""
    found = occurrences(event, now, MAX_DATES)
    return tuple(Date(recurrence_id(c.recurrence_id), when(c)) for c in found if c.recurrence_id)


def standing(receipts: Sequence[Receipt], event: Event) -> list[Shown]:
    """A guest's present answers, that to the whole first."""
    ordered = sorted(receipts, key=lambda receipt: receipt.recurrence_id)
    return [Shown.of_answer(event, receipt.partstat, receipt.recurrence_id) for receipt in ordered]


def shown(event: Event, invitation: Invitation) -> Other:
    """An invitation in a list."""
    head = event.head
    answer = ANSWER_WORDS.get(invitation.standing(event.sequence), "")
    return Other(event.id, head.summary or "(no subject)", when(head), answer, event.is_cancelled)
