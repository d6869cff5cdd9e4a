"""A list read row by row: people where there is an address, and what is wrong where there is none."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from invited.lists.columns import Layout, layout
from invited.lists.encodings import HEAD, beginning, utf8
from invited.lists.lines import MAX_LINE, Line, lines
from invited.lists.people import entries

MAX_COLUMNS = 200
"""Cells of one record."""

MAX_RECORD_LINES = 20
"""Lines of one record: a quoted cell may have several."""

MAX_SHOWN = 254
"""Characters told of a row that is no good."""


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody on the list, in the `line` counted from 1; the address is not yet checked, the name not yet cleaned."""

    line: int
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """Something on the list that is nobody; `reason` is for a person and fits after "because "."""

    line: int
    text: str
    reason: str


Entry: TypeAlias = Row | BadRow


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on reading: after so many `octets`, in the `line`."""

    octets: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list and where the next ones are; `is_last`: there are none."""

    entries: tuple[Entry, ...]
    after: Place
    is_last: bool


def read(chunks: Iterable[bytes]) -> Iterator[Entry]:
    """Every row of a list in whatever form; raises Refused at once for what is no text.

    Takes memory for one line and one chunk, however long the list is.
    """
    source = utf8(chunks)
    head = beginning(source, HEAD)
    for found, _ in _records(chain((head,), source), layout(head), Place()):
        yield from found


def page(chunks: Iterable[bytes], plan: Layout, start: Place, most: int) -> Page:
    """The rows from `start`, where `chunks` (as `utf8` gives them) begin: `most`, or some more to end with a line."""
    found: list[Entry] = []
    after = start
    for more, after in _records(chunks, plan, start):
        found += more
        if len(found) >= most:
            return Page(tuple(found), after, is_last=False)
    return Page(tuple(found), after, is_last=True)


def _records(chunks: Iterable[bytes], plan: Layout, start: Place) -> Iterator[tuple[list[Entry], Place]]:
    """What each record holds, and the place after it."""
    octets = start.octets
    feed = _Feed(lines(chunks, start.line, may_part=not plan.delimiter))
    while line := feed.next():
        record = [line]
        if line.number <= plan.skipped:
            found: list[Entry] = []
        elif line.is_cut:
            found = [BadRow(line.number, line.text[:MAX_SHOWN], f"the line is longer than {MAX_LINE:,} characters")]
        elif plan.delimiter:
            cells, record = _cells(line, feed, plan.delimiter)
            found = _person(line.number, cells, plan)
        else:
            found = [_entry(line.number, *entry) for entry in entries(line.text)]
        octets += sum(one.octets for one in record)
        yield found, Place(octets, record[-1].number + record[-1].is_ended)


class _Feed:
    """Lines that can be given back."""

    def __init__(self, source: Iterator[Line]) -> None:
        self._source = source
        self._returned: deque[Line] = deque()

    def next(self) -> Line | None:
        return self._returned.popleft() if self._returned else next(self._source, None)

    def give_back(self, some: list[Line]) -> None:
        self._returned.extendleft(reversed(some))


def _cells(line: Line, feed: _Feed, delimiter: str) -> tuple[list[str], list[Line]]:
    """The cells of the record that begins with `line`, and all its lines.

    Where a quotation mark is opened and not closed within some lines, it was none: the record is this line alone.
    """
    if '"' not in line.text:
        return line.text.split(delimiter), [line]
    record, is_open = [line], False

    def supply() -> Iterator[str]:
        nonlocal is_open
        yield line.text + "\n"
        # The reader asks for another line only within a quoted cell.
        while len(record) < MAX_RECORD_LINES and sum(one.octets for one in record) < MAX_LINE:
            following = feed.next()
            if following is None:
                break
            record.append(following)
            yield following.text + "\n"
        is_open = True

    cells = next(csv.reader(supply(), delimiter=delimiter, skipinitialspace=True), [])
    if not is_open:
        return cells, record
    feed.give_back(record[1:])
    return [cell.replace('"', "") for cell in line.text.split(delimiter)], [line]


def _person(number: int, cells: list[str], plan: Layout) -> list[Entry]:
    if not any(cell.strip() for cell in cells):
        return []
    shown = plan.delimiter.join(cells)[:MAX_SHOWN]
    if len(cells) > MAX_COLUMNS:
        return [BadRow(number, shown, f"the row has more than {MAX_COLUMNS} columns")]
    cell = cells[plan.email].strip() if plan.email < len(cells) else ""
    if not cell:
        return [BadRow(number, shown, "the row has no address")]
    name = " ".join(" ".join(cells[column] for column in plan.names if column < len(cells)).split())
    return [_entry(number, email, name or own, fault) for email, own, fault in entries(cell)]


def _entry(number: int, email: str, name: str, fault: str) -> Entry:
    return BadRow(number, email[:MAX_SHOWN], fault) if fault else Row(number, email, name)
