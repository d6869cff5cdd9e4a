"""A fact that the world may want to hear of, and the JSON that a webhook gets of several (docs/webhooks.md)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

VERSION = 1
"""Of the payload: raised only when something that is in it changes or goes, not when something is added."""

MAX_TEXT = 500
"""Characters kept of any text in a fact, so that a hundred facts stay far below what a queue or a receiver takes."""

Scalar: TypeAlias = str | int | bool | None


class FactKind(StrEnum):
    """What happened; these names are part of the API."""

    EVENT_CREATED = "event.created"
    EVENT_UPDATED = "event.updated"
    EVENT_CANCELLED = "event.cancelled"
    INVITATION_ADDED = "invitation.added"
    INVITATION_SENT = "invitation.sent"
    INVITATION_FAILED = "invitation.failed"
    INVITATION_DROPPED = "invitation.dropped"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    DELIVERY_BOUNCED = "delivery.bounced"
    DELIVERY_COMPLAINED = "delivery.complained"
    RECEIPT_RECORDED = "receipt.recorded"
    STRANGER_ARRIVED = "stranger.arrived"
    STRANGER_ADMITTED = "stranger.admitted"
    STRANGER_REFUSED = "stranger.refused"
    JOB_PAUSED = "job.paused"
    JOB_DONE = "job.done"
    APPROVAL_WAITING = "approval.waiting"
    UNSUBSCRIBED = "unsubscribed"
    PING = "webhook.ping"
    """Nothing happened: somebody tests the webhook."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened `at` an instant, to an event or, with `event_id` "", to none in particular.

    `id` is the same however often the fact is told. `detail` is for everybody who listens, `personal` (addresses and
    what people wrote) only for those who may read attendees.
    """

    id: str
    kind: FactKind
    at: datetime
    event_id: str = ""
    detail: Mapping[str, Scalar] = field(default_factory=dict)
    personal: Mapping[str, Scalar] = field(default_factory=dict)


def identified(*parts: object) -> str:
    """An id of 26 letters and digits that stands for `parts`, the same at every call."""
    digest = hashlib.sha256("\n".join(str(part) for part in parts).encode("utf-8", "replace")).digest()
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()


def payload(facts: Sequence[Fact], *, may_read_attendees: bool) -> str:
    """The body of one call: `facts`, at least one, all of one kind and event, as they happened."""
    first = facts[0]
    body = {
        "type": first.kind,
        "version": VERSION,
        "timestamp": _time(first.at),
        "data": {"event": first.event_id or None, "facts": [_shown(fact, may_read_attendees) for fact in facts]},
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _shown(fact: Fact, may_read_attendees: bool) -> dict[str, Scalar]:  # noqa: FBT001
    told = {**fact.detail, **(fact.personal if may_read_attendees else {})}
    return {"id": fact.id, "at": _time(fact.at)} | {name: _bounded(value) for name, value in told.items()}


def _bounded(value: Scalar) -> Scalar:
    """A text of bounded length that is valid UTF-8, and anything else as it is."""
    return value[:MAX_TEXT].encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
