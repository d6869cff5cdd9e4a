"""The event: what the organizer planned, kept in parts without loss; and what a change to it means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum

from invited.domain.errors import Stale
from invited.domain.moment import Moment


class Status(StrEnum):
    """RFC 5545 §3.8.1.11, for a VEVENT."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


class Audience(StrEnum):
    """Who hears of an update or a cancel."""

    RESPONDERS = "responders"
    GOING = "going"
    EVERYONE = "everyone"


class Change(IntEnum):
    """What a new version means to those invited; ordered, so that the greatest of several can be taken."""

    NONE = 0
    MINOR = 1
    """Text only: the SEQUENCE stays and each answer stands."""
    SIGNIFICANT = 2
    """Time, recurrence or status (RFC 5546 §2.1.4): the SEQUENCE rises and everybody is asked again."""


@dataclass(frozen=True, slots=True)
class Property:
    """A content line kept as it came: upper-case `name`, `parameters` in order, and `value` still escaped."""

    name: str
    parameters: tuple[tuple[str, tuple[str, ...]], ...]
    value: str


@dataclass(frozen=True, slots=True)
class Period:
    """One RDATE: a start, and an end or duration when it came as a PERIOD."""

    start: Moment
    end: Moment | None = None
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """The organizer's own version of a component: higher SEQUENCE wins, then later DTSTAMP (RFC 5546 §2.1.5),
    then later arrival: Outlook for Mac sends changes with the SEQUENCE and DTSTAMP of the version before.
    """

    sequence: int
    dtstamp: datetime
    arrived: datetime


@dataclass(frozen=True, slots=True)
class Component:
    """One VEVENT: the master (`recurrence_id` is None) or one changed occurrence of it.

    `end` is exclusive; of `end` and `duration` at most one is set. Texts are unescaped; `html` is sanitised.
    `rules` are RRULE values. `extra` holds every other property that is relayed, as it came.
    `revision` is the event's revision at which this component last changed.
    """

    start: Moment
    stamp: Stamp
    end: Moment | None = None
    duration: timedelta | None = None
    recurrence_id: Moment | None = None
    is_this_and_future: bool = False
    summary: str = ""
    description: str = ""
    html: str = ""
    location: str = ""
    status: Status = Status.CONFIRMED
    rules: tuple[str, ...] = ()
    rdates: tuple[Period, ...] = ()
    exdates: tuple[Moment, ...] = ()
    extra: tuple[Property, ...] = ()
    revision: int = 0

    @property
    def is_recurring(self) -> bool:
        """Whether it stands for more than one occurrence."""
        return bool(self.rules or self.rdates)

    def ends(self) -> Moment:
        """The exclusive end, computed where neither DTEND nor DURATION was given (RFC 5545 §3.6.1)."""
        if self.end is not None:
            return self.end
        if self.duration is not None:
            return self.start.plus(self.duration)
        return self.start.plus(timedelta(days=1)) if self.start.is_date else self.start

    def key(self) -> datetime | None:
        """Which occurrence of its event it is: the instant of its original start, None for the master."""
        return self.recurrence_id.instant() if self.recurrence_id else None

    def change_from(self, old: Component) -> Change:
        """What `self` means to somebody who knows `old`."""
        if self._timing() != old._timing():
            return Change.SIGNIFICANT
        return Change.NONE if self._content() == old._content() else Change.MINOR

    def _timing(self) -> tuple[object, ...]:
        instants = tuple((p.start.instant(), p.end and p.end.instant(), p.duration) for p in self.rdates)
        return (
            self.start.instant(),
            self.start.is_date,
            self.ends().instant(),
            self.status,
            # A zone says when a series falls; for a single occurrence only the instant counts.
            self.start.zone if self.is_recurring else None,
            frozenset(_parts(rule) for rule in self.rules),
            frozenset(instants),
            frozenset(m.instant() for m in self.exdates),
        )

    def _content(self) -> Component:
        return replace(self, stamp=_NO_STAMP, revision=0)


_NO_STAMP = Stamp(0, datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))


def _parts(rule: str) -> frozenset[str]:
    return frozenset(part for part in rule.upper().split(";") if part not in ("INTERVAL=1", "WKST=MO", ""))


@dataclass(frozen=True, slots=True)
class File:
    """Something that the organizer attached: attachment `number` (from 0) of the archived mail `mail`, `size` octets.

    `content_type` is what it is sent on as. `is_linked`: too large to go with each invite.
    """

    name: str
    content_type: str
    size: int
    mail: str
    number: int
    is_linked: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """What one organizer's UID became here.

    `sequence` is ours and rises on significant changes; `revision` rises on every stored change, from 0.
    `changed` is when the present revision was made, `updates` how many updates of the organizer were applied.
    `components`: the master first, then changed occurrences by original start; the master may still be to come.
    `files` go with it.
    """

    id: str
    domain: str
    organizer: str
    organizer_name: str
    origin_uid: str
    created: datetime
    changed: datetime
    components: tuple[Component, ...]
    sequence: int = 0
    revision: int = 0
    updates: int = 0
    audience: Audience | None = None
    files: tuple[File, ...] = ()

    @property
    def head(self) -> Component:
        """The master, or the first occurrence known while the master has not arrived."""
        return self.components[0]

    @property
    def is_cancelled(self) -> bool:
        """Whether nothing of it takes place any more."""
        if self.head.recurrence_id is None:
            return self.head.status is Status.CANCELLED
        return all(c.status is Status.CANCELLED for c in self.components)

    def changed_since(self, revision: int) -> tuple[Component, ...]:
        """What somebody who got `revision` must be sent to be up to date: all of it once the master has changed."""
        if self.head.recurrence_id is None and self.head.revision > revision:
            return self.components
        return tuple(c for c in self.components if c.revision > revision)

    def catch_up(self, revision: int) -> tuple[tuple[str, tuple[Component, ...]], ...]:
        """What brings a copy of `revision` (-1: none yet) up to date: (METHOD, components) per mail, often just one.

        A series whose master did not change is sent only its changed occurrences, those cancelled apart from those
        moved: Outlook ignores an exception beside its master (interop c).
        """
        if self.is_cancelled:
            return () if revision < 0 else (("CANCEL", self._gone()),)
        changed = self.components if revision < 0 else self.changed_since(revision)
        if not changed:
            return ()
        if changed[0].recurrence_id is None:
            return (("REQUEST", changed),)
        live = tuple(c for c in changed if c.status is not Status.CANCELLED)
        gone = tuple(c for c in changed if c.status is Status.CANCELLED)
        return tuple((method, parts) for method, parts in (("REQUEST", live), ("CANCEL", gone)) if parts)

    def _gone(self) -> tuple[Component, ...]:
        return (self.head,) if self.head.recurrence_id is None else self.components

    def component(self, key: datetime | None) -> Component | None:
        """The component of the occurrence that originally started at `key`; the master for None."""
        return next((c for c in self.components if c.key() == key), None)


