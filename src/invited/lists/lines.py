"""The lines of a stream of octets, however they end, each no longer than is sane."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from invited.lists.encodings import decoded

MAX_LINE = 10_000
"""Octets of one line."""

_SLICE = 65_536
"""Octets worked on at a time, however large the chunks are."""


class Line(NamedTuple):
    """One line, or a piece of a long one. `octets` are all that it took from the stream, its end included.

    `number` counts from 1. `is_ended`: the next line has the next number. `is_cut`: only its beginning is here.
    """

    text: str
    number: int
    octets: int
    is_ended: bool = True
    is_cut: bool = False


def lines(chunks: Iterable[bytes], number: int = 1, *, may_part: bool = False) -> Iterator[Line]:
    """Line by line; CR, LF and CRLF end one. The first has `number`.

    A line above MAX_LINE is cut, or with `may_part` given in pieces that end at a semicolon, a comma or a blank.
    """
    for head, octets, is_ended in _bounded(chunks, may_part=may_part):
        yield Line(decoded(head.rstrip(b"\r\n")), number, octets, is_ended, is_cut=octets > len(head))
        number += is_ended


def _bounded(chunks: Iterable[bytes], *, may_part: bool) -> Iterator[tuple[bytes, int, bool]]:
    """(octets kept, how many they stand for, whether the line ends with them)."""
    head, octets = b"", 0
    for piece, is_ended in _pieces(chunks):
        if is_ended and not octets and len(piece) <= MAX_LINE:
            yield piece, len(piece), True
            continue
        octets += len(piece)
        head += piece[: MAX_LINE + 2 - len(head)] if not may_part else piece
        while may_part and len(head.rstrip(b"\r\n")) > MAX_LINE:
            place = _parting(head)
            yield head[:place], place, False
            head, octets = head[place:], octets - place
        if is_ended:
            yield head, octets, True
            head, octets = b"", 0
    if octets:
        yield head, octets, True


def _parting(head: bytes) -> int:
    for separator in (b";", b",", b"\t", b" "):
        place = head.rfind(separator, 0, MAX_LINE)
        if place >= 0:
            return place + 1
    return MAX_LINE


def _pieces(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Lines with their ends, and what is known of a line whose end has not come yet."""
    held = b""
    for chunk in (whole[start : start + _SLICE] for whole in chunks for start in range(0, len(whole), _SLICE)):
        found = (held + chunk).splitlines(keepends=True)
        held = b""
        for piece in found[:-1]:
            yield piece, True
        for last in found[-1:]:
            if last.endswith(b"\r"):
                # An LF may follow in the next chunk.
                held = last
            else:
                yield last, last.endswith(b"\n")
    if held:
        yield held, True
