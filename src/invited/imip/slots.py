"""Text under base64 (RFC 2045 §6.8) with places that are each attendee's own: all but those is encoded once.

What is personal has always the same length. So every line of the encoded text ends at the same place for everybody,
and to fill it takes a few octets around each place to be encoded anew.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_WIDTH = 76
"""Characters of a line, which ends with CRLF."""

_SHORT = 50
"""Octets of what is personal: within one line of base64, so that it is cut at most once."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """One place: the octets of whole triplets around what is personal, and where a line ends within, 0 for nowhere."""

    before: bytes
    after: bytes
    cut: int

    def filled(self, personal: bytes) -> bytes:
        flat = b2a_base64(self.before + personal + self.after, newline=False)
        return flat[: self.cut] + b"\r\n" + flat[self.cut :] if self.cut else flat


@dataclass(frozen=True, slots=True)
class Slotted:
    """Encoded text: what is the same for all, before, between and after its `slots`."""

    static: tuple[bytes, ...]
    slots: tuple[_Slot, ...]

    def filled(self, personal: bytes) -> list[bytes]:
        """The pieces of the text of one attendee."""
        pieces = [self.static[0]]
        for slot, piece in zip(self.slots, self.static[1:], strict=True):
            pieces += (slot.filled(personal), piece)
        return pieces


def slotted(octets: bytes, marker: bytes) -> Slotted:
    """`octets` to be encoded, each `marker` in it a place for what is personal, which is as long; b"" for none.

    Raises ValueError for a marker that is too long, or places that are not three octets apart.
    """
    if len(marker) > _SHORT:
        raise ValueError(f"a place has {_SHORT} octets at most")
    flat = b2a_base64(octets, newline=False)
    static: list[bytes] = []
    slots: list[_Slot] = []
    done = 0
    for start in _places(octets, marker):
        first, last = start // 3 * 3, -(-(start + len(marker)) // 3) * 3
        begin, end = first // 3 * 4, min(last // 3 * 4, len(flat))
        if begin < done:
            raise ValueError("two places are too close to each other")
        line = -begin % _WIDTH
        slots.append(
            _Slot(octets[first:start], octets[start + len(marker) : last], line if 0 < line < end - begin else 0)
        )
        static.append(_lines(flat, done, begin))
        done = end
    return Slotted((*static, _lines(flat, done, len(flat))), tuple(slots))


def joined(*pieces: bytes | Slotted) -> Slotted:
    """The pieces behind one another, bytes as they are."""
    static: list[bytes] = [b""]
    slots: list[_Slot] = []
    for piece in pieces:
        first, *rest = (piece,) if isinstance(piece, bytes) else piece.static
        static[-1] += first
        static += rest
        slots += () if isinstance(piece, bytes) else piece.slots
    return Slotted(tuple(static), tuple(slots))


def _places(octets: bytes, marker: bytes) -> Sequence[int]:
    found: list[int] = []
    at = octets.find(marker) if marker else -1
    while at >= 0:
        found.append(at)
        at = octets.find(marker, at + len(marker))
    return found


def _lines(flat: bytes, begin: int, end: int) -> bytes:
    """That part of the encoded text with the line ends that fall into it, its own end included."""
    cuts = [begin, *range(-(-max(begin, 1) // _WIDTH) * _WIDTH, end + 1, _WIDTH), end]
    pieces = [flat[a:b] for a, b in pairwise(cuts)]
    text = b"\r\n".join(pieces)
    return text + b"\r\n" if end == len(flat) and end % _WIDTH else text
