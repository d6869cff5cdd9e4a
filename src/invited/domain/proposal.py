"""A proposal: another time that an attendee asks for (RFC 5546 §3.2.7). It is no answer, and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from invited.domain.moment import Moment
from invited.domain.receipt import Grade


@dataclass(frozen=True, slots=True)
class Proposal:
    """What `address` would rather have of an event or, with `recurrence_id` (as in Receipt), of one occurrence.

    `token` is that of the guest whose copy it answers; the `grade` says whether they are the same person. `start` and
    the exclusive `end` are None where the mail does not tell them readably. The rest is as in Receipt.
    """

    event_id: str
    token: str
    recurrence_id: str
    address: str
    start: Moment | None
    end: Moment | None
    sequence: int
    dtstamp: datetime
    arrived: datetime
    mail: str
    client: str
    grade: Grade
    comment: str = ""

    @property
    def key(self) -> str:
        """Which of an event's proposals it is; a greater one of the same key takes its place."""
        return f"{self.address} {self.recurrence_id}"

    def order(self) -> tuple[int, datetime, datetime, str]:
        """Greater wins, as with receipts."""
        return (self.sequence, self.dtstamp, self.arrived, self.mail)
