"""The kept figures: sums that change in the same transaction as the facts they count."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from invited.domain import recipients, scopes, statistics
from invited.domain.recipients import Recipients
from invited.domain.statistics import Statistics

Tally: TypeAlias = defaultdict[tuple[str, str], Counter[str]]
"""Changes still to be added, by event and job, "" for what is no job's; names as in domain/statistics.py."""

_ADD = """
INSERT INTO counter (scope, name, value) VALUES (?, ?, ?)
ON CONFLICT (scope, name) DO UPDATE SET value = value + excluded.value
"""
_READ = "SELECT name, value FROM counter WHERE scope = ?"
_READ_ONE = "SELECT value FROM counter WHERE scope = ? AND name = ?"
_NEWEST = "SELECT name, value FROM counter WHERE scope = ? AND name >= ? AND name < ? ORDER BY name DESC LIMIT ?"
_IN_ORDER = "SELECT name, value FROM counter WHERE scope = ? AND name >= ? ORDER BY name LIMIT ?"
_ORGANIZER = "SELECT organizer FROM event WHERE id = ?"


def tally() -> Tally:
    """An empty tally."""
    return defaultdict(Counter)


def count(changes: Tally, event_id: str, job: str, change: Mapping[str, int], times: int = 1) -> None:
    """Note a change to the figures of an event, and of the job of the invitation that it is about, so many times."""
    # Not Counter.update, which is slow for the few names of a change.
    sums = changes[event_id, job]
    for name, step in change.items():
        sums[name] += step * times


def add(connection: sqlite3.Connection, changes: Tally) -> None:
    """Add all the changes wherever they count."""
    sums: Counter[tuple[str, str]] = Counter()
    for (event_id, job), change in changes.items():
        (organizer,) = connection.execute(_ORGANIZER, (event_id,)).fetchone()
        for scope, name, step in scopes.spread(change, event_id, organizer, job):
            sums[scope, name] += step
    connection.executemany(_ADD, ((*place, step) for place, step in sums.items() if step))


def add_to(connection: sqlite3.Connection, scope: str, change: Mapping[str, int]) -> None:
    """Add a change to one scope alone."""
    connection.executemany(_ADD, ((scope, name, step) for name, step in change.items() if step))


def take_back_answers(connection: sqlite3.Connection, event_id: str) -> None:
    """Let no answer to the event be counted any more, wherever it was; but for the jobs."""
    own = scopes.of_event(event_id)
    found = {**read(connection, own), **read(connection, scopes.in_time(own))}
    answers = {name: -number for name, number in found.items() if statistics.is_of_answers(name)}
    for name, number in read(connection, scopes.of_recipients(own)).items():
        if statistics.is_of_answers(f"recipient:{name}"):
            answers[f"recipient:{name}"] = -number
    add(connection, defaultdict(Counter, {(event_id, ""): Counter(answers)}))


def forget(connection: sqlite3.Connection, chosen: Iterable[str], is_chosen: Callable[[str], bool]) -> None:
    """Take away the counters of the `chosen` scopes whose names are chosen."""
    rows = [(scope, name) for scope in chosen for name in read(connection, scope) if is_chosen(name)]
    connection.executemany("DELETE FROM counter WHERE scope = ? AND name = ?", rows)


def read(connection: sqlite3.Connection, scope: str) -> dict[str, int]:
    """All the counters of one scope."""
    return dict(connection.execute(_READ, (scope,)).fetchall())


def value(connection: sqlite3.Connection, scope: str, name: str) -> int:
    """One counter."""
    row = connection.execute(_READ_ONE, (scope, name)).fetchone()
    return row[0] if row else 0


def figures(connection: sqlite3.Connection, scope: str) -> Statistics:
    """The figures of a scope, with its newest days and hours: the same work at any size."""
    found = read(connection, scope)
    for kind, most in (("day", statistics.DAYS), ("hour", statistics.HOURS)):
        # ; follows : in ASCII.
        bounds = (scopes.in_time(scope), f"{kind}:", f"{kind};", most * statistics.WHATS)
        found |= connection.execute(_NEWEST, bounds).fetchall()
    return statistics.read(found)


def of_recipients(connection: sqlite3.Connection, scope: str, after: str, limit: int) -> list[Recipients]:
    """The next `limit` recipient domains of a scope after the domain `after`, in the order of their names with a colon
    behind.
    """
    most = limit * statistics.WHATS
    rows = connection.execute(_IN_ORDER, (scopes.of_recipients(scope), f"{after};" if after else "", most)).fetchall()
    found: dict[str, dict[str, int]] = {}
    for name, number in rows:
        domain, _, what = name.rpartition(":")
        found.setdefault(domain, {})[what] = number
    return [recipients.read(domain, counted) for domain, counted in list(found.items())[:limit]]
