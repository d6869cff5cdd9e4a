"""Whatever a list was saved as, made UTF-8 or something close to it: byte order marks, UTF-16, Windows' code page."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain

from invited.domain.errors import Refused

HEAD = 65_536
"""Octets at the beginning of a list that are looked at to find out how it is written."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FILES = (
    (b"PK\x03\x04", "a spreadsheet or a packed file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a formatted text (RTF)"),
    (b"\x1f\x8b", "a packed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)


def utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The list without its byte order mark, UTF-16 and UTF-32 turned into UTF-8, anything else as it is.

    What is in one of the old 8-bit code pages stays so: `decoded` reads it line by line. Raises Refused for what is no
    text at all.
    """
    source = iter(chunks)
    head = beginning(source, HEAD)
    must_be_text(head)
    mark, encoding = _encoding(head)
    parts = chain((head[len(mark) :],), source)
    if encoding == "utf-8":
        yield from parts
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for part in parts:
        yield decoder.decode(part).encode("utf-8", "replace")


def beginning(source: Iterator[bytes], octets: int) -> bytes:
    """Take at least so many octets from `source`, or all there are."""
    head = bytearray()
    for chunk in source:
        head += chunk
        if len(head) >= octets:
            break
    return bytes(head)


def must_be_text(head: bytes) -> None:
    """Raise Refused where these first octets of a file are no list of ours."""
    for magic, kind in _FILES:
        if head.startswith(magic):
            raise Refused(
                f"The list is {kind}, which cannot be read as a list of addresses.",
                "Please save it as CSV or as plain text and send that file.",
            )


def decoded(line: bytes) -> str:
    """One line's text: UTF-8, or else Windows-1252, or else Latin-1, which reads anything."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        pass
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def encoding(head: bytes) -> str:
    """How the list that begins with `head`, possibly cut anywhere, is written: utf-8, utf-16-le, … or windows-1252."""
    found = _encoding(head)[1]
    if found == "utf-8":
        try:
            codecs.getincrementaldecoder(found)().decode(head)
        except UnicodeDecodeError:
            return "windows-1252"
    return found


def _encoding(head: bytes) -> tuple[bytes, str]:
    """The byte order mark and the encoding, which for 8-bit text is told as UTF-8."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return mark, encoding
    # Addresses are mostly ASCII, of which UTF-16 makes a NUL every second octet.
    zeros = head[::2].count(0), head[1::2].count(0)
    if max(zeros) * 4 > len(head):
        return b"", "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    return b"", "utf-8"
