"""The MIME around a calendar as Google, Outlook and Apple build it: part order, encodings and telling headers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape


@dataclass(frozen=True, slots=True)
class Letter:
    """What all clients have in common. `calendar` is the text of a VCALENDAR, its lines folded."""

    sender: Address
    to: str
    subject: str
    text: str
    method: str
    calendar: str
    now: datetime


def person(name: str, address: str) -> Address:
    """Somebody for a header; the library parses no local part beyond ASCII, but writes one."""
    local, _, domain = address.rpartition("@")
    return Address(name, addr_spec=address) if local.startswith('"') else Address(name, local, domain)


def google(letter: Letter) -> bytes:
    """The alternative in a multipart/mixed, the calendar once more as an attachment; sent by Google, automatically."""
    mail = _mail(letter, f"calendar-{_id(letter)}@google.com")
    mail["Reply-To"] = letter.sender
    mail["Sender"] = person("Google Calendar", "calendar-notification@google.com")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text, charset="utf-8", cte="base64", params={"format": "flowed", "delsp": "yes"})
    mail.add_alternative(_html(letter.text), subtype="html", charset="utf-8", cte="quoted-printable")
    _add_calendar(mail, letter, "7bit" if letter.calendar.isascii() else "base64")
    mail.add_attachment(
        letter.calendar.encode(), maintype="application", subtype="ics", filename="invite.ics", cte="base64"
    )
    return mail.as_bytes()


def outlook(letter: Letter) -> bytes:
    """Everything in base64 or quoted-printable, the calendar last."""
    mail = _mail(letter, f"{_id(letter).hex.upper()}@prod.outlook.com")
    mail["Thread-Topic"] = mail["Subject"]
    mail["X-Mailer"] = "Microsoft Outlook 16.0"
    mail["Content-Language"] = "en-US"
    mail.set_content(letter.text, charset="utf-8", cte="base64")
    mail.add_alternative(_html(letter.text), subtype="html", charset="utf-8", cte="quoted-printable")
    _add_calendar(mail, letter, "base64")
    return mail.as_bytes()


def apple(letter: Letter) -> bytes:
    """Plain text and calendar, both quoted-printable; no HTML."""
    mail = _mail(letter, f"{str(_id(letter)).upper()}@icloud.com")
    mail.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    _add_calendar(mail, letter, "quoted-printable", name="meeting.ics")
    return mail.as_bytes()


def _mail(letter: Letter, message_id: str) -> EmailMessage:
    # Only a local part beyond ASCII needs raw UTF-8 in the header; everything else goes as encoded words.
    is_ascii = letter.sender.addr_spec.isascii() and letter.to.isascii()
    mail = EmailMessage(policy=policy.SMTP if is_ascii else policy.SMTPUTF8)
    mail["From"] = letter.sender
    mail["To"] = person("", letter.to)
    mail["Subject"] = " ".join(letter.subject.split())
    mail["Date"] = format_datetime(letter.now)
    mail["Message-ID"] = f"<{message_id}>"
    return mail


def _add_calendar(mail: EmailMessage, letter: Letter, cte: str, **parameters: str) -> None:
    mail.add_alternative(
        letter.calendar, subtype="calendar", charset="utf-8", cte=cte, params={"method": letter.method} | parameters
    )


def google_envelope(letter: Letter) -> str:
    """The envelope sender of Google Calendar, which is its own whoever the From is."""
    return f"3{_id(letter).hex}@calendar-server.bounces.google.com"


def _id(letter: Letter) -> uuid.UUID:
    """The same for the same letter, so that a mail of the lab can be told apart and repeated."""
    seed = f"{letter.sender.addr_spec} {letter.to} {letter.now.isoformat()} {letter.calendar}"
    return uuid.uuid5(uuid.NAMESPACE_URL, seed)


def _html(text: str) -> str:
    return "<div>" + "<br>".join(escape(line) for line in text.splitlines()) + "</div>\n"