def ordered(components: list[Component]) -> tuple[Component, ...]:
    """The master first, then occurrences by original start."""
    return tuple(sorted(components, key=lambda c: (c.recurrence_id is not None, c.key() or c.start.instant())))


def updated(event: Event, incoming: tuple[Component, ...], now: datetime) -> tuple[Event, Change]:
    """`event` after its organizer's REQUEST with `incoming`, and what it means; each component is ordered by itself.

    A component older than the stored one changes nothing; raises Stale when all of them are. A cancelled one comes
    back only at a SEQUENCE above its CANCEL's, so that the two may arrive in any order.
    """
    stored = {c.key(): c for c in event.components}
    change, fresh = Change.NONE, False
    merged = dict(stored)
    for component in incoming:
        old = stored.get(component.key())
        if _is_overtaken(component, old) or _is_overtaken_by_cancel(component, stored.get(None)):
            continue
        fresh = True
        means = _means(component, old, stored.get(None))
        revision = event.revision + 1 if means else old.revision if old else event.revision
        merged[component.key()] = replace(component, revision=revision)
        change = max(change, means)
        if component.recurrence_id is None and means is Change.SIGNIFICANT:
            # A series planned anew comes with all its exceptions; those it does not name belonged to the old plan.
            kept = {c.key() for c in incoming}
            merged = {key: c for key, c in merged.items() if key in kept}
    if not fresh:
        raise Stale("every part of this update is older than what is stored")
    return _next(event, merged, change, now, is_update=True), change


def cancelled(event: Event, keys: dict[datetime | None, Stamp], now: datetime) -> tuple[Event, Change]:
    """`event` after its organizer's CANCEL of the whole (key None) or of the occurrences named by original start.

    Accepted at a SEQUENCE not below the stored one, whatever its DTSTAMP; raises Stale otherwise.
    """
    merged = {c.key(): c for c in event.components}
    change, fresh = Change.NONE, False
    for key, stamp in keys.items():
        for target, component in _cancel_targets(merged, key):
            if stamp.sequence < component.stamp.sequence:
                continue
            fresh = True
            if component.status is Status.CANCELLED:
                merged[target] = replace(component, stamp=max(stamp, component.stamp))
                continue
            merged[target] = replace(
                component, status=Status.CANCELLED, stamp=max(stamp, component.stamp), revision=event.revision + 1
            )
            change = Change.SIGNIFICANT
    if not fresh:
        raise Stale("this cancel is older than what is stored")
    return _next(event, merged, change, now, is_update=False), change


def _is_overtaken(component: Component, old: Component | None) -> bool:
    return old is not None and (component.stamp < old.stamp or _is_overtaken_by_cancel(component, old))


def _is_overtaken_by_cancel(component: Component, other: Component | None) -> bool:
    return (
        other is not None
        and other.status is Status.CANCELLED
        and component.stamp.sequence <= other.stamp.sequence
        and component.status is not Status.CANCELLED
    )


def _means(new: Component, old: Component | None, master: Component | None) -> Change:
    if old is not None:
        return new.change_from(old)
    if master is None or new.recurrence_id is None:
        return Change.SIGNIFICANT
    # A first change of one occurrence is measured against what the series had planned for it.
    planned = replace(
        master,
        start=new.recurrence_id,
        end=None,
        duration=master.ends().instant() - master.start.instant(),
        rules=(),
        rdates=(),
        exdates=(),
    )
    return max(new.change_from(planned), Change.MINOR)


def _cancel_targets(
    merged: dict[datetime | None, Component], key: datetime | None
) -> list[tuple[datetime | None, Component]]:
    if key is None:
        master = merged.get(None)
        return [(None, master)] if master else list(merged.items())
    if key in merged:
        return [(key, merged[key])]
    master = merged.get(None)
    if master is None:
        return []
    start = master.start
    original = Moment.day(key.date()) if start.is_date else Moment.at(key)
    length = master.ends().instant() - start.instant()
    occurrence = replace(
        master, start=original, recurrence_id=original, end=None, duration=length, rules=(), rdates=(), exdates=()
    )
    return [(key, occurrence)]


def _next(
    event: Event, merged: dict[datetime | None, Component], change: Change, now: datetime, *, is_update: bool
) -> Event:
    components = ordered(list(merged.values()))
    if change is Change.NONE:
        return replace(event, components=components)
    return replace(
        event,
        components=components,
        sequence=event.sequence + (change is Change.SIGNIFICANT),
        revision=event.revision + 1,
        changed=now,
        updates=event.updates + is_update,
    )
