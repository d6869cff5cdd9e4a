"""Header fields out: RFC 5322 folding and RFC 2047 encoded words, where no value can start a second field."""

from __future__ import annotations

from base64 import b64encode

_WIDTH = 76
_AROUND = len("=?utf-8?b??=")


def unstructured(name: str, value: str) -> bytes:
    """A field such as Subject, with its CRLF; line breaks and control characters in `value` become spaces."""
    words = "".join(c if c.isprintable() else " " for c in value).split()
    if not _is_plain(words):
        words = encoded_words(" ".join(words), len(name) + 2)
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _WIDTH and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines).encode() + b"\r\n"


def mailbox(name: str, display: str, address: str) -> bytes:
    """A field such as To with one wire address and its display name, which is free of quotes and control characters.

    An address beyond ASCII stays UTF-8 (RFC 6532).
    """
    if not display:
        return f"{name}: <{address}>\r\n".encode()
    # Readers decode what looks like an encoded word even in quotes, where none may be.
    is_plain = display.isascii() and "=?" not in display
    phrase = f'"{display}"' if is_plain else "\r\n ".join(encoded_words(display, len(name) + 2))
    gap = " " if len(name) + len(phrase) + len(address) < _WIDTH - 5 else "\r\n "
    return f"{name}: {phrase}{gap}<{address}>\r\n".encode()


def encoded_words(value: str, used: int) -> list[str]:
    """`value` as encoded words, each for a line of its own but for the first, whose line has `used` characters already.

    No character is split (RFC 2047 §5); the line breaks between the words are no part of the value.
    """
    whole, room = value.encode("utf-8", "replace"), _octets(used)
    if len(whole) <= room:
        return [_word(whole)]
    chunks, chunk = [], b""
    for character in value:
        octets = character.encode("utf-8", "replace")
        if len(chunk) + len(octets) > room:
            chunks.append(chunk)
            chunk, room = b"", _octets(1)
        chunk += octets
    return [_word(part) for part in [*chunks, chunk]]


def _word(octets: bytes) -> str:
    return f"=?utf-8?b?{b64encode(octets).decode()}?="


def _octets(used: int) -> int:
    """What fits into an encoded word on a line of which so much is used."""
    return (_WIDTH - used - _AROUND) // 4 * 3


def _is_plain(words: list[str]) -> bool:
    return all(word.isascii() and len(word) < _WIDTH - 10 and "=?" not in word for word in words)
