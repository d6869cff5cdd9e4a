"""A letter made ready for one server: its three commands and its stuffed body, or the reason why it cannot go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple, Self

from invited.engines.embedded.smtp_client.reply import Reply
from invited.imip.recipient import wire_address
from invited.imip.transparency import is_transparent
from invited.ports import Letter, Sent

_NO_UTF8 = "the relay takes no addresses with letters beyond ASCII (SMTPUTF8), so it cannot be sent"
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Offered:
    """What a server said to EHLO. `size` is the largest mail in octets, 0 for unlimited, None where it says nothing."""

    pipelining: bool = False
    eight_bit: bool = False
    utf8: bool = False
    starttls: bool = False
    size: int | None = None
    auth: frozenset[str] = frozenset()

    @classmethod
    def read(cls, reply: Reply) -> Self:
        """From the reply to EHLO, whose first line greets (RFC 5321 §4.1.1.1)."""
        words = [line.upper().replace("AUTH=", "AUTH ").split() for line in reply.text.split("\n")[1:]]
        offers = {line[0]: line[1:] for line in words if line}
        size = next(iter(offers.get("SIZE", ())), "0")
        return cls(
            pipelining="PIPELINING" in offers,
            eight_bit="8BITMIME" in offers,
            utf8="SMTPUTF8" in offers,
            starttls="STARTTLS" in offers,
            size=int(size) if "SIZE" in offers and size.isdecimal() and len(size) < 20 else None,
            auth=frozenset(mechanism for line in words if line[:1] == ["AUTH"] for mechanism in line[1:]),
        )


class Parcel(NamedTuple):
    """`envelope` is MAIL, RCPT and DATA as they go out; `body` the mail, stuffed, with the dot that ends it."""

    envelope: bytes
    body: bytes


def parcel(letter: Letter, offered: Offered) -> Parcel | Sent:
    """`letter` for a server that offers this, or a permanent failure that says why it can never go there."""
    raw = letter.raw
    parameters = ""
    try:
        sender = wire_address(letter.envelope_from) if letter.envelope_from else ""
        recipient = wire_address(letter.to)
    except ValueError as error:
        return Sent(is_permanent=True, reason=str(error))
    if offered.size is not None:
        if 0 < offered.size < len(raw):
            return Sent(is_permanent=True, reason=f"the relay takes no mail of more than {offered.size} octets")
        parameters = f" SIZE={len(raw)}"
    # Where it is not offered, 8-bit text goes as it is: servers take it, and re-coding would break signatures.
    if offered.eight_bit and not raw.isascii():
        parameters += " BODY=8BITMIME"
    if not (sender.isascii() and recipient.isascii()):
        if not offered.utf8:
            return Sent(is_permanent=True, reason=_NO_UTF8)
        parameters += " SMTPUTF8"
    envelope = f"MAIL FROM:<{sender}>{parameters}\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode()
    return Parcel(envelope, raw + b".\r\n" if letter.is_transparent else stuffed(raw))


def stuffed(raw: bytes) -> bytes:
    """The mail as it goes after DATA (RFC 5321 §4.5.2), ended by its dot.

    A bare CR or LF becomes a line end: some servers take one for it, and would see another end of the mail than we do.
    """
    if not is_transparent(raw):
        raw = _LINE_END.sub(b"\r\n", raw).replace(b"\r\n.", b"\r\n..")
        raw = b"." + raw if raw.startswith(b".") else raw
    return raw + (b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n")
