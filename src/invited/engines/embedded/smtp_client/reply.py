"""SMTP replies, read from any chunks of bytes (RFC 5321 §4.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

MAX_LINE = 4096
"""Octets of one reply line; RFC 5321 §4.5.3.1.5 says 512, real servers exceed it."""

MAX_LINES = 128
"""Lines of one reply."""

MAX_REASON = 300
"""Characters kept of a reply where it is told as a reason."""

_LINE = re.compile(rb"([2-5][0-9]{2})(?:[ -]([^\r]*))?\r?")


class Broken(Exception):
    """The session cannot go on; the text says why."""


class TurnedAway(Broken):
    """The relay itself said that it will not go on (421)."""


class Reply(NamedTuple):
    """One whole reply: its code and the text of its lines, joined by line feeds."""

    code: int
    text: str

    def __str__(self) -> str:
        """The reply on one line, cut to what is kept."""
        return " ".join(f"{self.code} {self.text}".split())[:MAX_REASON]


class ReplyReader:
    """Cuts what a server sends into replies; where the chunks end never matters."""

    def __init__(self) -> None:
        self._rest = b""
        self._earlier: list[Reply] = []

    @property
    def is_between(self) -> bool:
        """Whether no reply has been begun."""
        return not self._rest and not self._earlier

    def feed(self, data: bytes) -> Iterable[Reply]:
        """The replies that `data` completes; raises Broken once what follows them is no SMTP."""
        return (self.is_between and _at_once(data)) or self._cut(data)

    def _cut(self, data: bytes) -> Iterator[Reply]:
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            reply = _reply(line)
            if line[3:4] == b"-":
                self._earlier.append(reply)
                if len(self._earlier) > MAX_LINES:
                    raise Broken(f"it sent a reply of more than {MAX_LINES} lines")
            elif self._earlier:
                text = "\n".join([earlier.text for earlier in self._earlier] + [reply.text])
                self._earlier.clear()
                yield Reply(reply.code, text)
            else:
                yield reply
        if len(self._rest) > MAX_LINE:
            raise Broken(f"it sent a reply line of more than {MAX_LINE} octets")


@lru_cache(maxsize=256)
def _at_once(data: bytes) -> tuple[Reply, ...]:
    """The replies of which `data` consists if each has one line; none where there is more to say about it."""
    lines = data.split(b"\n")
    if lines.pop() or any(line[3:4] == b"-" for line in lines):
        return ()
    try:
        return tuple(map(_reply, lines))
    except Broken:
        return ()


@lru_cache(maxsize=256)
def _reply(line: bytes) -> Reply:
    # Most replies of a bulk are the same few lines, so remembering them saves most of the work.
    if len(line) > MAX_LINE:
        raise Broken(f"it sent a reply line of more than {MAX_LINE} octets")
    found = _LINE.fullmatch(line)
    if not found:
        raise Broken(f"it sent what is no SMTP reply: {_printable(line)!r}")
    return Reply(int(found[1]), _printable(found[2] or b""))


def _printable(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return "".join(c if c.isprintable() else " " for c in text)
