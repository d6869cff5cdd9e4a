"""What would be understood of a list, from its beginning: before anybody is invited by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from invited.domain.addresses import normalised
from invited.lists.columns import Layout, fields, layout
from invited.lists.encodings import HEAD, beginning, encoding, utf8
from invited.lists.lines import lines
from invited.lists.rows import MAX_COLUMNS, BadRow, Entry, Place, Row, page

LOOK = 1_000_000
"""Octets of a list that are looked at."""

ROWS = 10_000
"""Rows that are looked at, or some more to end with a line."""

EXAMPLES = 5
"""Records in which an example for each column is looked for."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: its `title`, "" where the list has no header, and the first cell that is filled."""

    title: str
    example: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What was understood of the rows looked at; `is_whole`: they are all of the list.

    `faults` are rows that are nobody, `duplicates` counts those who were named before.
    """

    encoding: str
    layout: Layout
    columns: tuple[Column, ...]
    people: tuple[Row, ...]
    faults: tuple[BadRow, ...]
    duplicates: int
    is_whole: bool


def preview(chunks: Iterable[bytes], columns: Sequence[int] = (), *, is_cut: bool = False) -> Preview:
    """Read the beginning of a list as it would be read whole; `is_cut`: more would follow, even in its last line.

    Raises Refused for what is no text, and for a choice of `columns` where there are none.
    """
    raw = beginning(iter(chunks), LOOK + 1)
    is_cut = is_cut or len(raw) > LOOK
    text = b"".join(utf8([raw[:LOOK]]))
    if is_cut:
        text = text[: max(text.rfind(b"\n"), text.rfind(b"\r")) + 1] or text
    plan = layout(text[:HEAD], columns)
    found = page([text], plan, Place(), ROWS)
    people, faults, duplicates = _sorted(found.entries)
    is_whole = found.is_last and not is_cut
    return Preview(encoding(raw[:HEAD]), plan, _columns(text, plan), people, faults, duplicates, is_whole)


def _sorted(entries: Iterable[Entry]) -> tuple[tuple[Row, ...], tuple[BadRow, ...], int]:
    people: dict[str, Row] = {}
    faults: list[BadRow] = []
    rows = 0
    for entry in entries:
        if isinstance(entry, BadRow):
            faults.append(entry)
            continue
        try:
            people.setdefault(normalised(entry.email), entry)
        except ValueError as error:
            faults.append(BadRow(entry.line, entry.email, str(error)))
        else:
            rows += 1
    return tuple(people.values()), tuple(faults), rows - len(people)


def _columns(text: bytes, plan: Layout) -> tuple[Column, ...]:
    if not plan.delimiter:
        return ()
    seen = [line for line, _ in zip(lines([text]), range(plan.skipped + EXAMPLES), strict=False)]
    titles = fields(seen[plan.skipped - 1].text, plan.delimiter) if plan.skipped else []
    records = [fields(line.text, plan.delimiter) for line in seen[plan.skipped :]]
    width = min(max(map(len, [titles, *records])), MAX_COLUMNS)
    return tuple(Column(_cell(titles, column), _filled(records, column)) for column in range(width))


def _filled(records: Iterable[Sequence[str]], column: int) -> str:
    return next((cell for record in records if (cell := _cell(record, column))), "")


def _cell(record: Sequence[str], column: int) -> str:
    return record[column].strip() if column < len(record) else ""
