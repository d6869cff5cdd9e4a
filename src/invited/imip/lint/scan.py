"""A tolerant reader of iCalendar that keeps what parsers throw away: raw rows, line numbers, folds and faults.

RFC 5545 §3.1. It never raises, takes time in proportion to its input, and stops at MAX_ROWS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

MAX_ROWS = 50_000
"""Rows of one calendar object that are read."""

MAX_EVENTS = 500
"""Events of one calendar object that are looked at."""

MAX_LIST = 1_000
"""Parameters of a line, values of a parameter and values of a list that are read."""

MAX_DEPTH = 8
"""Components within components; RFC 5545 needs three."""

_ROW = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|\Z)")
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_PARAMETER = re.compile(r';([^=;:",]*)=')
_VALUE = re.compile(r'"([^"]*)"|([^",;:]*)')
_STOP = re.compile(r"[,;:]")


@dataclass(frozen=True, slots=True)
class Row:
    """One raw row: its number from 1, its octets, and the line break that ended it (empty at the end of the file)."""

    number: int
    octets: bytes
    ending: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """One unfolded content line. `name` and parameter names are upper-case, `value` is still escaped.

    `fault` is "line" where it has no name or no colon, "quote" where a DQUOTE stands in a parameter value.
    """

    number: int
    name: str
    parameters: tuple[tuple[str, tuple[str, ...]], ...]
    value: str
    fault: str = ""

    def parameter(self, name: str) -> str:
        """The first value of a parameter, "" if there is none."""
        return next((values[0] for key, values in self.parameters if key == name and values), "")

    @property
    def address(self) -> str:
        """A calendar address without its `mailto:`, lower-case."""
        value = self.value.strip().lower()
        return value.removeprefix("mailto:").strip()


@dataclass(frozen=True, slots=True)
class Component:
    """What stands between a BEGIN at row `number` and its END."""

    name: str
    number: int
    lines: tuple[Line, ...]
    children: tuple[Component, ...]

    def every(self, *names: str) -> tuple[Line, ...]:
        """All lines of these names, in order."""
        return tuple(line for line in self.lines if line.name in names)

    def first(self, name: str) -> Line | None:
        """The first line of this name."""
        return next((line for line in self.lines if line.name == name), None)

    def text(self, name: str) -> str:
        """The value of the first line of this name, stripped; "" if there is none."""
        line = self.first(name)
        return line.value.strip() if line else ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """One calendar object as it stands in a file or a part.

    `part` is "" in a file. `is_wire` tells whether its line breaks are its own: not so where the mail's transfer
    encoding lends them. `unread` is "" or what was left out. `faults` are breaks of the BEGIN/END nesting: row number
    and message.
    """

    part: str
    raw: bytes
    is_wire: bool
    unread: str
    rows: tuple[Row, ...]
    lines: tuple[Line, ...]
    objects: tuple[Component, ...]
    faults: tuple[tuple[int, str], ...]
    method: str
    events: tuple[Component, ...]
    zones: tuple[Component, ...]

    def at(self, place: Row | Line | Component | int) -> str:
        """A place in words: "line 12: DTSTART", with the part before it in a mail."""
        number = place if isinstance(place, int) else place.number
        name = f": {place.name}" if isinstance(place, Line | Component) else ""
        return f"{self.part}, line {number}{name}" if self.part else f"line {number}{name}"

    @property
    def is_scheduled(self) -> bool:
        """Whether it has a METHOD: an iTIP message and not only a calendar."""
        return bool(self.method)


def scan(raw: bytes, part: str = "", *, is_wire: bool = True) -> Calendar:
    """Read `raw` as a calendar object, whatever it is."""
    rows = tuple(islice(_rows(raw), MAX_ROWS + 1))
    kept = rows[:MAX_ROWS]
    lines = tuple(_lines(kept))
    roots, faults = _nested(lines)
    objects = tuple(root for root in roots if root.name == "VCALENDAR")
    inside = [child for root in objects for child in root.children]
    events = tuple(child for child in inside if child.name == "VEVENT")
    return Calendar(
        part=part,
        raw=raw,
        is_wire=is_wire,
        unread=_unread(len(rows) - len(kept), len(events) - MAX_EVENTS),
        rows=kept,
        lines=lines,
        objects=objects,
        faults=faults,
        method=next((root.text("METHOD").upper() for root in objects if root.text("METHOD")), ""),
        events=events[:MAX_EVENTS],
        zones=tuple(child for child in inside if child.name == "VTIMEZONE"),
    )


def _unread(rows: int, events: int) -> str:
    if rows > 0:
        return f"only the first {MAX_ROWS} lines of the calendar object were read"
    return f"only the first {MAX_EVENTS} events of the calendar object were looked at" if events > 0 else ""


def _rows(raw: bytes) -> Iterator[Row]:
    for number, match in enumerate(_ROW.finditer(raw), 1):
        octets, ending = match.groups()
        if octets or ending:
            yield Row(number, octets, ending)


def _lines(rows: tuple[Row, ...]) -> Iterator[Line]:
    number, pieces = 0, list[bytes]()
    for row in rows:
        if row.octets[:1] in (b" ", b"\t") and pieces:
            pieces.append(row.octets[1:])
            continue
        if pieces:
            yield _line(number, _text(pieces))
        number, pieces = row.number, [row.octets] if row.octets.strip() else []
    if pieces:
        yield _line(number, _text(pieces))


def _text(pieces: list[bytes]) -> str:
    return b"".join(pieces).removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")


def _line(number: int, text: str) -> Line:
    name = _NAME.match(text)
    if name is None:
        return Line(number, "", (), text, "line")
    position, fault = name.end(), ""
    parameters: list[tuple[str, tuple[str, ...]]] = []
    while len(parameters) < MAX_LIST and (head := _PARAMETER.match(text, position)):
        values, position, is_clean = _values(text, head.end())
        parameters.append((head[1].strip().upper(), values))
        fault = fault if is_clean else "quote"
    if text[position : position + 1] != ":":
        # The value is where most readers would look for it, so that other rules still see it.
        fault = fault or "line"
        colon = text.find(":", position)
        position = len(text) if colon < 0 else colon
    return Line(number, name[0].upper(), tuple(parameters), text[position + 1 :], fault)


def _values(text: str, position: int) -> tuple[tuple[str, ...], int, bool]:
    """The comma-separated values of a parameter, where they end, and whether every DQUOTE stands where it may."""
    values, is_clean = list[str](), True
    while len(values) < MAX_LIST and (match := _VALUE.match(text, position)):
        values.append(match[1] if match[1] is not None else match[2])
        position = match.end()
        if position < len(text) and text[position] not in ",;:":
            is_clean = False
            stop = _STOP.search(text, position)
            position = stop.start() if stop else len(text)
        if text[position : position + 1] != ",":
            break
        position += 1
    return tuple(values), position, is_clean


@dataclass(slots=True)
class _Open:
    name: str
    number: int
    lines: list[Line] = field(default_factory=list)
    children: list[Component] = field(default_factory=list)

    def closed(self) -> Component:
        return Component(self.name, self.number, tuple(self.lines), tuple(self.children))


def _nested(lines: tuple[Line, ...]) -> tuple[tuple[Component, ...], tuple[tuple[int, str], ...]]:
    """The components that BEGIN and END make of `lines`, and what is wrong with them."""
    top = _Open("", 0)
    stack, faults = [top], list[tuple[int, str]]()
    for line in lines:
        name = line.value.strip().upper()
        if line.name == "BEGIN" and len(stack) > MAX_DEPTH:
            faults.append((line.number, f"components stand more than {MAX_DEPTH} deep in one another"))
        elif line.name == "BEGIN":
            stack.append(_Open(name, line.number))
        elif line.name == "END":
            faults += _close(stack, name, line.number)
        else:
            stack[-1].lines.append(line)
            if len(stack) == 1:
                faults.append((line.number, "this line stands outside of any component"))
    while len(stack) > 1:
        faults.append((stack[-1].number, f"BEGIN:{stack[-1].name[:40]} has no END"))
        _pop(stack)
    return tuple(top.children), tuple(faults)


def _close(stack: list[_Open], name: str, number: int) -> list[tuple[int, str]]:
    if all(component.name != name for component in stack[1:]):
        return [(number, f"END:{name[:40]} has no BEGIN")]
    faults = []
    while stack[-1].name != name:
        faults.append((stack[-1].number, f"BEGIN:{stack[-1].name[:40]} has no END"))
        _pop(stack)
    _pop(stack)
    return faults


def _pop(stack: list[_Open]) -> None:
    component = stack.pop()
    stack[-1].children.append(component.closed())
