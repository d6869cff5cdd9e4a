"""The mail around an invite (RFC 6047): everything that is the same for all attendees is encoded once per revision.

Text, HTML and then the calendar, as Exchange orders them, each in base64, which no relay on the way may re-wrap. There
is no Sender and no Reply-To: answers go to the ORGANIZER, who is the From.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote

from invited.domain.event import Component, Event, File
from invited.imip.assemble import CalendarTemplate, Copy, assemble, person
from invited.imip.headers import mailbox, unstructured
from invited.imip.recipient import wire_address
from invited.imip.slots import Slotted, joined, slotted
from invited.imip.transparency import is_transparent

MAX_SUBJECT = 250
"""Characters kept of a Subject."""

_LINE = 57
"""Octets that make one base64 line of 76 characters."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a person reads, ready for every attendee of the event.

    Where `marker` stands in `text` or `html`, each attendee's copy has something of their own, just as long.
    """

    subject: str
    text: str
    html: str
    marker: str = ""


@dataclass(frozen=True, slots=True)
class InviteTemplate:
    """One mail but for what is personal.

    `head` is the fields before To, `body` all between Message-ID and the personal part of the calendar, with places
    for what is `personal` octets long; `rest` is what remains of the calendar's first piece after its last whole line
    of base64. `tail` closes the mail. Whatever it is filled with, the mail is as imip/transparency.py says, if the
    template `is_transparent`.
    """

    calendar: CalendarTemplate
    head: bytes
    body: Slotted
    rest: bytes
    tail: bytes
    personal: int = 0
    is_transparent: bool = False

    def fill(self, copy: Copy, *, message_id: str, unsubscribe: str = "", personal: str = "") -> bytes:
        """The whole mail to one attendee, CRLF throughout; `message_id` with or without its angle brackets.

        `unsubscribe` is the URL that stops the mail, `personal` what stands for the words' marker. Raises ValueError
        where the address, UID, message id or URL cannot stand in a header, or `personal` is not as long as the marker.
        """
        address = wire_address(copy.address)
        message_id = message_id.strip("<>")
        names = copy.uid + message_id + unsubscribe
        if not (names.isascii() and names.isprintable()) or " " in message_id + unsubscribe:
            raise ValueError(f"{copy.uid!r}, {message_id!r} or {unsubscribe!r} cannot stand in a header")
        own = personal.encode()
        if self.body.slots and len(own) != self.personal:
            raise ValueError(f"{personal!r} has not {self.personal} octets")
        to = mailbox("To", person(copy.name), address)
        to += f"Message-ID: <{message_id}>\r\nX-Invited-UID: {copy.uid}\r\n{_stop(unsubscribe)}".encode()
        if not is_transparent(to):
            raise ValueError(f"{copy.name!r} or {address!r} cannot stand in a header")
        calendar = self.calendar.personal(copy).join((self.rest, *self.calendar.static[1:]))
        return b"".join((self.head, to, *self.body.filled(own), _base64(calendar), self.tail))


def compose(
    event: Event,
    components: Sequence[Component],
    method: str,
    words: Words,
    *,
    sender: str,
    date: datetime,
    files: Sequence[tuple[File, bytes]] = (),
) -> InviteTemplate:
    """The mails that bring `components` of `event` as `method` (REQUEST or CANCEL) from `sender`, rsvp@ our domain.

    `date` is aware and stands in the mail's Date; `files` go with it, each with its content.
    Raises ValueError as `assemble` does.
    """
    return wrapped(event, assemble(event, components, method, sender), words, sender=sender, date=date, files=files)


def wrapped(
    event: Event,
    calendar: CalendarTemplate,
    words: Words,
    *,
    sender: str,
    date: datetime,
    files: Sequence[tuple[File, bytes]] = (),
) -> InviteTemplate:
    """The mails around a calendar object of `event`; as `compose`."""
    boundary = f"=_invited_{event.id}_{event.revision}"
    first = calendar.static[0]
    whole = len(first) - len(first) % _LINE
    marker = words.marker.encode()
    parts = (
        _part("text/plain; charset=UTF-8", boundary),
        slotted(_canonical(words.text), marker),
        _part("text/html; charset=UTF-8", boundary),
        slotted(_canonical(words.html), marker),
        _part(f"text/calendar; method={calendar.method}; charset=UTF-8", boundary) + _base64(first[:whole]),
    )
    before, after = _around(files, f"=_files_{event.id}_{event.revision}")
    alternative = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode()
    head, body = _head(event, words, sender, date), joined(before, alternative, *parts)
    tail = f"--{boundary}--\r\n".encode() + after
    return InviteTemplate(
        calendar=calendar,
        head=head,
        body=body,
        rest=first[whole:],
        tail=tail,
        personal=len(marker),
        is_transparent=all(map(is_transparent, (head, *body.static, tail))),
    )


def _around(files: Sequence[tuple[File, bytes]], boundary: str) -> tuple[bytes, bytes]:
    """What stands before and after the alternative where files go with it. It comes first of the multipart/mixed:
    Outlook looks for the calendar nowhere else (MS-STANOICAL 2.2.168).
    """
    if not files:
        return b"", b""
    before = f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n--{boundary}\r\n'.encode()
    parts = (_file(file, boundary) + _base64(content) for file, content in files)
    return before, b"".join((b"\r\n", *parts, f"--{boundary}--\r\n".encode()))


def _file(file: File, boundary: str) -> bytes:
    """The head of a file's part; a name beyond plain letters in RFC 2231's form."""
    is_plain = file.name.isascii() and file.name.isprintable() and not set(file.name) & set('"\\')
    name = f'filename="{file.name}"' if is_plain else f"filename*=utf-8''{quote(file.name, safe='')}"
    lines = (
        f"--{boundary}",
        f"Content-Type: {file.content_type}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: attachment;\r\n {name}",
    )
    return "\r\n".join((*lines, "", "")).encode()


def _head(event: Event, words: Words, sender: str, date: datetime) -> bytes:
    return b"".join(
        (
            mailbox("From", person(event.organizer_name), wire_address(sender)),
            unstructured("Subject", words.subject[:MAX_SUBJECT]),
            f"Date: {format_datetime(date)}\r\n".encode(),
            b"MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n",
        )
    )


def _stop(url: str) -> str:
    """One click stops the mail where the link is HTTPS, as RFC 8058 §3.1 has it; never folded, as some readers want."""
    if not url:
        return ""
    is_secure = url.startswith("https://")
    return f"List-Unsubscribe: <{url}>\r\n" + "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" * is_secure


def _part(content_type: str, boundary: str) -> bytes:
    return f"--{boundary}\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()


def _canonical(value: str) -> bytes:
    """Text as RFC 2045 §6.8 wants it under base64: with CRLF."""
    return "\r\n".join([*value.splitlines(), ""]).encode("utf-8", "replace")


def _base64(octets: bytes) -> bytes:
    """In lines of 76 characters, each with its CRLF."""
    flat = b2a_base64(octets, newline=False)
    return b"".join([flat[i : i + 76] + b"\r\n" for i in range(0, len(flat), 76)])
