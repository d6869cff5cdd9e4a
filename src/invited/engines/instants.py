"""Instants as the stores keep them: whole microseconds since 1970 UTC, so that they sort and compare as numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(at: datetime) -> int:
    """An aware datetime as a number."""
    return (at - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The UTC datetime of a number."""
    return _EPOCH + timedelta(microseconds=micros)


def after(now: datetime, seconds: float) -> int:
    """The instant so many seconds after `now`, as a number."""
    return to_micros(now + timedelta(seconds=seconds))
