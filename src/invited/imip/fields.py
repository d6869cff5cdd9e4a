"""The header fields of a raw mail as those who sign and check it see them: unfolded, in order, never repaired."""

from __future__ import annotations

import re

MAX_HEAD = 200_000
"""Octets of a header that is looked at."""

MAX_FIELDS = 1_000

_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)


def fields(raw: bytes) -> list[tuple[str, str]]:
    """Lower-case name and unfolded value of each field, top to bottom.

    Raises ValueError for a header that parsers might read in different ways, or that is too big to be honest.
    """
    head = re.split(rb"\r?\n\r?\n", raw[: MAX_HEAD + 4], maxsplit=1)[0].removesuffix(b"\n").removesuffix(b"\r")
    lines = re.split(rb"\r?\n", _FOLD.sub(b"", head))
    if len(head) > MAX_HEAD or len(lines) > MAX_FIELDS or b"\r" in head.replace(b"\r\n", b"") or b"\0" in head:
        raise ValueError("the header is too big or holds stray control characters")
    return [_field(line) for line in lines]


def _field(line: bytes) -> tuple[str, str]:
    found = _FIELD.fullmatch(line)
    if found is None:
        raise ValueError("a line of the header is no field")
    return found[1].decode().lower(), found[2].decode("utf-8", "replace").strip()
