"""Content lines and components of an iCalendar stream, read as leniently as real clients need (RFC 5545 §3.1, §3.6).

`icalendar` reads the same grammar, but unescapes values, drops what it cannot read and keeps time zones for the whole
process; an invite that is to be relayed without loss needs each line as it came, and to know which lines were broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from invited.domain.errors import Refused
from invited.domain.event import Property

MAX_LINES = 50_000
"""Content lines of one calendar part."""

MAX_DEPTH = 8
"""Components inside components; RFC 5545 needs three."""

MAX_DATED = 1_000
"""Characters of a date whose unquoted time zone is looked for."""

_BREAK = re.compile(r"\r\n|\r|\n")
_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*", re.ASCII)
_QUOTED_OR_PLAIN = r'(?:"[^"]*"|[^";:,]*)'
_PARAMETER = re.compile(rf";\s*([\w-]+)\s*=\s*({_QUOTED_OR_PLAIN}(?:,{_QUOTED_OR_PLAIN})*)\s*")
_VALUE = re.compile(r'"([^"]*)"|([^",]+)')
_UNQUOTED_TZID = re.compile(r'(?i);TZID=([^"]*):([^:]*)$')
_CONTROL = dict.fromkeys([*range(9), *range(10, 32), 127])
_DATED = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"})


@dataclass(slots=True)
class Node:
    """One component: `lines` in order, nested components, `broken` lines that are no content lines at all.

    `is_closed`: its END was there, so that nothing of it was cut off.
    """

    name: str
    lines: list[Property] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    is_closed: bool = False

    def all(self, name: str) -> list[Property]:
        """Every line of that name."""
        return [line for line in self.lines if line.name == name]

    def first(self, name: str) -> Property | None:
        """The first line of that name."""
        return next((line for line in self.lines if line.name == name), None)

    def value(self, name: str) -> str:
        """The first value of that name, stripped and still escaped; "" where there is none."""
        line = self.first(name)
        return line.value.strip() if line else ""


def parameter(line: Property, name: str) -> str:
    """A parameter's value, "" where it is absent; RFC 6868 escapes resolved.

    An unquoted comma splits a value in two by the grammar, but `CN=Doe, Jane` means one.
    """
    for key, values in line.parameters:
        if key == name:
            return _CARET.sub(lambda m: _CARETS[m.group()], ",".join(values)).strip()
    return ""


_CARETS = {"^n": "\n", "^^": "^", "^'": '"'}
_CARET = re.compile(r"\^[n^']")


def parse(text: str) -> list[Node]:
    """The outermost components of a stream: VCALENDARs, or bare VEVENTs; what stands outside of any is ignored.

    Raises Refused where it is larger or deeper than any calendar has reason to be.
    """
    root = Node("")
    stack = [root]
    for count, raw in enumerate(_unfolded(text)):
        if count >= MAX_LINES:
            raise Refused(
                f"The calendar file has more than {MAX_LINES:,} lines.", "Send fewer events, or one event in each mail."
            )
        line = _content_line(raw)
        if line is None:
            stack[-1].broken.append(raw)
        elif line.name == "BEGIN":
            _open(stack, line.value.strip().upper())
        elif line.name == "END":
            _close(stack, line.value.strip().upper())
        else:
            stack[-1].lines.append(line)
    return root.children


def _open(stack: list[Node], name: str) -> None:
    if len(stack) > MAX_DEPTH:
        raise Refused("The calendar file is nested deeper than any calendar is.", "Export the event anew and send it.")
    node = Node(name)
    stack[-1].children.append(node)
    stack.append(node)


def _close(stack: list[Node], name: str) -> None:
    for depth in range(len(stack) - 1, 0, -1):
        if stack[depth].name == name:
            stack[depth].is_closed = True
            del stack[depth:]
            return


def _unfolded(text: str) -> Iterator[str]:
    """Logical lines: any kind of line end, blank lines skipped even inside a fold, a BOM taken off."""
    pending = ""
    pieces: list[str] = []
    for piece in _BREAK.split(text.lstrip("\ufeff\u200b")):
        if piece[:1] in (" ", "\t", "\xa0") and (pending or pieces):
            pieces.append(piece[1:])
        elif piece.strip():
            if pending:
                yield pending + "".join(pieces)
            pending, pieces = piece, []
    if pending:
        yield pending + "".join(pieces)


def _content_line(raw: str) -> Property | None:
    raw = raw.translate(_CONTROL)
    head = _NAME.match(raw)
    if head is None:
        return None
    name, at = head[1].upper(), head.end()
    parameters = []
    while match := _PARAMETER.match(raw, at):
        parameters.append((match[1].upper(), _values(match[2])))
        at = match.end()
    if raw[at : at + 1] != ":":
        # A stray quote or a parameter without a value: the colon that follows still begins the value.
        at = raw.find(":", at)
        if at < 0:
            return None
    if name in _DATED and len(raw) < MAX_DATED and ":" in raw[at + 1 :] and (zoned := _UNQUOTED_TZID.search(raw)):
        # `TZID=(UTC+01:00) Paris:20240117T110000`, written without the quotes that its colon needs.
        return Property(name, (("TZID", (zoned[1],)),), zoned[2])
    return Property(name, tuple(parameters), raw[at + 1 :])


def _values(text: str) -> tuple[str, ...]:
    return tuple(quoted or plain for quoted, plain in _VALUE.findall(text)) or ("",)
