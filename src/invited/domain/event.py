"""The event: what the organizer planned, kept in parts without loss; and what a change to it means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import TypeAlias

from invited.domain.door import Door
from invited.domain.errors import Stale
from invited.domain.moment import Moment
from invited.domain.rule import falls_at

MAX_DORMANT = 500
"""Parts kept that do not hold at present."""


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


class Strangers(StrEnum):
    """What becomes of somebody who answers an invite that was forwarded to them."""

    ACCEPT = "accept"
    """They get an invitation of their own."""
    ASK = "ask"
    """The organizer decides."""
    REFUSE = "refuse"
    """They are told that they are not on the list."""


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

    def place(self) -> tuple[datetime | None, bool]:
        """What it speaks of: its `key`, and whether all that follow, too. A later version has the same place."""
        return (self.key(), self.is_this_and_future)

    def plans(self, instant: datetime) -> bool:
        """Whether the series has an occurrence that starts at `instant`; one that EXDATE removed is one, too."""
        dates = (self.start, *(period.start for period in self.rdates))
        return any(m.instant() == instant for m in dates) or any(falls_at(r, self.start, instant) for r in self.rules)

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
        return replace(self, stamp=NO_STAMP, revision=0)


NO_STAMP = Stamp(0, datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))
"""Of what no organizer sent, before every other."""


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
    `asked` is the sequence at which a change of the whole event last asked everybody again, 0 for never.
    `components`: the master first, then changed occurrences by original start; the master may still be to come.
    `dormant` are parts that do not hold at present, such as a change of a day on which the series no longer falls.
    `files` go with it. `door` is what its organizer chose for people who ask for an invite themselves.
    `is_listed`: it stands on its organizer's public schedule. `digest`: whether a daily mail tells what is new.
    `chosen`: how often its organizer chose its `audience`, `strangers`, `door`, `digest` or `is_listed`.
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
    asked: int = 0
    audience: Audience | None = None
    dormant: tuple[Component, ...] = ()
    strangers: Strangers | None = None
    files: tuple[File, ...] = ()
    chosen: int = 0
    door: Door = field(default_factory=Door)
    is_listed: bool = False
    digest: bool | None = None

    @property
    def head(self) -> Component:
        """The master, or the first occurrence known while the master has not arrived."""
        return self.components[0]

    @property
    def is_cancelled(self) -> bool:
        """Whether nothing of it takes place any more."""
        head = self.head
        if head.recurrence_id is None:
            first = (head.start.instant(), True)
            return head.status is Status.CANCELLED or any(
                c.place() == first and c.status is Status.CANCELLED for c in self.components
            )
        return all(c.status is Status.CANCELLED for c in self.components)

    def changed_since(self, revision: int) -> tuple[Component, ...]:
        """What somebody who got `revision` must be sent to be up to date: all of it once the master has changed."""
        if self.head.recurrence_id is None and self.head.revision > revision:
            return self.components
        return tuple(c for c in self.components if c.revision > revision)

    def catch_up(self, revision: int) -> tuple[tuple[str, tuple[Component, ...]], ...]:
        """What brings a copy of `revision` (-1: none yet) up to date: (METHOD, components) per mail, often just one.

        A series goes without its moved occurrences, which follow in a mail of their own: Outlook ignores an exception
        beside its master (interop c). Those cancelled stay with the master, whose EXDATEs they are; where it did not
        change, they are a CANCEL.
        """
        if self.is_cancelled:
            return () if revision < 0 else (("CANCEL", self.whole()),)
        changed = self.components if revision < 0 else self.changed_since(revision)
        master = tuple(c for c in changed if c.recurrence_id is None)
        gone = tuple(c for c in changed if c.recurrence_id is not None and c.status is Status.CANCELLED)
        live = tuple(c for c in changed if c.recurrence_id is not None and c.status is not Status.CANCELLED)
        if master:
            mails = (("REQUEST", master + gone), ("REQUEST", live))
        else:
            # Whoever never had the occurrence need not hear that it is gone.
            mails = (("REQUEST", live), ("CANCEL", gone if revision >= 0 else ()))
        return tuple((method, parts) for method, parts in mails if parts)

    def whole(self) -> tuple[Component, ...]:
        """What a CANCEL of all of it names: the master, or each occurrence known while there is none."""
        return (self.head,) if self.head.recurrence_id is None else self.components

    def component(self, key: datetime | None) -> Component | None:
        """The component of the occurrence that originally started at `key`; the master for None."""
        return next((c for c in self.components if c.key() == key), None)


def ordered(components: Iterable[Component]) -> tuple[Component, ...]:
    """The master first, then occurrences by original start; a change of all that follow before one of just that one."""
    return tuple(
        sorted(
            components,
            key=lambda c: (c.recurrence_id is not None, c.key() or c.start.instant(), not c.is_this_and_future),
        )
    )


def begun(event: Event) -> Event:
    """A new event as it takes place, its parts judged by each other as those of later mails are."""
    taking, dormant = _judged({c.place(): c for c in event.components})
    return replace(event, components=ordered(taking), dormant=dormant)


def updated(event: Event, incoming: tuple[Component, ...], now: datetime) -> tuple[Event, Change]:
    """`event` after its organizer's REQUEST with `incoming`, and what it means; each component is ordered by itself.

    A component older than the stored one changes nothing; raises Stale when all of them are. A cancelled one comes
    back only at a SEQUENCE above its CANCEL's, so that mails may arrive in any order.
    """
    known = _known(event)
    fresh = False
    for component in incoming:
        old = known.get(component.place())
        if not _is_overtaken(component, old):
            known[component.place()] = component if old is None else _merged(component, old)
            fresh = True
    if not fresh:
        raise Stale("every part of this update is older than what is stored")
    return _next(event, known, now, is_update=True)


def cancelled(
    event: Event,
    keys: Mapping[datetime | None, Stamp],
    now: datetime,
    ranges: Collection[datetime] = (),
    note: Property | None = None,
) -> tuple[Event, Change]:
    """`event` after its organizer's CANCEL of the whole (key None) or of the occurrences named by original start;
    those in `ranges` take all that follow with them. `note` goes on with what is cancelled.

    Accepted at a SEQUENCE not below that of the component it names, whatever its DTSTAMP; raises Stale otherwise.
    """
    known = _known(event)
    fresh = False
    for key, stamp in keys.items():
        place = (key, key in ranges)
        old = known.get(place)
        if old is None or stamp.sequence >= old.stamp.sequence:
            known[place] = _cancelled(old or _named(event, key, is_range=key in ranges), stamp, note)
            fresh = True
    if not fresh:
        raise Stale("this cancel is older than what is stored")
    return _next(event, known, now, is_update=False)


def in_one_step(event: Event, after: Event) -> tuple[Event, Change]:
    """`after`, which several updates and cancels made of `event`, as if one had done it all; and what that means.

    What was changed and changed back means nothing.
    """
    before = replace(event, files=after.files)
    return _next(before, _known(after), after.changed, is_update=after.updates > event.updates)


Place: TypeAlias = tuple[datetime | None, bool]
"""What a component speaks of: the occurrence by its original start (None: the whole), and whether all that follow."""


def _known(event: Event) -> dict[Place, Component]:
    return {c.place(): c for c in (*event.components, *event.dormant)}


def _is_overtaken(new: Component, old: Component | None) -> bool:
    if old is None:
        return False
    if Status.CANCELLED in (old.status, new.status) and old.status is not new.status:
        # Of a cancel and a plan the higher SEQUENCE counts, at the same one the cancel: their DTSTAMPs say nothing.
        return new.stamp.sequence < old.stamp.sequence + (old.status is Status.CANCELLED)
    return new.stamp < old.stamp


def _merged(new: Component, old: Component) -> Component:
    """`new` in the place of `old`; of two cancels the later one says which SEQUENCE can take them back."""
    if old.status is Status.CANCELLED and new.status is Status.CANCELLED:
        return replace(new, stamp=max(new.stamp, old.stamp))
    return new


def _cancelled(component: Component, stamp: Stamp, note: Property | None) -> Component:
    newest = max(stamp, component.stamp) if component.status is Status.CANCELLED else stamp
    kept = tuple(line for line in component.extra if line.name != "COMMENT") if note else component.extra
    return replace(component, status=Status.CANCELLED, stamp=newest, extra=(*kept, note) if note else kept)


def _named(event: Event, key: datetime | None, *, is_range: bool) -> Component:
    """What a CANCEL names but nobody sent: an occurrence as planned, or the series of those that are known."""
    head = event.head
    length = head.ends().instant() - head.start.instant()
    if key is None:
        start, original = head.start, None
    else:
        start = original = Moment.day(key.date()) if head.start.is_date else Moment.at(key)
    return replace(
        head,
        start=start,
        recurrence_id=original,
        is_this_and_future=is_range,
        end=None,
        duration=length,
        rules=(),
        rdates=(),
        exdates=(),
        status=Status.CONFIRMED,
    )


def _judged(known: Mapping[Place, Component]) -> tuple[list[Component], tuple[Component, ...]]:
    """Those of all that the organizer ever said which hold together, and those that do not.

    Nothing is thrown away, so that the outcome depends on what was said and not on the order of arrival. The parts are
    compared by DTSTAMP: Google numbers changed occurrences apart from their series.
    """
    master = known.get((None, False))
    if master is None:
        return list(known.values()), ()
    changed = [c for c in known.values() if c is not master]
    ends = [c for c in changed if c.is_this_and_future and c.status is Status.CANCELLED]
    removed = {moment.instant() for moment in master.exdates}
    taking = [c for c in changed if _holds(c, master, removed, ends)]
    back = {c.key() for c in taking if c.status is not Status.CANCELLED and not c.is_this_and_future} & removed
    if back:
        # A change of an occurrence that the series had left out brings it back.
        master = replace(master, exdates=tuple(m for m in master.exdates if m.instant() not in back))
    held = {c.place() for c in taking}
    return [master, *taking], tuple(c for c in changed if c.place() not in held)[-MAX_DORMANT:]


def _holds(component: Component, master: Component, removed: Collection[datetime], ends: list[Component]) -> bool:
    key = component.key()
    if key is None or not master.plans(key):
        return False
    if component.status is Status.CANCELLED:
        return True
    if key in removed and not component.is_this_and_future and _age(component) < _age(master):
        return False
    return not any(end is not component and (end.key() or key) <= key and _age(component) < _age(end) for end in ends)


def _age(component: Component) -> tuple[datetime, datetime]:
    return (component.stamp.dtstamp, component.stamp.arrived)


def _next(event: Event, known: Mapping[Place, Component], now: datetime, *, is_update: bool) -> tuple[Event, Change]:
    """The event with `known` instead of what it was, and what that means to those who know it as it was."""
    taking, dormant = _judged(known)
    before = {c.place(): c for c in event.components}
    planned = event.component(None)
    means = {c.place(): _means(c, before.get(c.place()), planned) for c in taking}
    change = max(means.values(), default=Change.NONE)
    if set(before) - set(means):
        change = Change.SIGNIFICANT
    after = replace(event, components=ordered(taking), dormant=dormant)
    if event.is_cancelled and after.is_cancelled:
        change = Change.NONE
    revision = event.revision + (change is not Change.NONE)
    after = replace(
        after,
        components=tuple(_revised(c, before.get(c.place()), means[c.place()], revision) for c in after.components),
    )
    if change is Change.NONE:
        return after, change
    asks = means.get((None, False)) is Change.SIGNIFICANT and not after.is_cancelled
    return replace(
        after,
        asked=event.sequence + 1 if asks else event.asked,
        sequence=event.sequence + (change is Change.SIGNIFICANT),
        revision=revision,
        changed=now,
        updates=event.updates + is_update,
    ), change


def _revised(component: Component, old: Component | None, means: Change, revision: int) -> Component:
    return replace(component, revision=revision if old is None or means else old.revision)


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
