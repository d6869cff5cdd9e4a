"""THISANDFUTURE as attendees are sent it: no calendar of theirs understands the word (docs/decisions/0004)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from invited.domain.event import Component, Event, Status, ordered
from invited.domain.moment import Moment
from invited.imip.lines import stamp
from invited.imip.recurrence import occurrences

MAX_EXPLICIT = 100
"""Occurrences that a split changes one by one; where more follow, the series ends after these."""

_EARLIER = timedelta(days=31)
"""How far a split may move its occurrences to the front."""

_LOOKED_AT = 1_000


def explicit(event: Event) -> Event:
    """`event` with every change of one and all later occurrences said in words that all clients know.

    What is cancelled from a date on ends the series there. What is changed from a date on becomes a change of each
    occurrence that was still to come when the event was last changed. Everything else stays as it is.
    """
    master = event.component(None)
    splits = [c for c in event.components if c.is_this_and_future]
    if not splits or master is None or event.is_cancelled:
        return event
    plain = [c for c in event.components if not c.is_this_and_future and c is not master]
    changed = _changed(event, [c for c in splits if c.status is not Status.CANCELLED], {c.key() for c in plain})
    ends = [_original(c) for c in (*changed[MAX_EXPLICIT:], *splits) if c in changed or c.status is Status.CANCELLED]
    if ends:
        master = replace(_ended(master, min(ends)), revision=max(master.revision, *(c.revision for c in splits)))
    return replace(event, components=ordered([master, *plain, *changed[:MAX_EXPLICIT]]))


def _changed(event: Event, living: list[Component], own: set[datetime | None]) -> list[Component]:
    """The coming occurrences that go another way since a split, but for those that have a change of their `own`."""
    if not living:
        return []
    first = min(map(_original, living))
    found = occurrences(event, max(event.changed, first - _EARLIER), _LOOKED_AT)
    return sorted((c for c in found if c.key() not in own and _original(c) >= first), key=_original)


def _original(component: Component) -> datetime:
    return component.key() or component.start.instant()


def _ended(master: Component, before: datetime) -> Component:
    """The series without what would start at `before` or later."""
    return replace(
        master,
        rules=tuple(_until(rule, master.start, before) for rule in master.rules),
        rdates=tuple(p for p in master.rdates if p.start.instant() < before),
        exdates=tuple(m for m in master.exdates if m.instant() < before),
    )


def _until(rule: str, start: Moment, before: datetime) -> str:
    """`rule` up to the last date before; its own end lies beyond, or there would be nothing to cut off."""
    last = (
        Moment.day((before - timedelta(days=1)).date()) if start.is_date else Moment.at(before - timedelta(seconds=1))
    )
    kept = [part for part in rule.split(";") if not part.upper().startswith(("UNTIL=", "COUNT="))]
    return ";".join([*kept, f"UNTIL={stamp(last)}"])
