"""The mail after DATA, RFC 5321 §4.5.2: where it ends, its dots taken off, its size held in bounds.

Only <CRLF>.<CRLF> ends a mail. A bare LF is taken for a line end, because scripts send it, and becomes CRLF; but a dot
between bare line ends is content, so that nobody can smuggle a second mail past a server that reads them otherwise. A
bare CR is content. What is kept has CRLF at every line's end.
"""

from __future__ import annotations

LONGEST_LINE = 10_000
"""Octets of a line. RFC 5321 §4.5.3.1.6 lets a sender use 1,000; some use more, none of them honestly this many."""


class Content:
    """Gathers one mail, piece by piece."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._line = 0  # octets of the present line so far
        self._is_after_crlf = True  # the one that ended the DATA command
        self._is_after_cr = False
        self.size = 0
        self.is_line_too_long = False

    def feed(self, piece: bytes) -> bool:
        """Take the next `piece`: a line with its LF, or a part of a long line without. True once the mail has ended."""
        is_start = self._line == 0
        if is_start and self._is_after_crlf and piece == b".\r\n":
            return True
        self._line += len(piece)
        self.is_line_too_long |= self._line > LONGEST_LINE
        if is_start and piece.startswith(b".") and piece not in (b".\n", b".\r\n"):
            piece = piece[1:]
        if piece.endswith(b"\n"):
            piece = self._ended(piece)
        self._is_after_cr = piece.endswith(b"\r")
        self._keep(piece)
        return False

    @property
    def is_too_big(self) -> bool:
        """Whether it has outgrown its limit; what came is gone then."""
        return self.size > self._limit

    def raw(self) -> bytes:
        """The mail."""
        return b"".join(self._parts)

    def _ended(self, piece: bytes) -> bytes:
        self._line = 0
        self._is_after_crlf = piece.endswith(b"\r\n") or (piece == b"\n" and self._is_after_cr)
        return piece if self._is_after_crlf else piece[:-1] + b"\r\n"

    def _keep(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.is_too_big or self.is_line_too_long:
            self._parts.clear()
        else:
            self._parts.append(piece)
