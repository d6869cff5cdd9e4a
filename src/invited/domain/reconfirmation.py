"""Who was yes and is now no, maybe or silent: the answers before a change asked everybody again, against those since.

What counts as asking again is a significant change of the whole event (Event.asked); a cancel asks nobody, and a change
of single occurrences asks about those alone, so neither begins a new report. An answer belongs to the SEQUENCE that it
was given to. Before: the last answer to any version before that change. Now: the present answer, if it was given to
that version or a later one; else silent. Silent are all who have not answered since, whether or not they belong to the
audience that was told.

It is kept as plain sums, like every figure: one of each step between two SEQUENCEs that one attendee answered, by both
answers. Whatever the order in which answers come in, the same answers make the same sums, for any change of the past.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from invited.domain.receipt import Receipt
from invited.domain.statistics import ANSWERS

Tally: TypeAlias = Mapping[str, int]
"""How many people, by answer."""

SILENT = "silent"
NONE = "none"

KEPT = 10
"""SEQUENCEs of one attendee whose answers are kept, the highest ones."""


@dataclass(frozen=True, slots=True)
class Answers:
    """One attendee's answers to the whole event or to one occurrence: the greatest of each SEQUENCE, ascending."""

    receipts: tuple[Receipt, ...] = ()

    @property
    def standing(self) -> Receipt | None:
        """The present answer."""
        return self.receipts[-1] if self.receipts else None

    def joined(self, receipt: Receipt) -> Answers:
        """With one more answer; itself where that changes nothing."""
        known = {answer.sequence: answer for answer in self.receipts}
        same = known.get(receipt.sequence)
        if same and receipt.order() <= same.order():
            return self
        known[receipt.sequence] = receipt
        kept = Answers(tuple(known[sequence] for sequence in sorted(known)[-KEPT:]))
        return self if kept == self else kept

    def before(self, asked: int) -> Receipt | None:
        """The last answer to a version before SEQUENCE `asked`."""
        return next((receipt for receipt in reversed(self.receipts) if receipt.sequence < asked), None)


@dataclass(frozen=True, slots=True)
class Reconfirmation:
    """The report on the change that asked again at `sequence`, 0 for never.

    `was` maps each former answer (accepted, declined, tentative) to how many of those who gave it are now accepted,
    declined, tentative and silent. `new` counts those who had not answered before and have since.
    """

    sequence: int
    was: Mapping[str, Tally] = field(default_factory=dict)
    new: Tally = field(default_factory=dict)


def of_answers(before: Answers, after: Answers) -> Counter[str]:
    """The change to the kept sums when one attendee's answers become `after`; named
    `<lower SEQUENCE>:<answer to it>:<next SEQUENCE answered>:<present answer>`.
    """
    change = _steps(after)
    change.subtract(_steps(before))
    return Counter({name: step for name, step in change.items() if step})


def read(sums: Tally, asked: int) -> Reconfirmation:
    """The report that the kept `sums` amount to for the change at SEQUENCE `asked`."""
    present: Counter[str] = Counter()
    crossed: Counter[tuple[str, str]] = Counter()
    for name, people in sums.items():
        low, was, high, now = name.split(":")
        if int(low) < 0:
            present[now] += people
        if int(low) < asked <= int(high):
            crossed[was, now] += people
    if not asked:
        crossed.clear()
        present.clear()
    answers = tuple(ANSWERS.values())
    silent = {was: present[was] - sum(crossed[other, was] for other in (*answers, NONE)) for was in answers}
    table = {was: {now: crossed[was, now] for now in answers} | {SILENT: silent[was]} for was in answers}
    return Reconfirmation(asked, table, {now: crossed[NONE, now] for now in answers})


def _steps(answers: Answers) -> Counter[str]:
    standing = answers.standing
    if standing is None or standing.recurrence_id:
        return Counter()
    now = _answer(standing)
    given = [(-1, NONE), *((receipt.sequence, _answer(receipt)) for receipt in answers.receipts)]
    return Counter(f"{low}:{was}:{high}:{now}" for (low, was), (high, _) in pairwise(given))


def _answer(receipt: Receipt) -> str:
    return ANSWERS.get(receipt.partstat, NONE)
