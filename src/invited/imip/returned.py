"""The mail that a mail system writes when an address is no good (RFC 3464), for the mail lab."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime

from invited.domain.addresses import domain_of

_WHY = "550 5.1.1 No such user here"


def returned(raw: bytes, to: str, return_path: str, now: datetime) -> bytes:
    """The notification to `return_path` that `raw` could not be delivered to `to`: no such mailbox."""
    system = domain_of(to)
    mail = EmailMessage(policy=policy.SMTPUTF8)
    mail["From"] = f"Mail Delivery System <mailer-daemon@{system}>"
    mail["To"] = return_path
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail["Date"] = format_datetime(now)
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(f"Your mail to {to} could not be delivered:\n\n{_WHY}\n")
    mail.add_attachment(_status(to, system))
    headers = message_from_bytes(raw).as_bytes().partition(b"\n\n")[0]
    mail.add_attachment(headers + b"\n", maintype="text", subtype="rfc822-headers", cte="base64")
    mail.replace_header("Content-Type", mail["Content-Type"].replace("multipart/mixed", "multipart/report"))
    mail.set_param("report-type", "delivery-status")
    return mail.as_bytes()


def _status(to: str, system: str) -> MIMEPart:
    """The part that programs read: fields of the mail, then of its recipient (RFC 3464 §2.1)."""
    part = MIMEPart(policy=policy.SMTPUTF8)
    of_mail, of_recipient = MIMEPart(policy=policy.SMTPUTF8), MIMEPart(policy=policy.SMTPUTF8)
    of_mail["Reporting-MTA"] = f"dns; mx.{system}"
    of_recipient["Final-Recipient"] = f"rfc822; {to}"
    of_recipient["Action"] = "failed"
    of_recipient["Status"] = "5.1.1"
    of_recipient["Diagnostic-Code"] = f"smtp; {_WHY}"
    part["Content-Type"] = "message/delivery-status"
    part.set_payload([of_mail, of_recipient])
    return part
