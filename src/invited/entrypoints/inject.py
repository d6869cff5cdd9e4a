"""Take a mail from a file, as if it had come by SMTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from invited.imip.itip import Cancellation, Submission, understand
from invited.imip.mail import read
from invited.messages import Mail, MailArrived
from invited.ports import Engine


def inject(engine: Engine, raw: bytes, mailbox: str) -> str:
    """Archive `raw` (a mail, or a bare iCalendar object, which is wrapped) and announce it; its archive key.

    The envelope sender is the mail's own From, as nobody else is known.
    """
    mail = _wrapped(raw) if raw.lstrip(b"\xef\xbb\xbf\r\n\t ").upper().startswith(b"BEGIN:V") else raw
    domain = engine.settings.domain[0]
    sender = read(mail).sender
    arrived = Mail("", mailbox, engine.settings.address(mailbox), domain, sender, engine.now())
    key = engine.archive.put(mail, [arrived])
    engine.queue.publish([MailArrived(replace(arrived, key=key))])
    return key


def _wrapped(calendar: bytes) -> bytes:
    """A mail that holds just this calendar object, From its organizer where it names one."""
    message = EmailMessage(policy=SMTP)
    message.set_content(calendar, maintype="text", subtype="calendar", cte="base64", params={"charset": "utf-8"})
    message["Subject"] = "Calendar file"
    understood = understand(read(message.as_bytes()), datetime.now(UTC))
    parts: list[Submission | Cancellation] = [*understood.submissions, *understood.cancellations]
    named = [part.organizer for part in parts if part.organizer]
    message["From"] = named[0] if named else "unknown@localhost"
    return message.as_bytes()
