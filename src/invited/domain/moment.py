"""A point on somebody's calendar: a date, a UTC instant or a wall-clock time in a named zone (RFC 5545 §3.3.4-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Moment:
    """`wall` is naive and read in `zone`, an IANA name or "UTC"; without a zone it is midnight of a whole day."""

    wall: datetime
    zone: str | None = None

    @classmethod
    def day(cls, day: date) -> Moment:
        """A whole day."""
        return cls(datetime(day.year, day.month, day.day))

    @classmethod
    def at(cls, instant: datetime) -> Moment:
        """An aware datetime as a UTC moment."""
        return cls(instant.astimezone(UTC).replace(tzinfo=None), "UTC")

    @property
    def is_date(self) -> bool:
        """Whether this is a whole day."""
        return self.zone is None

    def instant(self) -> datetime:
        """The UTC datetime it names; a whole day counts from midnight UTC, so that days can be ordered too.

        A wall time that a zone skips or repeats is read as RFC 5545 §3.3.5 says: with the offset before the change.
        """
        if self.zone is None or self.zone == "UTC":
            return self.wall.replace(tzinfo=UTC)
        return self.wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def plus(self, span: timedelta) -> Moment:
        """The moment `span` later: whole days by the wall clock, the rest by elapsed time (RFC 5545 §3.3.6)."""
        days = timedelta(days=span.days)
        if self.zone is None:
            return Moment(self.wall + days)
        if self.zone == "UTC" or span == days:
            return Moment(self.wall + span, self.zone)
        instant = Moment(self.wall + days, self.zone).instant() + (span - days)
        return Moment(instant.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None, fold=0), self.zone)

    def to_text(self) -> str:
        """`2026-12-01`, `2026-12-01T10:00:00Z` or `2026-12-01T10:00:00[Europe/Paris]`, for people and JSON."""
        if self.zone is None:
            return self.wall.date().isoformat()
        return self.wall.isoformat() + ("Z" if self.zone == "UTC" else f"[{self.zone}]")
