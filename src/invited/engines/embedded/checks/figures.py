"""Whether the kept figures are what the rows say: of each event and job, of each organizer and of everybody."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import TypeAlias

from invited.domain import reconfirmation, recount, scopes, statistics
from invited.domain.event import Event
from invited.domain.finding import Finding, Level, Statement, summed
from invited.domain.reconfirmation import Answers
from invited.engines.embedded import counters, events, invitations, receipts

_SCOPES = "SELECT DISTINCT scope FROM counter"
_FORWARDED = "SELECT count(*) FROM stranger WHERE event_id = ? AND grade = 'forwarded'"
_SET = "INSERT OR REPLACE INTO counter (scope, name, value) VALUES (?, ?, ?)"
_FORGET = "DELETE FROM counter WHERE scope = ?"

Figures: TypeAlias = defaultdict[str, Counter[str]]
"""Counters by their scope."""

SHOWN = 5
"""Figures named in one line; the others are counted."""


def check(connection: sqlite3.Connection, now: datetime) -> Iterable[Finding]:
    """See CHECKS."""
    del now
    return summed("figures", "they are what the rows say", _faults(connection))


def _faults(connection: sqlite3.Connection) -> Iterator[Finding]:
    shared: Figures = defaultdict(Counter, {scopes.EVERYBODY: Counter()})
    known: set[str] = set()
    for event in events.every(connection):
        expected = _of_event(connection, event)
        together = {scopes.of_organizer(event.organizer), scopes.EVERYBODY}
        for scope in [scope for scope in expected if _bare(scope) in together]:
            shared[scope].update(expected.pop(scope))
        for scope in together:
            shared[scope].update(statistics.of_event(None, event))
            shared[scope].update({"updates": event.updates})
        known |= expected.keys()
        yield from _compared(connection, f"event {event.id}", expected)
    _allow_cancels(connection, shared)
    for scope in sorted(shared):
        yield from _compared(connection, scope, {scope: shared[scope]})
    yield from _orphans(connection, known | shared.keys())


def _of_event(connection: sqlite3.Connection, event: Event) -> Figures:
    """What the rows of one event make, in every scope where they count; of its own scopes none is left out."""
    own, jobs, again = _of_guests(connection, event.id)
    scope = scopes.of_event(event.id)
    # What no row tells any more, the mails of each day, must at least add up.
    dated = counters.read(connection, scopes.in_time(scope))
    own.update({name: value for name, value in dated.items() if not recount.is_recountable(name)})
    places = (scope, scopes.in_time(scope), scopes.of_recipients(scope))
    expected: Figures = defaultdict(Counter, {place: Counter() for place in places})
    expected[f"again:{event.id}"] = again
    for place, name, value in scopes.spread(own, event.id, event.organizer):
        expected[place][name] += value
    for job, change in jobs.items():
        of_job = scopes.of_job(job)
        for place, name, value in scopes.spread(change, event.id, event.organizer, job):
            if place == of_job:
                expected[place][name] += value
    return expected


def _allow_cancels(connection: sqlite3.Connection, shared: Figures) -> None:
    """Expect the cancels that are counted: an event that was cancelled, taken back and cancelled again counts twice."""
    total = 0
    for scope in [scope for scope in shared if scope == _bare(scope) != scopes.EVERYBODY]:
        least = shared[scope]["event:cancelled"]
        shared[scope]["cancels"] = max(least, counters.value(connection, scope, "cancels"))
        total += shared[scope]["cancels"]
    shared[scopes.EVERYBODY]["cancels"] = total


def _bare(scope: str) -> str:
    return scope.removeprefix("when:").removeprefix("recipients:")


def _of_guests(
    connection: sqlite3.Connection, event_id: str
) -> tuple[Counter[str], dict[str, Counter[str]], Counter[str]]:
    """What the rows of one event make: its own figures, those of its jobs, and the sums of who answered again."""
    own: Counter[str] = Counter({"strangers": connection.execute(_FORWARDED, (event_id,)).fetchone()[0]})
    jobs: dict[str, Counter[str]] = defaultdict(Counter)
    again: Counter[str] = Counter()
    answers = _grouped(receipts.every(connection, event_id))
    token, given = next(answers, ("", []))
    for invitation in invitations.every(connection, event_id):
        while token and token < invitation.token:
            token, given = next(answers, ("", []))
        mine = given if token == invitation.token else []
        change = recount.of_guest(invitation, [each.receipts[-1] for each in mine])
        own.update(change)
        jobs[invitation.job].update(change)
        for each in mine:
            again.update(reconfirmation.of_answers(Answers(), each))
    return own, jobs, again


def _grouped(found: Iterable[Answers]) -> Iterator[tuple[str, list[Answers]]]:
    for token, group in groupby(found, key=lambda answers: answers.receipts[-1].token):
        yield token, list(group)


def _compared(
    connection: sqlite3.Connection, what: str, expected: Mapping[str, Mapping[str, int]]
) -> Iterator[Finding]:
    told: list[str] = []
    mend: list[Statement] = []
    for scope, figures in expected.items():
        stored = counters.read(connection, scope)
        for name in sorted(stored.keys() | figures.keys()):
            right = figures.get(name, 0)
            if stored.get(name, 0) != right:
                told.append(f"{name} is {stored.get(name, 0)}, the rows say {right}")
                mend.append((_SET, (scope, name, right)))
    if told:
        more = f"; and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
        yield Finding(
            Level.WRONG,
            "figures",
            f"of {what} {len(told)} differ: {'; '.join(told[:SHOWN])}{more}",
            "Stop the server and give --repair: they are set to what the rows say.",
            tuple(mend),
        )


def _orphans(connection: sqlite3.Connection, known: set[str]) -> Iterator[Finding]:
    for (scope,) in connection.execute(_SCOPES).fetchall():
        # Zeros may stand of what is no more.
        if scope in known or not any(counters.read(connection, scope).values()):
            continue
        yield Finding(
            Level.WRONG,
            "figures",
            f"there are some of {scope}, which is not there",
            "Stop the server and give --repair: they are taken away.",
            ((_FORGET, (scope,)),),
        )
