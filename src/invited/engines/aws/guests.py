"""A guest: invitation, claim, steps and answers to the whole event in one item, changed by one conditional write.

What a change counts stands on the item beside the change itself, as what this write adds to the counters and no other;
the table's stream hands it on to counters.py, so that neither is ever kept without the other.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from invited.domain.invitation import Invitation, Partstat, State
from invited.domain.reconfirmation import Answers
from invited.engines.aws import places
from invited.engines.aws.answers import from_text, to_text
from invited.engines.aws.table import NEW, Item, Put, Table, overtaken
from invited.engines.instants import from_micros, to_micros

INDEXED = frozenset({"api"})
"""Origins of jobs that are small, as any call of the API is one. Those of a list, or all who come by a button in a day,
are found by reading the event's guests: an entry in an index for each would cost as much as the guest.
"""

NONE_YET = Answers()
"""Of somebody who has not answered."""


@dataclass(frozen=True, slots=True)
class Guest:
    """An invitation, until when it is claimed (microseconds since 1970, 0 for not), and its answers.

    `has_parts`: there are answers to single occurrences, too. `life` has its steps (engines/lives.py). `version` rises
    with every write, from 1.
    """

    invitation: Invitation
    claimed_until: int = 0
    answers: Answers = NONE_YET
    has_parts: bool = False
    life: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """How a guest is to stand, what that adds to the figures (`counts`, by names as in domain/statistics.py), and to
    those of the report on re-confirmation (`again`).
    """

    after: Guest
    counts: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Changed:
    """What was decided about a guest who stood as `before`; no `change`: it stays so."""

    before: Guest
    change: Change | None


def one(table: Table, event_id: str, token: str) -> Guest | None:
    """A guest, None where there is none."""
    item = table.get(places.guest(event_id, token))
    return of_item(item) if item else None


def some(table: Table, event_id: str, tokens: Iterable[str], *, is_latest: bool = True) -> dict[str, Guest]:
    """Those of many guests that are there, by token, in its order; see Table.some."""
    found = table.some((places.guest(event_id, token) for token in tokens), is_latest=is_latest)
    guests = (of_item(found[key]) for key in sorted(found))
    return {guest.invitation.token: guest for guest in guests}


def change(
    table: Table, event_id: str, tokens: Iterable[str], decide: Callable[[Guest], Change | None]
) -> list[Changed]:
    """Change those of many guests that are there as `decide` says, each in one step; in the order of tokens.

    `decide` is asked again about a guest whom somebody else has changed meanwhile; the last word is what is told.
    """
    wanted = list(tokens)
    found = some(table, event_id, wanted, is_latest=False)
    found |= some(table, event_id, [token for token in wanted if token not in found])
    return table.each(lambda token: _change(table, found[token], decide), sorted(found))


def _change(table: Table, before: Guest, decide: Callable[[Guest], Change | None]) -> Changed:
    if decide(before) is None:  # a write says whether it was read too early; not to write says nothing
        before = _latest(table, before)
    for _ in overtaken():
        wanted = decide(before)
        if wanted is None or write(table, before, wanted):
            return Changed(before, wanted)
        before = _latest(table, before)
    raise AssertionError


def _latest(table: Table, guest: Guest) -> Guest:
    invitation = guest.invitation
    return one(table, invitation.event_id, invitation.token) or guest


def write(table: Table, before: Guest, wanted: Change) -> bool:
    """Store a change of a guest; False where they stand otherwise than `before` by now."""
    step = written(before, wanted)
    return table.put(step.item, step.condition, step.values)


def written(before: Guest, wanted: Change) -> Put:
    """The step that stores a change of a guest who stands as `before`."""
    item = _item(replace(wanted.after, version=before.version + 1)) | _counts(wanted)
    return Put(item, "#version = :version", {"version": before.version})


def add(table: Table, invitation: Invitation, counts: Counter[str]) -> bool:
    """Store a new guest; False where they are there."""
    guest = Guest(invitation, version=1)
    return table.put(_item(guest) | _counts(Change(guest, counts)), NEW)


def of_item(item: Item) -> Guest:
    """The guest of an item."""
    _, event_id, _ = item["pk"].split("#")
    sent = item.get("sent")
    invitation = Invitation(
        event_id,
        item["sk"],
        item["address"],
        item["name"],
        item["origin"],
        item["job"],
        from_micros(item["created"]),
        State(item["state"]),
        item["reason"],
        item["revision"],
        item["sequence"],
        None if sent is None else from_micros(sent),
        Partstat(item["partstat"]),
        item["answered"],
        Partstat(item["parts"]),
        item["nudges"],
    )
    answers = from_text(invitation.event_id, invitation.token, "", item.get("answers", "[]"))
    return Guest(invitation, item["claimed"], answers, "occurrences" in item, item.get("life", ""), item["version"])


def is_guest(item: Item) -> bool:
    """Whether an item of a guests' partition is a guest, and not a guest's answers to one occurrence."""
    return "address" in item


def _item(guest: Guest) -> Item:
    i = guest.invitation
    pk, sk = places.guest(i.event_id, i.token)
    item: dict[str, Any] = {
        "pk": pk,
        "sk": sk,
        "address": i.address,
        "name": i.name,
        "origin": i.origin,
        "job": i.job,
        "created": to_micros(i.created),
        "state": i.state,
        "reason": i.reason,
        "revision": i.sent_revision,
        "sequence": i.sent_sequence,
        "partstat": i.partstat,
        "answered": i.answered_sequence,
        "parts": i.parts,
        "nudges": i.nudges,
        "claimed": guest.claimed_until,
        "version": guest.version,
    }
    item |= {"order": places.job_key(i.job, i.token)} if i.origin in INDEXED else {}
    item |= {"sent": to_micros(i.sent)} if i.sent else {}
    item |= {"occurrences": 1} if guest.has_parts else {}
    item |= {"life": guest.life} if guest.life else {}
    return item | standing(guest.answers)


def standing(answers: Answers) -> Item:
    """The attributes that hold answers; `arrived` is when the standing one came."""
    if answers.standing is None:
        return {}
    return {"answers": to_text(answers), "arrived": to_micros(answers.standing.arrived)}


def _counts(change: Change) -> Item:
    sums = {"counts": change.counts, "again": change.again}
    told = {name: {what: step for what, step in counts.items() if step} for name, counts in sums.items()}
    return {name: json.dumps(counts, separators=(",", ":")) for name, counts in told.items() if counts}
