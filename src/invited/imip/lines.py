"""Content lines out: folding and parameter quoting (RFC 5545 §3.1, §3.2), dates and escaped text (§3.3.4-5, §3.3.11).

Whatever stands in a value, the line that comes out is one content line: nothing can start a second one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from invited.domain.moment import Moment

WIDTH = 75
"""Octets of a line without its line break."""

# U+0085, U+2028 and U+2029 break lines for every reader built on a general notion of lines.
_BREAKS = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_CONTROLS = dict.fromkeys([*range(0x09), *range(0x0A, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029])
_TOKEN = re.compile(r"[A-Za-z0-9./+_-]+")


def folded(line: str) -> bytes:
    """One content line in UTF-8 with its CRLF, folded at 75 octets and never inside a character."""
    if not line.isprintable():
        line = line.translate(_CONTROLS)
    raw = line.encode("utf-8", "replace")
    if len(raw) <= WIDTH:
        return raw + b"\r\n"
    if len(raw) == len(line):
        # No character is of several octets, so any place will do.
        rest = [raw[start : start + WIDTH - 1] for start in range(WIDTH, len(raw), WIDTH - 1)]
        return b"\r\n ".join([raw[:WIDTH], *rest]) + b"\r\n"
    pieces, start, room = [], 0, WIDTH
    while len(raw) - start > room:
        end = start + room
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(raw[start:end])
        # The space that opens every further piece counts, too.
        start, room = end, WIDTH - 1
    pieces.append(raw[start:])
    return b"\r\n ".join(pieces) + b"\r\n"


def text(value: str) -> str:
    """`value` escaped as TEXT; every kind of line break becomes one."""
    # Asking costs a fraction of translating.
    if value.isprintable() and not ("\\" in value or ";" in value or "," in value):
        return value
    return _BREAKS.sub("\n", value).translate(_ESCAPES)


def parameter(name: str, values: Iterable[str]) -> str:
    """`;NAME=value,…`, each value quoted where it must be. A DQUOTE, which cannot be written, becomes an apostrophe."""
    return f";{name}=" + ",".join(v if _TOKEN.fullmatch(v) else quoted(v) for v in values)


def quoted(value: str) -> str:
    """`value` in DQUOTEs, on one line."""
    if value.isprintable() and '"' not in value:
        return f'"{value}"'
    return '"' + _BREAKS.sub(" ", value).replace("\n", " ").replace('"', "'") + '"'


def stamp(moment: Moment) -> str:
    """The bare value: `20261201`, `20261201T100000Z`, or `20261201T100000` in a zone that is named beside it."""
    if moment.is_date:
        return moment.wall.date().isoformat().replace("-", "")
    wall = moment.wall.isoformat(timespec="seconds").replace("-", "").replace(":", "")
    return wall + "Z" if moment.zone == "UTC" else wall


def dated(name: str, moment: Moment, parameters: str = "") -> str:
    """The property `name` with a date or time, `parameters` already written as `;NAME=value`."""
    return f"{name}{parameters}{form(moment)}:{stamp(moment)}"


def form(moment: Moment) -> str:
    """The parameter that a date or time needs beside it."""
    if moment.is_date:
        return ";VALUE=DATE"
    return "" if moment.zone in (None, "UTC") else f";TZID={moment.zone}"
