"""What is linted, opened for the rules: a mail with its parts, or a calendar file.

RFC 5322, 2045-2046. Opening never raises and takes bounded time: what is too large or too tangled is left unread, and
`Sample.unread` or `Mail.problem` says so.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from itertools import islice

from invited.imip.lint.scan import Calendar, scan

MAX_OCTETS = 10 * 1024 * 1024
"""Octets that are read of a mail or file."""

MAX_LINES = 150_000
"""Lines that are read of a mail."""

MAX_PARTS = 200
"""Parts of a mail that are looked at."""

MAX_NESTED = 100
"""Mentions of a part that may hold parts; mail readers give up long before."""

MAX_CALENDARS = 4
"""Different calendar objects of one mail that are looked at."""

MAX_HEADER = 8_000
"""Octets of a Content-Type or other MIME field that are read."""

_BREAK = re.compile(rb"\r\n|\n|\r")
_HEADER = re.compile(rb"(?:From |>From |[!-9;-~]+[ \t]*:)")
_CALENDAR = re.compile(rb"^(?:\xef\xbb\xbf)?[ \t]*BEGIN:V[A-Z]", re.IGNORECASE | re.MULTILINE)
_BLANK = re.compile(rb"\r?\n\r?\n|\r\r")
_NESTED = re.compile(rb"boundary[*0-9]*\s*=|(?:multipart|message)/", re.IGNORECASE)
_MIME_FIELD = re.compile(
    rb"^content-[a-z-]+[ \t]*:[^\r\n]*(?:(?:\r\n|\n|\r)[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE
)
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_BETWEEN = re.compile(r'[\s<>,;:"()]+')
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail: `path` is "" for the mail's own body, then "1", "1.2"; `body` is decoded.

    `type`, `encoding` and `disposition` are lower-case; `parameters` those of Content-Type, names lower-case;
    `encoded` is the body as it stands on the wire.
    """

    path: str
    type: str
    parameters: dict[str, str]
    encoding: str
    disposition: str
    name: str
    has_content_id: bool
    encoded: bytes
    body: bytes

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return f"part {self.path} ({self.type})" if self.path else f"body ({self.type})"

    @property
    def parent(self) -> str:
        """The path of the part it stands in; its own where it is the whole mail."""
        return self.path.rpartition(".")[0]

    @property
    def is_invite(self) -> bool:
        """Whether clients take it for an iMIP part (RFC 6047 §2.4) and not for a file."""
        return self.type == "text/calendar" and self.disposition != "attachment"

    @property
    def is_calendar_file(self) -> bool:
        """Whether it holds a calendar object that clients show as a file."""
        is_named = self.name.lower().endswith((".ics", ".ical", ".icalendar"))
        return not self.is_invite and (self.type in ("text/calendar", "application/ics") or is_named)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail: its own headers in order, values unfolded; its parts in order, none from within attached mails.

    `problem` is "" or why its structure was not read; then it has no parts.
    """

    raw: bytes
    headers: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    problem: str = ""

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a header field, in order."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())

    def value(self, name: str) -> str:
        """The first value of a header field, "" if there is none."""
        return next(iter(self.values(name)), "")

    def addresses(self, *names: str) -> tuple[str, ...]:
        """The addresses in these header fields, lower-case."""
        return tuple(address for name in names for value in self.values(name) for address in _addresses(value))

    @property
    def invites(self) -> tuple[Part, ...]:
        """The parts that clients take for iMIP."""
        return tuple(part for part in self.parts if part.is_invite)

    @property
    def files(self) -> tuple[Part, ...]:
        """The calendar objects that are only files."""
        return tuple(part for part in self.parts if part.is_calendar_file)

    def part(self, path: str) -> Part | None:
        """The part at `path`."""
        return next((part for part in self.parts if part.path == path), None)


@dataclass(frozen=True, slots=True)
class Sample:
    """All that is linted: a mail and the different calendar objects in it, or one calendar file."""

    mail: Mail | None
    calendars: tuple[Calendar, ...]
    unread: str = ""
    """Why not all of it was read, "" if it was."""


def opened(data: bytes) -> Sample:
    """Open any bytes: as a mail if they begin with a header field, else as a calendar file."""
    kept, unread = _bounded(data)
    if not _is_mail(kept):
        calendar = scan(kept)
        return Sample(None, (calendar,), unread or calendar.unread)
    mail = _mail(kept)
    calendars = tuple(islice(_calendars(mail), MAX_CALENDARS))
    return Sample(mail, calendars, unread or next((c.unread for c in calendars if c.unread), ""))


def _bounded(data: bytes) -> tuple[bytes, str]:
    kept = data[:MAX_OCTETS]
    last = next(islice(_BREAK.finditer(kept), MAX_LINES - 1, None), None)
    if last is not None and last.end() < len(kept):
        return kept[: last.end()], f"it has more than {MAX_LINES} lines: the others were not read"
    return kept, f"it has {len(data)} octets: only the first {MAX_OCTETS} were read" if len(data) > MAX_OCTETS else ""


def _is_mail(data: bytes) -> bool:
    data = data.lstrip(b"\r\n")
    blank = _BLANK.search(data)
    head = data[: blank.start()] if blank else data
    return bool(_HEADER.match(data)) and not _CALENDAR.search(head)


def _mail(data: bytes) -> Mail:
    data = data.lstrip(b"\r\n")
    if sum(1 for _ in islice(_NESTED.finditer(data), MAX_NESTED + 1)) > MAX_NESTED:
        return Mail(data, (), (), "it has too many parts that hold other parts")
    if any(len(field[0]) > MAX_HEADER for field in _MIME_FIELD.finditer(data)):
        return Mail(data, (), (), f"it has a MIME field longer than {MAX_HEADER} octets")
    try:
        message: Message = BytesParser().parsebytes(data)
        parts = tuple(islice(_parts(message, ""), MAX_PARTS))
    except Exception as error:  # noqa: BLE001 - the standard library's parser fails in many ways on hostile mail
        return Mail(data, (), (), f"its structure cannot be read ({type(error).__name__})")
    return Mail(data, tuple(_fields(message)), parts)


def _fields(message: Message) -> Iterator[tuple[str, str]]:
    for name, value in message.raw_items():
        yield name.strip(), " ".join(str(value).split())


def _parts(message: Message, path: str) -> Iterator[Part]:
    yield _part(message, path)
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for number, child in enumerate(message.get_payload(), 1):
            if isinstance(child, Message):
                yield from _parts(child, f"{path}.{number}".lstrip("."))


def _part(message: Message, path: str) -> Part:
    fields = {name.lower(): value for name, value in reversed(list(_fields(message)))}
    parameters = _parameters(fields.get("content-type", ""))
    disposition = fields.get("content-disposition", "")
    encoding = fields.get("content-transfer-encoding", "").lower()
    encoded, body = _body(message, encoding)
    return Part(
        path=path,
        type=message.get_content_type(),
        parameters=parameters,
        encoding=encoding,
        disposition=disposition.partition(";")[0].strip().lower(),
        name=_parameters(disposition).get("filename", "") or parameters.get("name", ""),
        has_content_id="content-id" in fields,
        encoded=encoded,
        body=body,
    )


def _parameters(value: str) -> dict[str, str]:
    return {name.lower(): text.strip().strip('"') for name, text in reversed(_PARAMETER.findall(value[:MAX_HEADER]))}


def _body(message: Message, encoding: str) -> tuple[bytes, bytes]:
    """The body as it is encoded and decoded; the standard library would give up on base64 that lacks its padding."""
    payload = message.get_payload()
    if not isinstance(payload, str):
        return b"", b""
    if encoding != "base64":
        decoded = message.get_payload(decode=True)
        body = decoded if isinstance(decoded, bytes) else b""
        return (payload.encode("utf-8", "replace") if encoding == "quoted-printable" else body), body
    encoded = payload.encode("utf-8", "replace")
    letters = _NOT_BASE64.sub(b"", encoded)
    letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return encoded, binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _calendars(mail: Mail) -> Iterator[Calendar]:
    seen = set[bytes]()
    for part in mail.invites + mail.files:
        essence = essence_of(part.body)
        if essence not in seen:
            seen.add(essence)
            yield scan(part.body, part.place, is_wire=part.encoding == "base64")


def essence_of(body: bytes) -> bytes:
    """A calendar object without what a transfer encoding may change: line breaks."""
    return body.replace(b"\r", b"").strip()


def _addresses(value: str) -> Iterator[str]:
    for word in _BETWEEN.split(_QUOTED.sub(" ", value[:MAX_HEADER])):
        if "@" in word:
            yield word.lower()
