"""Why a mail was not delivered, by status codes and words: is the address no good, or may it work another time?

RFC 3463 for the status codes; the words are those of common servers, asked only where no code is precise.
"""

from __future__ import annotations

import re

from invited.domain.bounce import BounceKind

MAX_REASON = 500
"""Characters kept of why."""

# 5.1.7 and 5.1.8 are about the sender. 4.1.1, given up, is Postfix's unknown_local_recipient_reject_code of 450.
_DEAD = re.compile(r"5\.1\.(?:1|2|3|6|10)|5\.2\.1|4\.1\.1")
# 5.4.4 is a server that cannot be found, or a domain that is none.
_VAGUE = re.compile(r"|[45]\.0\.\d+|5\.1\.0|5\.4\.4|5\.[59]\.\d+")
_UNKNOWN = re.compile(
    r"(?:user|recipient|account|mailbox|address|person|alias)s?\b[^.;\n]{0,40}"
    r"\b(?:unknown|not found|(?:not|n.t) exist|not known|disabled|no longer|invalid|unavailable permanently)"
    r"|(?:unknown|invalid|no such|nonexistent|inactive)\b[^.;\n]{0,20}"
    r"\b(?:user|recipient|account|mailbox|address|person|local part)"
    r"|unrouteable address|host (?:or domain name )?(?:unknown|not found)|recip(?:ient)?notfound",
    re.IGNORECASE,
)
_PASSING = re.compile(
    r"\bfull\b|quota|too (?:large|big|many)|storage|spam|policy|block|blacklist|greylist|temporar|try (?:again|later)"
    r"|timed? ?out|retry time|expired",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])[45]\.\d{1,2}\.\d{1,3}(?![\d.]?\d)")
_BOTH = re.compile(r"(?<![\d.])[45]\d\d[ -]#?([45]\.\d{1,2}\.\d{1,3})(?![\d.]?\d)")
_CODE = re.compile(r"(?<![\d.#-])(?:4[2-5]\d|5[05]\d)(?=[ -]\S)")


def kind_of(status: str, words: str) -> BounceKind:
    """Whether a mail that was given up says that its address is HARD, or SOFT; `status` is "" where none is told."""
    if _VAGUE.fullmatch(status) and (found := _BOTH.search(words)):
        status = found[1]
    if not _VAGUE.fullmatch(status):
        return BounceKind.HARD if _DEAD.fullmatch(status) else BounceKind.SOFT
    is_dead = _UNKNOWN.search(words) and not _PASSING.search(words)
    return BounceKind.HARD if is_dead else BounceKind.SOFT


def found_in(text: str) -> tuple[str, str]:
    """Status code, "" for none, and the words around it: what a person reads of why."""
    lines = [line.strip() for line in text.splitlines()]
    for pattern in (_BOTH, _STATUS, _CODE, _UNKNOWN, _PASSING):
        for line in lines:
            if pattern.search(line):
                status = _STATUS.search(line)
                return status[0] if status else "", reason(line)
    return "", ""


def reason(words: str) -> str:
    """`words` on one line, bounded."""
    return " ".join(words.split())[:MAX_REASON]
