"""What a list of events may be asked for: which of them, and in what order."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from invited.domain.event import Event
from invited.imip.recurrence import occurrences
from invited.ports import Order


class When(StrEnum):
    """How an event stands in time; a series is upcoming as long as an occurrence is to begin."""

    UPCOMING = "upcoming"
    PAST = "past"
    CANCELLED = "cancelled"


Instant = Annotated[AwareDatetime | None, Field(description="RFC 3339 with an offset; `from` is in, `until` is not.")]


class Search(BaseModel):
    """The query of a list of events. A page of a filtered list looks at 500 of them at most: it may hold fewer than
    `limit`, even none, and a `next`.
    """

    limit: int = Field(default=100, ge=1, le=500, description="Events of one page.")
    after: str = Field(default="", max_length=64, description="The `next` of the page before.")
    sort: Order = Field(default=Order.NEWEST, description="By when it was created or starts; - is the latest first.")
    state: When | None = Field(default=None, description="How they stand in time.")
    q: str = Field(default="", max_length=100, description="Part of the subject.")
    created_from: Instant = None
    created_until: Instant = None
    start_from: Instant = None
    start_until: Instant = None

    def range(self) -> tuple[Order, datetime | None, datetime | None]:
        """The order, and between which instants of it a store need look."""
        if self.sort.is_by_start:
            return self.sort, self.start_from, self.start_until
        return self.sort, self.created_from, self.created_until

    def wants(self, event: Event, now: datetime) -> bool:
        """Whether `event` is one of those that are asked for."""
        return (
            self.q.casefold() in event.head.summary.casefold()
            and _is_within(event.created, self.created_from, self.created_until)
            and _is_within(event.head.start.instant(), self.start_from, self.start_until)
            and (self.state is None or _when(event, now) is self.state)
        )


def _is_within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)


def _when(event: Event, now: datetime) -> When:
    if event.is_cancelled:
        return When.CANCELLED
    is_to_come = event.head.ends().instant() > now or bool(occurrences(event, now, 1))
    return When.UPCOMING if is_to_come else When.PAST
