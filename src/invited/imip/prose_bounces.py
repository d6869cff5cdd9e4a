"""Bounces that are written for people only: qmail's, Exim's, Gmail's and many others', found by flufl.bounce.

Its detectors look for the set phrases of each server. They also find them where a person or an invite uses such words,
so they are asked only about mails that a mail system itself wrote.
"""

from __future__ import annotations

import email
import email.message
import email.policy
import logging
import re

from flufl.bounce import all_failures

from invited.domain.bounce import BounceKind
from invited.imip.delivery_status import Failure, reported
from invited.imip.diagnosis import found_in, kind_of, reason
from invited.imip.mail import InboundMail
from invited.imip.values import bare_address

MAX_LINES = 400
MAX_LINE = 200
"""Lines and octets of each that are looked at: the detectors' work grows with the square of a line's length."""

# Every detector tells the log that it runs, and of its own errors on hostile mail.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

_DAEMON = re.compile(
    r"(?:mailer|mail)[-_.]?daemon@|postmaster@|(?:mail[-_.]?)?delivery[-_.](?:sub)?system@", re.IGNORECASE
)
_DAEMON_NAME = re.compile(r"mail delivery (?:sub)?system|mailer[- ]daemon", re.IGNORECASE)
_ENCODED = re.compile(rb"content-transfer-encoding:[ \t]*(?:base64|quoted-printable)", re.IGNORECASE)
_LATE = re.compile(r"\bdelay|warning message only|will (?:be retried|continue|keep trying)|not yet been", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^[^\n]{0,40}?(?:original message|(?:copy|text) of (?:the|your)|below (?:this|the next) line|returned message"
    r"|message headers? follow)",
    re.IGNORECASE | re.MULTILINE,
)


def written(mail: InboundMail, raw: bytes) -> Failure | None:
    """The failure that a mail without a delivery-status part tells, None where it tells none."""
    message = _bounded(raw)
    is_declared = _is_declared(message)
    if mail.is_list or not (is_declared or "X-Failed-Recipients" in message or _is_from_a_daemon(mail)):
        return None
    # Some reports are so broken that their machine-readable part stands in the text.
    if is_declared and (told := reported(mail.text)):
        return told
    late, failed = _failures(message)
    if not late and not failed and _ENCODED.search(raw):
        late, failed = _failures(_plain(message, mail.text))
    if not (late or failed or is_declared):
        return None
    return _failure(mail.text, failed or late, is_late=bool(late) and not failed)


def _failure(text: str, recipients: frozenset[bytes], *, is_late: bool) -> Failure:
    text = "\n".join(_cut(text))
    original = _ORIGINAL.search(text)
    told = text[: original.start()] if original else text
    status, words = found_in(told)
    is_late = is_late or (not recipients and _LATE.search(told) is not None)
    kind = BounceKind.DELAYED if is_late else kind_of(status, told)
    addresses = sorted(bare_address(address.decode("ascii", "replace")) for address in recipients)
    return Failure(kind, words or reason(told[:200]), next(filter(None, addresses), ""))


def _is_from_a_daemon(mail: InboundMail) -> bool:
    return bool(_DAEMON.match(mail.sender) or _DAEMON_NAME.search(mail.sender_name))


def _is_declared(message: email.message.Message) -> bool:
    """Whether it says itself that it is a report of a delivery, though no such part of it could be found."""
    if message.get_content_type() != "multipart/report":
        return False
    try:
        return str(message.get_param("report-type", "")).lower() == "delivery-status"
    except (LookupError, ValueError, TypeError):
        return False


def _failures(message: email.message.Message) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """The recipients for whom it is late, and those for whom it failed."""
    try:
        return all_failures(message)
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError):
        return frozenset(), frozenset()


def _bounded(raw: bytes) -> email.message.Message:
    lines = raw[: MAX_LINES * 1000].split(b"\n", MAX_LINES)[:MAX_LINES]
    return email.message_from_bytes(b"\n".join(line[:MAX_LINE] for line in lines), policy=email.policy.compat32)


def _plain(message: email.message.Message, text: str) -> email.message.Message:
    """The same with its decoded text as the whole body: the detectors look at what stands on the wire."""
    plain = email.message.Message()
    for name in ("From", "Subject"):
        plain[name] = str(message.get(name, ""))
    plain.set_payload("\n".join(_cut(text)))
    return plain


def _cut(text: str) -> list[str]:
    return [line[:MAX_LINE] for line in text.splitlines()[:MAX_LINES]]
