"""What a mail that came back says: delivery status notifications (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from invited.domain.errors import Refused
from invited.imip.contentlines import parse
from invited.imip.mail import InboundMail, read
from invited.imip.values import bare_address

MAX_REASON = 500
"""Characters kept of why."""

MAX_REPORT = 200_000
"""Octets looked at of a report or of a mail given back as headers."""

_UID_HEADER = re.compile(rb"^X-Invited-UID:[ \t]*(\S{1,1000})", re.IGNORECASE | re.MULTILINE)
_FIELD = re.compile(r"([\w-]+)\s*:\s*(.*)")
_FOLD = re.compile(r"\n[ \t]+")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail of ours that was not delivered. `is_permanent`: it was given up; else it is only late.

    `uid` is the UID of the invite it held, "" where the notification does not give it back.
    """

    is_permanent: bool
    reason: str
    recipient: str
    uid: str


def read_bounce(mail: InboundMail) -> Bounce | None:
    """The bounce that `mail` is, None where it is none: a read receipt, a complaint, news of a delivery.

    Of several recipients the first that failed is told, our own mails have only one.
    """
    if mail.report is None:
        return None
    troubles = [block for block in _blocks(mail.report) if _is_trouble(block)]
    if not troubles:
        return None
    worst = next((block for block in troubles if _is_permanent(block)), troubles[0])
    recipient = worst.get("final-recipient") or worst.get("original-recipient") or ""
    return Bounce(
        is_permanent=_is_permanent(worst),
        reason=_reason(worst),
        recipient=bare_address(recipient.rpartition(";")[2]),
        uid=_uid(mail.returned or b""),
    )


def _blocks(report: bytes) -> Iterator[dict[str, str]]:
    """The groups of fields, one for each recipient (RFC 3464 §2.1); the first, of the message, tells no Action."""
    text = report[:MAX_REPORT].decode("utf-8", "replace").replace("\r\n", "\n")
    for block in re.split(r"\n[ \t]*\n", text):
        lines = (_FIELD.fullmatch(line.strip()) for line in _FOLD.sub(" ", block).split("\n"))
        fields: dict[str, str] = {}
        for name, value in ((match[1].lower(), match[2].strip()) for match in lines if match):
            if name == "final-recipient" and name in fields:
                # BlueMind leaves out the blank line between recipients.
                yield fields
                fields = {}
            fields.setdefault(name, value)
        yield fields


def _action(block: dict[str, str]) -> str:
    return block.get("action", "").partition(" ")[0].lower()


def _is_trouble(block: dict[str, str]) -> bool:
    action = _action(block)
    return action in ("failed", "delayed") or (not action and block.get("status", "").startswith(("4", "5")))


def _is_permanent(block: dict[str, str]) -> bool:
    """Given up: also after long trying, where the status still is a temporary 4.x.x (RFC 3464 §2.3.3)."""
    return _action(block) == "failed" or (not _action(block) and block.get("status", "").startswith("5"))


def _reason(block: dict[str, str]) -> str:
    diagnosis = block.get("diagnostic-code", "")
    kind, found, words = diagnosis.partition(";")
    words = words if found and " " not in kind.strip() else diagnosis
    return " ".join(f"{block.get('status', '')} {words}".split())[:MAX_REASON]


def _uid(returned: bytes) -> str:
    """The invite's UID: of the calendar part that came back, else of the header that our mails carry."""
    try:
        original = read(returned)
        for part in original.calendars:
            for calendar in parse(part.content.decode("utf-8", "replace")):
                for event in calendar.children:
                    if event.name == "VEVENT" and event.value("UID"):
                        return event.value("UID")
    except Refused:
        pass
    header = _UID_HEADER.search(returned[:MAX_REPORT])
    return header[1].decode("ascii", "replace") if header else ""
