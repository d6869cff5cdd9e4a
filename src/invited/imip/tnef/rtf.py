"""Compressed RTF → plain text: the only place where Outlook keeps the body of a meeting (MS-OXRTFCP, MS-OXRTFEX).

No layout: paragraphs, line breaks, tabs and the words between them. RTF that wraps HTML gives the HTML's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from invited.imip.tnef.cursor import Cursor, damaged
from invited.imip.tnef.stream import clean, codec_of

MAX_RTF = 2_000_000
"""Bytes after decompression; a kilobyte of compressed bytes can stand for eight."""

MAX_TEXT = 60_000
"""Characters kept of the text."""

MAX_GROUPS = 1_000
"""Groups within groups."""

_COMPRESSED, _PLAIN = b"LZFu", b"MELA"
# MS-OXRTFCP 2.1.3.1.1: what the dictionary holds at the beginning.
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n"
    b"\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_RING = 4096
_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.IGNORECASE | re.DOTALL
)
_SILENT = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "headerl", "headerr", "headerf"}
    | {"footer", "footerl", "footerr", "footerf", "footnote", "generator", "themedata", "datastore", "latentstyles"}
    | {"rsidtbl", "listtable", "listoverridetable", "xmlnstbl"}
)
_CHARACTERS = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "tab": "\t", "cell": "\t",
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "endash": "–", "emdash": "—",
    "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}


def text_of(compressed: bytes) -> str:
    """The words of a PidTagRtfCompressed; raises Refused where it is damaged or larger than MAX_RTF."""
    return plain(decompressed(compressed))


def decompressed(data: bytes) -> bytes:
    """The RTF itself. Header: size 4, raw size 4, type 4, CRC 4; then runs of eight references or literals."""
    cursor = Cursor(data, "the text of the mail")
    cursor.take(4)
    size, kind, _crc = cursor.count(MAX_RTF), bytes(cursor.take(4)), cursor.take(4)
    if kind == _PLAIN:
        return bytes(cursor.take(min(size, cursor.left)))
    if kind != _COMPRESSED:
        raise damaged("the text of the mail")
    return _inflated(cursor, size)


def _inflated(cursor: Cursor, size: int) -> bytes:
    out = bytearray(_DICTIONARY)
    while cursor.left and len(out) < size + len(_DICTIONARY):
        control = cursor.number(1)
        for bit in range(8):
            if not cursor.left:
                break
            if not control >> bit & 1:
                out.append(cursor.number(1))
                continue
            token = int.from_bytes(cursor.take(2), "big")
            if not _copy(out, token >> 4, (token & 15) + 2):
                return bytes(out[len(_DICTIONARY) :])
    return bytes(out[len(_DICTIONARY) :][:size])


def _copy(out: bytearray, place: int, length: int) -> bool:
    """Repeat what stands at `place` of the ring; False where that is the end mark, the place of the next write."""
    back = (len(out) - place) % _RING
    if back == 0:
        return False
    for _ in range(length):
        # Places of the ring that were never written are zero.
        out.append(out[-back] if back <= len(out) else 0)
    return True


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds within a pair of braces. `skip` is how many characters stand in for each one in Unicode."""

    is_silent: bool = False
    skip: int = 1


def plain(rtf: bytes) -> str:
    """The words of an RTF, at most MAX_TEXT characters of them."""
    writer = _Writer()
    for match in _TOKEN.finditer(rtf[:MAX_RTF]):
        word, number, code, symbol, brace, run = match.groups()
        if brace:
            writer.brace(brace)
        elif word:
            writer.word(word.decode("ascii").lower(), int(number) if number else None)
        elif code:
            writer.bytes(bytes([int(code, 16)]))
        elif symbol:
            writer.symbol(symbol)
        elif run:
            writer.bytes(run)
        if writer.size > MAX_TEXT:
            break
    return clean(writer.result())[:MAX_TEXT]


class _Writer:
    """Puts the words together, token by token."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.pending = bytearray()
        self.groups: list[_Group] = []
        self.group = _Group()
        self.codec = "cp1252"
        self.owed = 0
        self.size = 0
        self.is_duplicate = False

    def brace(self, brace: bytes) -> None:
        """A group begins or ends."""
        self._flush()
        self.owed = 0
        if brace == b"}":
            self.group = self.groups.pop() if self.groups else _Group()
        elif len(self.groups) < MAX_GROUPS:
            self.groups.append(self.group)
        else:
            raise damaged("the text of the mail")

    def word(self, word: str, number: int | None) -> None:
        """A control word."""
        if word == "ansicpg":
            self.codec = codec_of(number or 0)
        elif word == "uc":
            self.group = replace(self.group, skip=max(0, min(number or 0, 8)))
        elif word == "htmlrtf":
            # What stands for RTF readers only, beside HTML that says the same.
            self.is_duplicate = number != 0
        elif word in _SILENT:
            self.group = replace(self.group, is_silent=True)
        elif word == "u" and number is not None:
            self._unicode(number)
        elif word in _CHARACTERS:
            self._add(_CHARACTERS[word])

    def symbol(self, symbol: bytes) -> None:
        """A backslash and one character."""
        if symbol == b"*":
            self.group = replace(self.group, is_silent=True)
        elif symbol in _SYMBOLS:
            self._add(_SYMBOLS[symbol])

    def bytes(self, run: bytes) -> None:
        """Characters in the document's code page."""
        skipped = min(self.owed, len(run))
        self.owed -= skipped
        if not self.group.is_silent and not self.is_duplicate:
            self.pending += run[skipped:]
            self.size += len(run) - skipped

    def result(self) -> str:
        """All words so far."""
        self._flush()
        # Characters beyond the 16-bit range come as two halves.
        return "".join(self.parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _unicode(self, number: int) -> None:
        self._add(chr(number & 0xFFFF))
        self.owed = self.group.skip

    def _add(self, character: str) -> None:
        if not self.group.is_silent and not self.is_duplicate:
            self._flush()
            self.parts.append(character)
            self.size += 1

    def _flush(self) -> None:
        if self.pending:
            self.parts.append(bytes(self.pending).decode(self.codec, "replace"))
            self.pending.clear()
