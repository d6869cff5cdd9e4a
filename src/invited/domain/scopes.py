"""Where a change of the figures is added: a fact counts for its event, its job, its organizer and everybody.

A scope is a set of kept sums that is read as a whole, and therefore bounded. What grows stands in scopes of its own,
which are read in pages: days and hours in `when:<scope>`, recipient domains in `recipients:<scope>`.

Of an organizer and of everybody the links are one origin, and there are no occurrences: both have no end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

EVERYBODY = "domain"

_OF_JOBS = frozenset({"invitations", "state", "answer"})
_IN_TIME = frozenset({"day", "hour"})


def of_event(event_id: str) -> str:
    """The figures of one event."""
    return f"event:{event_id}"


def of_job(job_id: str) -> str:
    """The figures of the invitations of one job."""
    return f"job:{job_id}"


def of_organizer(organizer: str) -> str:
    """The figures of all events of one organizer, or with "" of everybody's."""
    return f"organizer:{organizer}" if organizer else EVERYBODY


def in_time(scope: str) -> str:
    """The days and hours of a scope."""
    return f"when:{scope}"


def of_recipients(scope: str) -> str:
    """The recipient domains of a scope: `<domain>:<what>`."""
    return f"recipients:{scope}"


def spread(change: Counter[str], event_id: str, organizer: str, job: str = "") -> Iterator[tuple[str, str, int]]:
    """What `change`, by names as in statistics, adds where: (scope, name, step); `job` is "" where it has none."""
    own, others = of_event(event_id), (of_organizer(organizer), EVERYBODY)
    for name, step in change.items():
        kind, _, rest = name.partition(":")
        if kind == "recipient":
            yield from ((of_recipients(scope), rest, step) for scope in (own, *others))
        elif kind in _IN_TIME:
            yield from ((in_time(scope), name, step) for scope in (own, *others))
        else:
            yield own, name, step
            if kind != "occurrence":
                yield from ((scope, _without_links(name), step) for scope in others)
            if job and kind in _OF_JOBS:
                yield of_job(job), name, step


def _without_links(name: str) -> str:
    """`origin:link:mailchimp:accepted` as `origin:link:accepted`; any other name as it is."""
    return f"origin:link:{name.rpartition(':')[2]}" if name.startswith("origin:link:") else name
