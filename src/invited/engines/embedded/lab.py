"""The mail lab: without a relay, mail goes here and can be looked at, so that all can be tried with no mail account."""

from __future__ import annotations

import email
import email.policy
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from invited.engines.embedded.database import Database
from invited.engines.instants import from_micros, to_micros
from invited.ports import Letter, Sent

_ADD = """
INSERT INTO mail (at, envelope_from, recipient, subject, method, size, packed) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_FORGET = "DELETE FROM mail WHERE id <= (SELECT max(id) FROM mail) - ?"
_PAGE = """
SELECT id, at, envelope_from, recipient, subject, method, size FROM mail
WHERE id < ?1 AND (?2 IS NULL OR recipient = ?2) AND (instr(lower(subject), ?4) OR instr(lower(recipient), ?4))
ORDER BY id DESC LIMIT ?3
"""
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
"""As SQLite's own lower()."""
_RAW = "SELECT packed FROM mail WHERE id = ?"


@dataclass(frozen=True, slots=True)
class LabMail:
    """One mail of the lab: to one address, of so many octets; `method` is "REQUEST", "CANCEL"… or "" for no invite."""

    id: str
    at: datetime
    envelope_from: str
    to: str
    subject: str
    method: str
    size: int


class LabOutbox:
    """The Outbox port into the lab: every letter is accepted; the newest `keep` are kept. `now` is the clock."""

    def __init__(self, database: Database, now: Callable[[], datetime], keep: int) -> None:
        self._database = database
        self._now = now
        self._keep = keep

    def send(self, letters: Sequence[Letter]) -> list[Sent]:
        at = to_micros(self._now())
        rows = [_row(letter, at) for letter in letters]
        self._database.write(lambda c: _insert(c, rows, self._keep))
        return [Sent()] * len(letters)

    def mails(self, to: str | None = None, after: str = "", limit: int = 100, search: str = "") -> list[LabMail]:
        """Newest first, to one address or all, with `search` in subject or address (of ASCII letters, the case does
        not matter); `after` is the id of the last one of the page before, "" at first.
        """
        before = _number(after) if after else 2**63 - 1
        wanted = search.translate(_LOWER)
        rows = self._database.read(lambda c: c.execute(_PAGE, (before, to, limit, wanted)).fetchall())
        return [LabMail(str(row[0]), from_micros(row[1]), *row[2:]) for row in rows]

    def mail(self, mail_id: str) -> LabMail:
        """What is known of one mail; raises KeyError."""
        found = self.mails(None, str(_number(mail_id) + 1), 1)
        if not found or found[0].id != mail_id:
            raise KeyError(mail_id)
        return found[0]

    def raw(self, mail_id: str) -> bytes:
        """The mail as it would have gone out; raises KeyError."""
        row = self._database.read(lambda c: c.execute(_RAW, (_number(mail_id),)).fetchone())
        if row is None:
            raise KeyError(mail_id)
        return zlib.decompress(row[0])


def _number(mail_id: str) -> int:
    """The row of an id, 0 for one that is none."""
    return int(mail_id) if mail_id.isascii() and mail_id.isdecimal() and len(mail_id) < 19 else 0


def _row(letter: Letter, at: int) -> tuple[object, ...]:
    subject, method = _told(letter.raw)
    size = len(letter.raw)
    return (at, letter.envelope_from, letter.to, subject, method, size, zlib.compress(letter.raw, 1))


def _told(raw: bytes) -> tuple[str, str]:
    message: EmailMessage = email.message_from_bytes(raw, policy=email.policy.default)
    calendars = (part for part in message.walk() if part.get_content_type() == "text/calendar")
    methods = (part.get_param("method", "") for part in calendars)
    # Bytes that are no text cannot be kept as text.
    subject = str(message["subject"] or "").encode("utf-8", "replace").decode()
    return subject, str(next(methods, "")).upper()


def _insert(connection: sqlite3.Connection, rows: list[tuple[Any, ...]], keep: int) -> None:
    connection.executemany(_ADD, rows)
    connection.execute(_FORGET, (keep,))
