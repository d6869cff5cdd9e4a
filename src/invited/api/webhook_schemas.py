"""The shapes of webhooks and their deliveries."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from invited.api.schemas import Text
from invited.domain.call import Call, CallState
from invited.domain.fact import FactKind
from invited.domain.hook import MAX_URL, Hook

MAX_NOTE = 200


def _subscribable(kind: FactKind) -> FactKind:
    if kind is FactKind.PING:
        raise ValueError("every webhook takes pings; they cannot be subscribed to")
    return kind


Kinds = Annotated[list[Annotated[FactKind, AfterValidator(_subscribable)]], Field(max_length=len(FactKind))]
Url = Annotated[Text, Field(min_length=1, max_length=MAX_URL, description="https://, on a public server.")]
Note = Annotated[Text, Field(max_length=MAX_NOTE, description="What it is for.")]
EventId = Annotated[str, Field(max_length=64)]


class WebhookBody(BaseModel):
    """A new webhook."""

    model_config = ConfigDict(extra="forbid")

    url: Url
    kinds: Kinds = Field(default=[], description="What it listens to; nothing for everything.")
    event: EventId | None = Field(default=None, description="One event alone.")
    attendees: bool = Field(
        default=False, description="Tell addresses and what people wrote, too; needs the scope attendees:read."
    )
    note: Note = ""
    organizer: Text | None = Field(
        default=None, max_length=254, description="Whose events, for an admin; default: the caller's, or all."
    )


class WebhookChange(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    url: Url | None = None
    kinds: Kinds | None = None
    event: EventId | None = Field(default=None, description="One event alone; empty for all.")
    note: Note | None = None
    enabled: bool | None = Field(default=None, description="False: call it no more. True: call it again.")


class Webhook(BaseModel):
    """A webhook, and how it fares."""

    id: str
    organizer: str | None = Field(description="Whose events it hears of; null for all of the domain.")
    url: str
    kinds: list[FactKind] = Field(description="What it listens to; empty for everything.")
    event: str | None
    attendees: bool = Field(description="Whether it is told addresses and what people wrote.")
    note: str
    created: datetime
    enabled: bool
    disabled: str | None = Field(description="Why it is not called any more.")
    failures: int = Field(description="Calls that failed in a row.")
    failing_since: datetime | None
    paused_until: datetime | None = Field(description="Nothing is called before: the pause after a failure.")
    waiting: int = Field(description="Deliveries that wait.")
    missed: int = Field(description="Deliveries that were never made, because 10,000 waited already.")

    @classmethod
    def of(cls, hook: Hook) -> Self:
        """`hook` as it is shown."""
        return cls(**_shown(hook))


class NewWebhook(Webhook):
    """A webhook that was just made."""

    secret: str = Field(description="What its calls are signed with; shown this once.")

    @classmethod
    def made(cls, hook: Hook, secret: str) -> Self:
        """`hook` with its first secret."""
        return cls(**_shown(hook), secret=secret)


def _shown(hook: Hook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "organizer": hook.owner or None,
        "url": hook.url,
        "kinds": list(hook.kinds),
        "event": hook.event_id or None,
        "attendees": hook.may_read_attendees,
        "note": hook.note,
        "created": hook.created,
        "enabled": not hook.disabled,
        "disabled": hook.disabled or None,
        "failures": hook.health.failures,
        "failing_since": hook.health.failing_since,
        "paused_until": hook.health.paused_until,
        "waiting": hook.waiting,
        "missed": hook.missed,
    }


class Webhooks(BaseModel):
    """All webhooks of one owner."""

    webhooks: list[Webhook]


class Secret(BaseModel):
    """A new secret."""

    secret: str


class AttemptMade(BaseModel):
    """One attempt of a delivery."""

    at: datetime
    status: int = Field(description="HTTP status; 0 where no answer came.")
    seconds: float
    text: str = Field(description="The beginning of the answer, or what went wrong.")


class Delivery(BaseModel):
    """One call, waiting or over."""

    id: str = Field(description="The header webhook-id.")
    kind: FactKind
    state: CallState
    created: datetime
    due: datetime | None = Field(description="When it is tried next; null once it is over.")
    tries: int
    attempts: list[AttemptMade] = Field(description="The last 10.")

    @classmethod
    def of(cls, call: Call) -> Self:
        """`call` as it is shown."""
        return cls(**_told(call))


class DeliveryDetail(Delivery):
    """A delivery with what was sent."""

    body: dict[str, Any]

    @classmethod
    def whole(cls, call: Call) -> Self:
        """`call` with its body."""
        return cls(**_told(call), body=json.loads(call.body))


def _told(call: Call) -> dict[str, Any]:
    attempts = [AttemptMade(at=a.at, status=a.status, seconds=a.seconds, text=a.text) for a in call.attempts]
    named = {name: getattr(call, name) for name in ("id", "kind", "state", "created", "due", "tries")}
    return named | {"attempts": attempts}


class Deliveries(BaseModel):
    """One page of a log, newest first."""

    deliveries: list[Delivery]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


class ReplayBody(BaseModel):
    """Which deliveries to make again: one, whatever became of it, or all that failed since a time."""

    model_config = ConfigDict(extra="forbid")

    delivery: EventId | None = None
    since: AwareDatetime | None = Field(default=None, description="RFC 3339.")
    after: EventId = Field(default="", description="The `next` of the answer before.")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if bool(self.delivery) == bool(self.since):
            raise ValueError("give either `delivery` or `since`")
        return self


class Replayed(BaseModel):
    """How many deliveries are made again."""

    replayed: int
    next: str | None = Field(description="What to send as `after` to go on; null at the end.")
