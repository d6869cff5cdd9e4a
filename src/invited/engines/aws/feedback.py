"""What SES tells of a mail that it sent: the events of a configuration set, as SNS hands them on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from invited.domain import identity
from invited.domain.bounce import BounceKind
from invited.domain.errors import Aside
from invited.engines.aws.outbox import EVENT, TOKEN
from invited.imip.diagnosis import kind_of, reason
from invited.messages import BounceArrived

_SUPPRESSED = frozenset({"Suppressed", "OnAccountSuppressionList", "OnTenantSuppressionList"})
"""Bounces for which SES did not even try: the address bounced before, or complained."""


def bounce(text: str) -> BounceArrived:
    """The bounce or complaint that an event tells of.

    Raises Aside where it is neither, or about no invite; ValueError or KeyError for what is no event of SES.
    """
    event = json.loads(text)
    read = _READERS.get(event["eventType"])
    if read is None:
        raise Aside(f"SES tells of a {event['eventType']}")
    tags = event["mail"].get("tags", {})
    if EVENT not in tags or TOKEN not in tags:
        raise Aside("about no invite")
    kind, why, at = read(event)
    return BounceArrived("", identity.uid(tags[EVENT][0], tags[TOKEN][0], ""), kind, why, at)


def _bounced(event: Mapping[str, Any]) -> tuple[BounceKind, str, datetime]:
    told = event["bounce"]
    status, words = _diagnosis(told["bouncedRecipients"])
    if told["bounceSubType"] in _SUPPRESSED:
        return BounceKind.HARD, f"SES does not mail this address: {told['bounceSubType']}", _at(told)
    if told["bounceType"] == "Permanent" and told["bounceSubType"] == "NoEmail":
        return BounceKind.HARD, words, _at(told)
    return kind_of(status, words), words or f"{told['bounceType']} {told['bounceSubType']}", _at(told)


def _complained(event: Mapping[str, Any]) -> tuple[BounceKind, str, datetime]:
    told = event["complaint"]
    if told.get("complaintFeedbackType") == "not-spam":
        raise Aside("somebody says that it is no spam")
    return BounceKind.COMPLAINT, reason(told.get("complaintFeedbackType") or "abuse"), _at(told)


def _rejected(event: Mapping[str, Any]) -> tuple[BounceKind, str, datetime]:
    """SES found something wrong with the mail itself, such as a virus in an attachment."""
    why = reason(f"SES rejected the mail: {event['reject']['reason']}")
    return BounceKind.SOFT, why, datetime.fromisoformat(event["mail"]["timestamp"])


def _delayed(event: Mapping[str, Any]) -> tuple[BounceKind, str, datetime]:
    told = event["deliveryDelay"]
    return BounceKind.DELAYED, _diagnosis(told["delayedRecipients"])[1], _at(told)


_READERS = {"Bounce": _bounced, "Complaint": _complained, "Reject": _rejected, "DeliveryDelay": _delayed}


def _diagnosis(recipients: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Status code and words of the one address that a mail of ours goes to; "" where none are told."""
    told = recipients[0] if recipients else {}
    return str(told.get("status", "")), reason(str(told.get("diagnosticCode", "")))


def _at(told: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(told["timestamp"])
