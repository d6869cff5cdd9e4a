"""The kept figures: sums that follow from the table's stream, each record of which counts exactly once.

A write that counts something says on its own item what it adds (guests.py). The stream gives every write once, shard by
shard and in order, but may give it again. A scope's counters stand in a few items, the lanes; each lane holds, beside
its sums, a mark per shard of the stream: the last record that it counted. Adding and moving the mark are one write, on
the condition that the mark stands before the first record added; what the mark has passed is never added again. Lambda
hands a shard's records out in order the first time, and may repeat older ones afterwards in any order: those are behind
the mark. A shard is always counted in the same lane, and no two shards ever wait for each other.

A scope that grows (domain/scopes.py: days and hours, recipient domains) has lanes for each day, hour or domain.
Events count for their organizer and everybody: what a new version adds stands on the item that keeps it.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from invited.domain import recipients, scopes, statistics
from invited.domain.recipients import Recipients
from invited.engines.aws import places
from invited.engines.aws.table import Item, Key, Table
from invited.engines.instants import to_micros

LANES = 8
"""Items per scope. More would bear more writes a second and make reading the figures slower."""

MOST = 100
"""Counters that one write changes; an expression of DynamoDB has at most 300 operators and 4 KB."""

MARKS_KEPT = timedelta(days=2)
"""How long a shard's mark is needed: the stream itself keeps its records for one day."""

_SUM = "n:"
_MARK = "m:"
_PLACES = 40
"""Digits of a sequence number at most, which DynamoDB tells as text without leading zeros."""


Step: TypeAlias = tuple[str, Counter[str]]
"""A record's number, and what it adds to one place."""

Place: TypeAlias = tuple[str, str]
"""A scope, and in one that grows the day, hour or domain; else ""."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the stream: its sequence number, the event and the job ("" for none) that it is about, and what the
    write adds: by names as in domain/statistics.py (`counts`), to the report on re-confirmation (`again`), and of the
    event itself to the figures of many (`overall`).
    """

    number: str
    event_id: str
    job: str
    counts: Mapping[str, int]
    again: Mapping[str, int]
    overall: Mapping[str, int]


def records(told: Iterable[Mapping[str, Any]]) -> list[Record]:
    """The records that count something, of those that DynamoDB tells of a shard, in its own JSON."""
    changes = (one["dynamodb"] for one in told)
    images = ((change["SequenceNumber"], change.get("NewImage", {})) for change in changes)
    return [_record(number, image) for number, image in images if image.keys() & {"counts", "again", "overall"}]


def count(table: Table, shard: str, told: Iterable[Record], now: datetime) -> None:
    """Add up records of one shard of the stream, in their order; those that it had before change nothing."""
    told = list(told)
    rooms = table.some(places.room(one.event_id) for one in told)
    by_place: defaultdict[Place, list[Step]] = defaultdict(list)
    for one in told:
        room = rooms.get(places.room(one.event_id))
        if room:  # else it is about no event of ours
            for place, sums in _spread(one, room["organizer"]).items():
                by_place[place].append((one.number, sums))
    table.each(lambda place: _Lane(table, place, shard, now).count(by_place[place]), by_place)


def read(table: Table, scope: str) -> Counter[str]:
    """All the counters of one scope that does not grow."""
    return _summed(table.query(places.counters(scope)))


def figures(table: Table, scope: str) -> Counter[str]:
    """The counters of a scope, with its newest days and hours."""
    sums = read(table, scope)
    for kind, most in (("day", statistics.DAYS), ("hour", statistics.HOURS)):
        sums.update(_newest(table, scopes.in_time(scope), f"{kind}:", most))
    return sums


def of_recipients(table: Table, scope: str, after: str, limit: int) -> list[Recipients]:
    """The next `limit` recipient domains of a scope after the domain `after`, in the order of their names with a colon
    behind.
    """
    # ; follows : in ASCII.
    items = table.under((places.counters(scopes.of_recipients(scope)), ""), f"{after};" if after else "")
    found: dict[str, Counter[str]] = {}
    for item in items:
        domain = _part(item)
        if domain not in found and len(found) == limit:
            break
        found.setdefault(domain, Counter()).update(_sums(item))
    return [recipients.read(domain, counted) for domain, counted in found.items()]


def caught_up(sums: Mapping[str, int], invitations: int) -> Counter[str]:
    """The `sums` with all of so many invitations: of those that the stream has not told of yet it is known that they
    are there, and nothing more.

    The number must be read after the sums. It is behind of whoever is just being added, or was when somebody died.
    """
    told = Counter(sums)
    late = max(0, invitations - told["invitations"])
    told.update({"invitations": late, "state:queued": late})
    return told


