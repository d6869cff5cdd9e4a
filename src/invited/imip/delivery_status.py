"""Delivery status notifications (RFC 3464): what became of a mail, in fields made for machines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from invited.domain.bounce import BounceKind
from invited.imip.diagnosis import kind_of, reason
from invited.imip.values import bare_address

MAX_REPORT = 200_000
"""Characters looked at of a report."""

_FIELD = re.compile(r"([\w-]+)\s*:\s*(.*)")
_FOLD = re.compile(r"\n[ \t]+")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class Failure:
    """That a mail was not delivered, why, and to whom; `recipient` is normalised, "" where it is not told."""

    kind: BounceKind
    reason: str
    recipient: str


def reported(report: str) -> Failure | None:
    """The failure that a delivery-status part tells; None for none, as where it tells that the mail was delivered.

    Of several recipients the first that failed is told, our own mails have only one.
    """
    troubles = [block for block in blocks(report) if _is_trouble(block)]
    if not troubles:
        return None
    worst = next((block for block in troubles if _is_given_up(block)), troubles[0])
    recipient = worst.get("final-recipient") or worst.get("original-recipient") or ""
    return Failure(_kind(worst), _reason(worst), bare_address(recipient.rpartition(";")[2]))


def blocks(report: str) -> Iterator[dict[str, str]]:
    """The groups of fields, one for each recipient (RFC 3464 §2.1); the first, of the message, tells no Action."""
    text = report[:MAX_REPORT].replace("\r\n", "\n")
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


def _is_given_up(block: dict[str, str]) -> bool:
    """Also after long trying, where the status still is a temporary 4.x.x (RFC 3464 §2.3.3)."""
    return _action(block) == "failed" or (not _action(block) and block.get("status", "").startswith("5"))


def _kind(block: dict[str, str]) -> BounceKind:
    if not _is_given_up(block):
        return BounceKind.DELAYED
    status = _STATUS.match(block.get("status", ""))
    return kind_of(status[0] if status else "", block.get("diagnostic-code", ""))


def _reason(block: dict[str, str]) -> str:
    diagnosis = block.get("diagnostic-code", "")
    kind, found, words = diagnosis.partition(";")
    words = words if found and " " not in kind.strip() else diagnosis
    return reason(f"{block.get('status', '')} {words}")
