"""The figures as the API shows them: of one event, of many together, and by recipient domain."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from invited.api.schemas import time
from invited.domain.event import Event
from invited.domain.pacing import Pace
from invited.domain.recipients import Recipients
from invited.domain.statistics import Statistics
from invited.imip.recurrence import original
from invited.ports import Store

NAMED = 100
"""Most recipient domains that figures name; the whole list comes in pages."""


class Receipts(BaseModel):
    """Present answers; `none` is everybody who has not answered."""

    accepted: int
    declined: int
    tentative: int
    none: int


class _Counts(BaseModel):
    invitations: int
    queued: int
    sent: int = Field(description="Accepted by the relay, those that bounced or complained later included.")
    delivered: int = Field(description="Sent, and not come back: nobody tells more than that of a mail.")
    failed: int
    dropped: int = Field(description="Never sent: the event was cancelled or the job stopped first.")
    bounced: int
    complained: int = Field(description="Delivered, and called unwanted: the address is not mailed again.")
    withdrawn: int = Field(description="Taken back from attendees who want no more mail.")
    reminders: int
    receipts: Receipts
    strangers: int = Field(description="People who answered a forwarded invite; in no other figure.")
    updates: int = Field(description="Updates of organizers that were applied.")
    by_origin: dict[str, dict[str, int]]
    by_client: dict[str, dict[str, int]] = Field(
        description="Present answers; programs that are not known are `other`."
    )
    by_domain: dict[str, dict[str, int]] | None = Field(
        description="By recipient domain, the largest first; null where there are more than 100: then page through "
        "the `domains` beside the statistics."
    )
    by_day: dict[str, dict[str, int]] = Field(description="What happened on each of the newest 400 days, UTC.")
    by_hour: dict[str, dict[str, int]] = Field(description="The same of the newest 168 hours, such as 2027-01-12T09.")


class Figures(_Counts):
    """API 2: the figures of one event."""

    by_occurrence: dict[str, dict[str, int]] = Field(
        description="Present answers to single occurrences, by original start (RFC 3339, or a date if all day); "
        "beside, not within, the answers to the whole."
    )

    @classmethod
    def of(cls, store: Store, event: Event) -> Self:
        """The figures kept for `event`."""
        statistics = store.statistics(event.id)
        recipients = store.recipients(event.id, limit=NAMED + 1)
        dates = {time(original(event, name)): n for name, n in statistics.by_occurrence.items()}
        return cls.model_validate(_counts(statistics, recipients) | {"updates": event.updates, "by_occurrence": dates})


class Events(BaseModel):
    """How many events there are, by what they are now."""

    confirmed: int
    tentative: int
    cancelled: int


class OverallFigures(_Counts):
    """APIs 7 and 9: the figures of many events together."""

    events: Events
    cancels: int = Field(description="Cancels of organizers that were applied.")

    @classmethod
    def of(cls, store: Store, organizer: str = "") -> Self:
        """The figures kept for an organizer, or with "" for everybody."""
        statistics = store.overall(organizer)
        recipients = store.recipients(organizer=organizer, limit=NAMED + 1)
        events = {name: statistics.by_status.get(name, 0) for name in Events.model_fields}
        more = {"events": events, "updates": statistics.updates, "cancels": statistics.cancels}
        return cls.model_validate(_counts(statistics, recipients) | more)


class DomainFigures(BaseModel):
    """The deliverability of one recipient domain."""

    domain: str
    invitations: int
    queued: int
    sent: int
    delivered: int = Field(description="Sent, and not come back.")
    failed: int
    dropped: int
    bounced: int
    complained: int
    answered: int
    accepted: int
    declined: int
    tentative: int
    silent: bool = Field(description="Ten or more were delivered and nobody answered: are the invites seen there?")

    @classmethod
    def of(cls, row: Recipients) -> Self:
        """`row` as it is shown."""
        shown = {name: getattr(row, name) for name in DomainFigures.model_fields if name != "silent"}
        return cls(**shown, silent=row.is_silent)


class Rest(BaseModel):
    """A recipient domain that refused mail for now is left alone for a while (docs/sending.md)."""

    until: datetime
    said: str = Field(description="The code of its refusal, such as `450 4.2.0`.")


class CorrespondentFigures(DomainFigures):
    """The deliverability of one recipient domain, whoever sends there."""

    rests: Rest | None = Field(description="Nothing is sent there for now; null for all is well.")

    @classmethod
    def at(cls, row: Recipients, pace: Pace | None, now: datetime) -> Self:
        """`row`, and how mail may go there at `now`."""
        rest = Rest(until=pace.held, said=pace.said) if pace and pace.wait and pace.held > now else None
        return cls(**DomainFigures.of(row).model_dump(), rests=rest)


class CorrespondentPage(BaseModel):
    """One page of recipient domains, by name."""

    domains: list[CorrespondentFigures]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


class DomainPage(BaseModel):
    """One page of recipient domains, by name."""

    domains: list[DomainFigures]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


def _counts(statistics: Statistics, recipients: list[Recipients]) -> dict[str, Any]:
    plain = ("invitations", "queued", "sent", "delivered", "failed", "dropped", "bounced", "complained", "withdrawn")
    tables = ("strangers", "by_origin", "by_client", "by_day", "by_hour")
    shown = {name: getattr(statistics, name) for name in (*plain, *tables)}
    receipts = {name: getattr(statistics, name) for name in Receipts.model_fields}
    named = sorted(recipients, key=lambda row: (-row.invitations, row.domain)) if len(recipients) <= NAMED else None
    by_domain = None if named is None else {row.domain: _told(row) for row in named}
    return shown | {"receipts": receipts, "reminders": statistics.nudges, "by_domain": by_domain}


def _told(row: Recipients) -> dict[str, int]:
    names = ("invitations", "sent", "failed", "bounced", "complained", "accepted", "declined", "tentative")
    return {name: number for name in names if (number := getattr(row, name))}
