"""What SES tells of a mail that it took: the notice of a receipt rule's S3 action, as SNS hands it on.

The notice names the envelope's recipients that the rule matched, which the mail itself does not, and SES's verdicts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from invited.domain.errors import Aside
from invited.domain.mailboxes import Foreign, Mailbox, NoMailbox, mailbox
from invited.engines.aws.archive import INBOUND, key_of_ses
from invited.engines.aws.verifier import SES
from invited.messages import Mail

RECEIVED = "Received"


def arrivals(text: str, domains: Iterable[str]) -> list[Mail]:
    """How the mail of a notice came, once for each of our mailboxes.

    Raises Aside where it is for none of them, or nothing to be looked at; ValueError or KeyError for what is no notice.
    """
    notice = json.loads(text)
    if notice["notificationType"] != RECEIVED or notice["receipt"]["action"]["type"] != "S3":
        raise ValueError("not the notice of an S3 action")
    mail, receipt = notice["mail"], notice["receipt"]
    if receipt["action"]["objectKey"] != INBOUND + mail["messageId"]:
        raise ValueError(f"SES must put mails under {INBOUND}")
    if _is_failed(receipt, "virusVerdict"):
        raise Aside("a virus")
    taken = datetime.fromisoformat(mail["timestamp"])
    key = key_of_ses(mail["messageId"], taken)
    sender = str(mail["source"]).strip("<>")
    return [
        Mail(key, box.name, box.recipient, box.domain, sender, taken, helo=SES)
        for box in _mailboxes(receipt, tuple(domains))
    ]


def _mailboxes(receipt: Mapping[str, Any], domains: tuple[str, ...]) -> list[Mailbox]:
    """Those that the mail is for. What is thought to be spam may answer an invite, and nothing else: it would have us
    write to somebody whose address was forged.
    """
    found: dict[str, Mailbox] = {}
    for recipient in receipt["recipients"]:
        try:
            box = mailbox(recipient, domains)
        except (Foreign, NoMailbox):
            continue
        if box.name == "rsvp" or not _is_failed(receipt, "spamVerdict"):
            found.setdefault(box.identity, box)
    if not found:
        raise Aside("for no mailbox of ours, or spam")
    return list(found.values())


def _is_failed(receipt: Mapping[str, Any], verdict: str) -> bool:
    return bool(receipt.get(verdict, {}).get("status") == "FAIL")
