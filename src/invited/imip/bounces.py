"""What a mail that came back says: of which invite it speaks, and whether its address may be mailed again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from invited.domain import identity
from invited.domain.bounce import BounceKind
from invited.domain.errors import Refused
from invited.imip.complaints import complaint
from invited.imip.contentlines import parse
from invited.imip.delivery_status import Failure, reported
from invited.imip.mail import InboundMail, read
from invited.imip.prose_bounces import written

MAX_RETURNED = 200_000
"""Octets looked at of a mail that is given back."""

_UID_HEADER = re.compile(rb"^X-Invited-UID:[ \t]*(\S{1,1000})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail of ours that was not delivered, or was complained of.

    `recipient` is normalised; `uid` is the UID of the invite it held. Either is "" where nothing tells it.
    """

    kind: BounceKind
    reason: str
    recipient: str
    uid: str


def read_bounce(mail: InboundMail, raw: bytes = b"", recipient: str = "") -> Bounce | None:
    """The bounce or complaint that `mail` is, None where it is none: a read receipt, an absence, news of a delivery.

    `raw` is the mail as it came and `recipient` the address of ours that it reached.
    """
    failure = _failure(mail, raw)
    if failure is None:
        return None
    return Bounce(failure.kind, failure.reason, failure.recipient, _uid(mail, raw, recipient))


def _failure(mail: InboundMail, raw: bytes) -> Failure | None:
    if mail.complaint is not None:
        return complaint(_text(mail.complaint))
    return reported(_text(mail.report)) if mail.report is not None else written(mail, raw)


def _uid(mail: InboundMail, raw: bytes, recipient: str) -> str:
    """The UID of the invite: of the return path, which is each invite's own, else of whatever came back of its mail."""
    returned = mail.returned or b""
    uid = _returned_uid(returned)
    for text in (recipient, uid, _text(returned), mail.text, mail.html, _text(raw)):
        if named := identity.parse(text):
            return identity.uid(*named, "")
    return uid


def _returned_uid(returned: bytes) -> str:
    """That of the calendar part that came back, else of the header that our mails carry."""
    try:
        original = read(returned)
        for part in original.calendars:
            for calendar in parse(part.content.decode("utf-8", "replace")):
                for event in calendar.children:
                    if event.name == "VEVENT" and event.value("UID"):
                        return event.value("UID")
    except Refused:
        pass
    header = _UID_HEADER.search(returned[:MAX_RETURNED])
    return header[1].decode("ascii", "replace") if header else ""


def _text(octets: bytes) -> str:
    return octets[:MAX_RETURNED].decode("utf-8", "replace")
