"""Long bodies in the archive, in pieces, so that nobody ever holds a whole one: first the pieces, then their table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from invited.ports import Archive

PIECE = 262_144
"""Octets of one piece."""


@dataclass(frozen=True, slots=True)
class Body:
    """What was kept: its `key` in the archive and how many octets it has."""

    key: str
    size: int


def keep(archive: Archive, chunks: Iterable[bytes]) -> Body:
    """Archive a stream of octets."""
    pieces = [(archive.put(piece), len(piece)) for piece in _pieces(chunks)]
    return Body(archive.put(json.dumps(pieces).encode()), sum(size for _, size in pieces))


def stream(archive: Archive, key: str, start: int = 0) -> Iterator[bytes]:
    """The octets of a body from `start` on, piece by piece; raises KeyError."""
    pieces: list[tuple[str, int]] = json.loads(archive.get(key))
    for piece, size in pieces:
        if start < size:
            yield archive.get(piece)[max(0, start) :]
        start -= size


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)
