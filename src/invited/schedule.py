"""An organizer's public schedule: where it is, and which of their events stand on it, the next one first.

Nothing is on it unless its organizer listed it; its address never tells theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from invited.domain.addresses import new_id
from invited.domain.event import Component, Event
from invited.imip.recurrence import occurrences
from invited.ports import Engine
from invited.settings import Settings

MAX_EVENTS = 200
"""Events of one schedule; those that are over first come first."""

MAX_BEGUN = 50
"""Dates of a series that are looked at for one that is not over."""

SLUG = r"^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$"
"""A slug that may be chosen: 3 to 40 characters."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event and its next date; the last one known where none is to come."""

    event: Event
    next: Component
    is_over: bool


def slug_of(engine: Engine, organizer: str) -> str:
    """Where the organizer's schedule is: somewhere unguessable until they choose a name."""
    if not engine.store.slug(organizer):
        # Of several at a time one is first, and all tell what it chose.
        engine.store.choose_slug(organizer, new_id(), expected="")
    return engine.store.slug(organizer)


def schedule_link(settings: Settings, slug: str) -> str:
    """The schedule's page."""
    return f"{settings.url}/o/{slug}"


def entries(engine: Engine, organizer: str) -> list[Entry]:
    """What the organizer listed and is not over for longer than the settings say, the next one first, at most
    MAX_EVENTS.
    """
    now = engine.now()
    since = now - timedelta(days=engine.settings.schedule_days)
    events = engine.store.listed(organizer, since, MAX_EVENTS)
    found = (_entry(_nameless(event), now, since) for event in events)
    return sorted((entry for entry in found if entry), key=lambda entry: (entry.next.start.instant(), entry.event.id))


def to_come(found: Sequence[Entry]) -> list[Entry]:
    """Those that are not over."""
    return [entry for entry in found if not entry.is_over]


def title(found: Sequence[Entry]) -> str:
    """Whose schedule it is, by the name on their newest event that has one."""
    named = [entry.event for entry in found if entry.event.organizer_name]
    return max(named, key=lambda event: event.created).organizer_name if named else "Events"


def _nameless(event: Event) -> Event:
    """Without the organizer's name where that is a mail address, as some calendars write it."""
    return replace(event, organizer_name="") if "@" in event.organizer_name else event


def _entry(event: Event, now: datetime, since: datetime) -> Entry | None:
    """None for what was over by `since`, and for what was called off before."""
    if event.is_cancelled:
        is_shown = event.changed >= since
        return Entry(event, event.head, event.head.ends().instant() <= now) if is_shown else None
    # What has begun is not over; nothing that lasts longer than its series' first date is looked for.
    length = max(component.ends().instant() - component.start.instant() for component in event.components)
    found = _next(event, now, length)
    if found:
        return Entry(event, found, is_over=False)
    last = _next(event, since, length)
    return Entry(event, last, is_over=True) if last else None


def _next(event: Event, after: datetime, length: timedelta) -> Component | None:
    """The next date that ends after this."""
    begun = occurrences(event, after - length, MAX_BEGUN)
    return next((date for date in begun if date.ends().instant() > after or date.start.instant() >= after), None)
