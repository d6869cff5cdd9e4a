"""Who of those named may be invited to an event, and their invitations: the checks before every send.

The API publishes its SendRequested messages first and then calls `admit` itself, for the numbers that it answers; the
invite pipeline calls `admit` again for each message and publishes what is due. A job's second call gives the same
answer as its first, so a crash between the two loses nobody, and nobody is invited twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from invited.domain.addresses import MAX_ADDRESS, clean_name, new_id, normalised, token
from invited.domain.event import Event
from invited.domain.fact import Fact
from invited.domain.invitation import Invitation
from invited.domain.job import Job
from invited.domain.mailboxes import is_ours
from invited.domain.statistics import Statistics
from invited.domain.tidings import of_admission
from invited.messages import Attendee, SendRequested
from invited.ports import Engine
from invited.settings import Settings
from invited.terms import invitation_limit, must_be_few

BATCH = 500
"""People in one message, and invitations that the store is handed at a time."""


@dataclass(frozen=True, slots=True)
class Admission:
    """How it went: `added` holds tokens, `suppressed` and `invalid` an address and why.

    `already` counts those invited before and those named twice, who are `repeated`. Those `over` the limit are named in
    `invalid` too, so that added + already + suppressed + invalid are all who were named.
    """

    added: tuple[str, ...]
    already: int
    suppressed: tuple[tuple[str, str], ...]
    invalid: tuple[tuple[str, str], ...]
    over: tuple[Attendee, ...]
    repeated: int


def request_send(
    engine: Engine, event: Event, attendees: Sequence[Attendee], origin: str, job: str = ""
) -> tuple[str, Admission]:
    """Have `attendees` invited by a new job; its id, which may be given, and how it went. Raises Barred.

    What is owed is published before anything is counted: a crash in between loses nobody.
    """
    must_be_few(engine, event.organizer, len(attendees))
    request = SendRequested(event.id, job or new_id(), origin, tuple(attendees))
    engine.queue.publish(_cut(request))
    return request.job, admit(engine, event, request)


def _cut(request: SendRequested) -> list[SendRequested]:
    people = request.attendees
    return [replace(request, attendees=people[start : start + BATCH]) for start in range(0, len(people), BATCH)]


def admit(engine: Engine, event: Event, request: SendRequested) -> Admission:
    """Store an invitation for everybody in `request` who may be invited; repeating it changes nothing."""
    now, limit = engine.now(), invitation_limit(engine, event.organizer)
    named, invalid = _named(engine.settings, event, request.attendees)
    repeated = len(request.attendees) - len(named) - len(invalid)
    engine.store.open_job(Job(request.job, event.id, request.origin, now, Statistics()))
    suppressed: list[tuple[str, str]] = []
    added: list[str] = []
    over: list[Attendee] = []
    already = repeated
    for addresses in _batches(list(named)):
        barred = engine.store.suppressed(addresses, event.organizer)
        suppressed += barred.items()
        wanted = {token(engine.secret, event.id, a): a for a in addresses if a not in barred}
        invitations = _invitations(request, {t: (a, named[a]) for t, a in wanted.items()}, now)
        admitted = engine.store.admit(event.id, invitations, limit)
        added += admitted.added
        already += len(admitted.already)
        over += [Attendee(wanted[t], named[wanted[t]]) for t in admitted.over]
    invalid += [(attendee.email, _limit_text(limit)) for attendee in over]
    return Admission(tuple(added), already, tuple(suppressed), tuple(invalid), tuple(over), repeated)


def people_added(engine: Engine, event: Event, request: SendRequested, admission: Admission) -> Iterator[Fact]:
    """What is told of those whom this request added, one after the other: addresses are looked at only if it is."""
    added, now = set(admission.added), engine.now()
    for address in _named(engine.settings, event, request.attendees)[0]:
        known = token(engine.secret, event.id, address)
        if known in added:
            yield of_admission(Invitation(event.id, known, address, "", request.origin, request.job, now))


def _named(
    settings: Settings, event: Event, attendees: Iterable[Attendee]
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Each well-formed address once, with the first name given for it; and those that cannot be invited, with why."""
    named: dict[str, str] = {}
    invalid: list[tuple[str, str]] = []
    for attendee in attendees:
        try:
            address = normalised(attendee.email)
            _check(address, event, settings)
        except ValueError as error:
            invalid.append((attendee.email[:MAX_ADDRESS], str(error)))
        else:
            named[address] = named.get(address) or clean_name(attendee.name)
    return named, invalid


def _check(address: str, event: Event, settings: Settings) -> None:
    if address == event.organizer:
        # Outlook shows such an invite without any button: "as the organizer you need not respond".
        raise ValueError("this is the organizer's own address")
    if is_ours(address, settings.domain):
        raise ValueError("this is a mailbox of the invite server itself")


def _invitations(request: SendRequested, people: dict[str, tuple[str, str]], now: datetime) -> list[Invitation]:
    return [
        Invitation(request.event_id, token, address, name, request.origin, request.job, now)
        for token, (address, name) in people.items()
    ]


def _limit_text(limit: int) -> str:
    return f"the event's limit of {limit} invitations is reached"


def _batches(addresses: list[str]) -> Iterator[list[str]]:
    return (addresses[start : start + BATCH] for start in range(0, len(addresses), BATCH))
