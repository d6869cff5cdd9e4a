"""The suppression list as a whole: taken in from a list of any length and form, given out as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from invited.domain.addresses import normalised
from invited.domain.job import MAX_FAULTS, Fault
from invited.domain.suppression import Suppression
from invited.lists.rows import BadRow, Entry, read
from invited.ports import Engine, Store
from invited.tables import lines, original

COLUMNS = ("email", "reason", "since")

PAGE = 500
"""Entries that are in hand at a time."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of the `rows` of a list: `added`, `already` there or `invalid`, the first of which are `faults`."""

    rows: int
    added: int
    already: int
    invalid: int
    faults: tuple[Fault, ...]


def take_in(engine: Engine, chunks: Iterable[bytes], organizer: str, reason: str) -> Intake:
    """Suppress everybody on a list for one organizer's events, with "" for anybody's.

    Repeating it adds nobody: the first reason stands. Takes the memory of one page, however long the list is; raises
    Refused for what is no text.
    """
    rows = added = good = 0
    faults: list[Fault] = []
    entries = read(chunks)
    while page := list(islice(entries, PAGE)):
        people, bad = _sorted(page)
        now = engine.now()
        added += sum(engine.store.suppress_all([Suppression(one, organizer, reason, now) for one in people]))
        rows, good = rows + len(page), good + len(people)
        faults += bad[: MAX_FAULTS - len(faults)]
    return Intake(rows, added, good - added, rows - good, tuple(faults))


def _sorted(page: Iterable[Entry]) -> tuple[list[str], list[Fault]]:
    people, bad = [], []
    for entry in page:
        if isinstance(entry, BadRow):
            bad.append(Fault(entry.line, entry.text, entry.reason))
            continue
        try:
            people.append(normalised(original(entry.email)))
        except ValueError as why:
            bad.append(Fault(entry.line, entry.email[:254], str(why)))
    return people, bad


def export(store: Store, organizer: str) -> Iterator[str]:
    """The list of one organizer, with "" the one that holds for everybody, as lines of CSV, a page at a time."""
    yield lines([COLUMNS])
    after = ""
    while page := store.suppressions(organizer, after=after, limit=PAGE):
        after = page[-1].address
        yield lines([(entry.address, entry.reason, entry.since.isoformat(timespec="seconds")) for entry in page])
