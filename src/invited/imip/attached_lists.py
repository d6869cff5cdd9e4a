"""Lists of people attached to a mail for list@, and the event that the mail names (seeds, step 5A)."""

from __future__ import annotations

import re

from invited.domain.errors import Refused
from invited.imip.mail import Attachment, InboundMail
from invited.lists.encodings import must_be_text

MAX_LISTS = 10
"""Lists of one mail."""

_TYPES = frozenset(
    {
        "text/csv",
        "text/plain",
        "text/tab-separated-values",
        "text/comma-separated-values",
        "text/x-csv",
        "application/csv",
        "application/x-csv",
    }
)
_NAMES = (".csv", ".txt", ".tsv", ".tab")
_SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")

_RECIPIENT = re.compile(r"(?:list|report)\.([a-z2-7]{16})[+@]")
_ID = re.compile(r"(?<![a-z2-7])[a-z2-7]{16}(?![a-z2-7])")


def lists(mail: InboundMail) -> tuple[bytes, ...]:
    """The attached lists; raises Refused where there is none or one is no text."""
    found = tuple(attachment for attachment in mail.attachments if _is_list(attachment))
    for attachment in found:
        must_be_text(attachment.content)
    if not found:
        raise Refused(
            "Your message has no list of people attached.",
            "Please attach a text file with one address per line, or a CSV file, and send it again.",
        )
    if len(found) > MAX_LISTS:
        raise Refused(
            f"Your message has more than {MAX_LISTS} lists attached.", "Please send fewer of them in each message."
        )
    return tuple(attachment.content for attachment in found)


def event_ids(recipient: str, subject: str) -> tuple[str, ...]:
    """What may be the id of the event: what the address `list.<event id>@` or `report.<event id>@` says, or else the
    subject.
    """
    named = _RECIPIENT.match(recipient.lower())
    return (named[1],) if named else tuple(_ID.findall(subject.lower()))


def _is_list(attachment: Attachment) -> bool:
    name = attachment.name.lower()
    return name.endswith((*_NAMES, *_SPREADSHEETS)) or (attachment.content_type in _TYPES and "." not in name)
