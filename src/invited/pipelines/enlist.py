"""Pipeline 5, Send, from a list: admit its people page by page, and order their invites (seeds, step 5A)."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence

from invited.admission import Admission, admit, people_added
from invited.bodies import stream
from invited.domain.addresses import MAX_ADDRESS
from invited.domain.errors import Aside
from invited.domain.event import Event
from invited.domain.job import MAX_FAULTS, Control, Fault, Job, Reading
from invited.hooks import tell
from invited.lists.columns import layout
from invited.lists.encodings import HEAD
from invited.lists.rows import BadRow, Page, Place, Row, page
from invited.messages import Attendee, JobDue, LimitMet, ListDue, ListRead, Message, SendRequested, deliveries
from invited.ports import Engine
from invited.terms import invitation_limit

PAGE = 5_000
"""Rows of one message: a page is done again whole after a crash, which changes nothing."""


def handle(message: ListDue, engine: Engine) -> None:
    """Admit the people of one page, count them, and order their deliveries and the next page.

    A page that was counted by somebody else, who went on, is theirs.
    """
    job, event = engine.store.job(message.job), engine.store.event(message.event_id)
    if job is None or event is None:
        raise Aside("the event is gone")
    if event.is_cancelled:
        engine.store.direct_job(job.id, Control.STOPPED, set(Control), engine.now())
    if event.is_cancelled or job.control is Control.STOPPED:
        raise Aside("the job is stopped")
    found = _page(engine, job, message)
    people = [entry for entry in found.entries if isinstance(entry, Row)]
    request = SendRequested(event.id, job.id, job.origin, tuple(Attendee(row.email, row.name) for row in people))
    admission = admit(engine, event, request)
    tell(engine, event.organizer, people_added(engine, event, request, admission))
    engine.store.advance_job(job.id, message.octets, _reading(engine, found, people, admission))
    counted = engine.store.job(job.id)
    if counted is None or counted.reading.octets > found.after.octets:
        raise Aside("the next page was begun already")
    engine.queue.publish([*_invites(counted, admission), *_next(engine, event, counted, found)])


def _page(engine: Engine, job: Job, message: ListDue) -> Page:
    head = next(stream(engine.archive, job.body), b"")[:HEAD]
    rest = stream(engine.archive, job.body, message.octets)
    return page(rest, layout(head, job.columns), Place(message.octets, message.line), PAGE)


def _reading(engine: Engine, found: Page, people: Sequence[Row], admission: Admission) -> Reading:
    over = {attendee.email for attendee in admission.over}
    places: defaultdict[str, list[int]] = defaultdict(list)
    for row in reversed(people):
        places[row.email[:MAX_ADDRESS]].append(row.line)
    bad = [Fault(entry.line, entry.text, entry.reason) for entry in found.entries if isinstance(entry, BadRow)]
    bad += [Fault(places[email].pop(), email, why) for email, why in admission.invalid if email not in over]
    return Reading(
        octets=found.after.octets,
        line=found.after.line,
        rows=len(found.entries),
        already=admission.already - admission.repeated,
        suppressed=len(admission.suppressed),
        invalid=len(bad),
        over=len(over),
        faults=tuple(sorted(bad, key=lambda fault: fault.line)[:MAX_FAULTS]),
        rest=(engine.archive.put(_named(admission.over)),) if over else (),
    )


def _named(people: Sequence[Attendee]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows((attendee.email, attendee.name) for attendee in people)
    return text.getvalue().encode()


def _invites(job: Job, admission: Admission) -> list[Message]:
    """None for a job that starts later, and those of one that was stopped meanwhile are dropped."""
    if job.control is Control.STOPPED:
        return [JobDue(job.event_id, job.id)]
    return [] if job.start else deliveries(job.event_id, admission.added)


def _next(engine: Engine, event: Event, job: Job, found: Page) -> list[Message]:
    if not found.is_last:
        return [ListDue(event.id, job.id, found.after.octets, found.after.line)]
    due: list[Message] = [ListRead(event.id, job.id)]
    if job.start:
        due.append(JobDue(event.id, job.id))
    if job.reading.over:
        due.append(_limit(engine, event, job))
    return due


def _limit(engine: Engine, event: Event, job: Job) -> LimitMet:
    return LimitMet(
        owner=event.organizer,
        domain=event.domain,
        what="invitation",
        limit=invitation_limit(engine, event.organizer),
        subject=event.head.summary,
        event_id=event.id,
        over=job.reading.over,
        job=job.id,
    )
