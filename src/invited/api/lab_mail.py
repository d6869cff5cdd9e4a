"""The mail lab as the API reads it, and one of its mails taken apart to be shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import dropwhile, takewhile
from typing import Protocol

_LINE = re.compile(r'((?:[^":]|"[^"]*")+):(.*)')
_ESCAPED = re.compile(r"\\([nN\\;,])")


class LabItem(Protocol):
    """What the lab knows of a mail without opening it; `size` in octets, `method` as in its calendar part or ""."""

    @property
    def id(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def envelope_from(self) -> str: ...
    @property
    def to(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def size(self) -> int: ...


class Lab(Protocol):
    """The mails that went out, kept instead of relayed."""

    def mails(self, to: str | None, after: str, limit: int, search: str = "") -> Sequence[LabItem]:
        """Newest first, to one address or all, with `search` in subject or address; `after` is the id of the last mail
        of the page before, "" at first.
        """

    def mail(self, mail_id: str) -> LabItem:
        """What is known of one mail; raises KeyError."""

    def raw(self, mail_id: str) -> bytes:
        """The mail as it was sent; raises KeyError."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A mail taken apart: its headers decoded and in order, and the first part of each kind, "" where there is none."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    calendar: str
    method: str

    def event(self) -> tuple[tuple[str, str], ...]:
        """The lines of the first event in the calendar part, unfolded: name with parameters, and value as text."""
        lines = self.calendar.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "").split("\n")
        inside = list(
            takewhile(lambda line: line != "END:VEVENT", dropwhile(lambda line: line != "BEGIN:VEVENT", lines))
        )
        found = (_LINE.fullmatch(line) for line in inside[1:])
        return tuple((line[1], _ESCAPED.sub(_unescaped, line[2])) for line in found if line)

    def header(self, name: str) -> str:
        """The first header of that name, or ""."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def opened(raw: bytes) -> Opened:
    """Take a mail apart; whatever cannot be decoded is left empty."""
    mail = BytesParser(policy=policy.default).parsebytes(raw)
    parts = {kind: part for part in reversed(list(mail.walk())) if (kind := part.get_content_type())}
    calendar = parts.get("text/calendar")
    return Opened(
        headers=tuple((name, _header(mail, index)) for index, name in enumerate(mail.keys())),
        text=_text(parts.get("text/plain")),
        html=_text(parts.get("text/html")),
        calendar=_text(calendar),
        method=str(calendar.get_param("method", "")).upper() if calendar else "",
    )


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found[1] in "nN" else found[1]


def _header(mail: EmailMessage, index: int) -> str:
    try:
        return str(mail.values()[index])
    except (IndexError, ValueError):
        # The stdlib's parser trips over some hostile headers.
        return ""


def _text(part: EmailMessage | None) -> str:
    if part is None:
        return ""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return content.decode("utf-8", "replace")