@dataclass(frozen=True, slots=True)
class _Lane:
    """The item of a place in which a shard of the stream is counted."""

    table: Table
    place: Place
    shard: str
    now: datetime

    @property
    def key(self) -> Key:
        scope, part = self.place
        return places.counters(scope), f"{part}:{zlib.crc32(self.shard.encode()) % LANES}"

    def count(self, steps: Sequence[Step]) -> None:
        """Add `steps`, some at a time, all but those that are behind the mark."""
        left = list(steps)
        while left:
            few = _at_once(left)
            if item := self._add(few):
                left = left[len(few) :]
                self._forget(item)
            else:
                mark = self._mark()
                left = [step for step in left if step[0] > mark]

    def _add(self, steps: Sequence[Step]) -> Item | None:
        sums = {name: step for name, step in _sum(steps).items() if step}
        aliases = {f"n{place}": name for place, name in enumerate(sums)}
        added = ", ".join(f"#{alias} :{alias}" for alias in aliases)
        values = {"first": steps[0][0], "mark": f"{steps[-1][0]} {to_micros(self.now)}"}
        return self.table.update(
            self.key,
            "SET #mark = :mark" + (f" ADD {added}" if added else ""),
            "attribute_not_exists(#mark) OR #mark < :first",
            values | {alias: sums[name] for alias, name in aliases.items()},
            {"mark": _MARK + self.shard} | {alias: _SUM + name for alias, name in aliases.items()},
        )

    def _mark(self) -> str:
        item = self.table.get(self.key) or {}
        return str(item.get(_MARK + self.shard, "")).partition(" ")[0]

    def _forget(self, item: Item) -> None:
        """Take the marks away that no record can come back to."""
        oldest = to_micros(self.now - MARKS_KEPT)
        marks = [name for name in item if name.startswith(_MARK) and int(item[name].split()[1]) < oldest]
        if marks:
            named = {f"m{place}": name for place, name in enumerate(marks[:MOST])}
            self.table.update(self.key, "REMOVE " + ", ".join(f"#{alias}" for alias in named), names=named)


def _at_once(steps: Sequence[Step]) -> Sequence[Step]:
    """As many, from the first on, as one write may add."""
    names: set[str] = set()
    for place, (_, more) in enumerate(steps):
        if names and len(names | more.keys()) > MOST:
            return steps[:place]
        names |= more.keys()
    return steps


def _sum(steps: Iterable[Step]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for _, more in steps:
        sums.update(more)
    return sums


def _record(number: str, image: Mapping[str, Mapping[str, str]]) -> Record:
    counts, again, overall = (json.loads(image[name]["S"]) if name in image else {} for name in _KINDS)
    event_id = image["pk"]["S"].split("#")[1]
    return Record(number.zfill(_PLACES), event_id, image.get("job", {}).get("S", ""), counts, again, overall)


_KINDS = ("counts", "again", "overall")


def _spread(one: Record, organizer: str) -> dict[Place, Counter[str]]:
    """What a record adds where."""
    found: defaultdict[Place, Counter[str]] = defaultdict(Counter)
    for scope, name, step in scopes.spread(Counter(one.counts), one.event_id, organizer, one.job):
        part, _, what = name.rpartition(":") if _grows(scope) else ("", "", name)
        found[scope, part][what] += step
    found[f"again:{one.event_id}", ""].update(one.again)
    for scope in (scopes.of_organizer(organizer), scopes.EVERYBODY):
        found[scope, ""].update(one.overall)
    return {place: sums for place, sums in found.items() if sums}


def _grows(scope: str) -> bool:
    return scope.startswith((scopes.in_time(""), scopes.of_recipients("")))


def _newest(table: Table, scope: str, prefix: str, most: int) -> Counter[str]:
    """The counters of the newest days or hours."""
    bounds = {"low": prefix, "high": f"{prefix}~"}
    items = table.query(places.counters(scope), "#sk BETWEEN :low AND :high", bounds, is_backwards=True)
    sums: Counter[str] = Counter()
    parts: set[str] = set()
    for item in items:
        parts.add(_part(item))
        if len(parts) > most:
            break
        sums.update({f"{_part(item)}:{what}": number for what, number in _sums(item).items()})
    return sums


def _summed(items: Iterable[Item]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for item in items:
        sums.update(_sums(item))
    return sums


def _sums(item: Item) -> dict[str, int]:
    return {name.removeprefix(_SUM): value for name, value in item.items() if name.startswith(_SUM)}


def _part(item: Item) -> str:
    """The day, hour or domain of an item."""
    return str(item["sk"].rpartition(":")[0])
