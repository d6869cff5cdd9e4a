"""Bulk sends: how one begins with a list, and how it is directed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain

from invited.bodies import keep
from invited.domain.event import Event
from invited.domain.fact import Fact, FactKind
from invited.domain.invitation import Invitation
from invited.domain.job import Bounds, Control, Job, Phase
from invited.domain.statistics import Statistics
from invited.domain.tidings import of_job
from invited.hooks import tell
from invited.lists.columns import layout
from invited.lists.encodings import HEAD, beginning, utf8
from invited.messages import JobDue, JobHalted, ListDue, Message
from invited.ports import Engine
from invited.terms import is_suspended, must_be_allowed_lists, must_be_welcome

WORD = 60.0
"""Seconds in which a job says once that it pauses by itself, whoever notices."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A bulk send that is asked for: its new id, the channel it comes by, and when it may start, None for now.

    `columns` of its list: the address's and the name's, from 0; none where the list tells by itself.
    """

    id: str
    origin: str
    start: datetime | None = None
    columns: tuple[int, ...] = ()


def begin(engine: Engine, event: Event, plan: Plan, chunks: Iterable[bytes]) -> None:
    """Have everybody on the list in `chunks` invited; repeating it with the same plan changes nothing.

    Raises Refused where the list is no text, or has no such columns, Barred where the organizer may not send to lists.
    """
    must_be_allowed_lists(engine, event.organizer)
    source = utf8(chunks)
    head = beginning(source, HEAD)
    layout(head[:HEAD], plan.columns)
    body = keep(engine.archive, chain((head,), source))
    now, nothing = engine.now(), Statistics()
    job = Job(plan.id, event.id, plan.origin, now, nothing, plan.start, body.key, body.size, columns=plan.columns)
    engine.store.open_job(job)
    engine.queue.publish([ListDue(event.id, job.id)])


class Order(StrEnum):
    """What somebody may want of a job."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    RESEND = "resend"


_MEANING = {
    Order.PAUSE: (Control.PAUSED, {Control.GOING}),
    Order.RESUME: (Control.GOING, {Control.PAUSED}),
    Order.STOP: (Control.STOPPED, {Control.GOING, Control.PAUSED}),
    Order.RESEND: (Control.GOING, set(Control)),
}
"""What each order makes of a job, and from where."""


def obey(engine: Engine, job: Job, order: Order) -> bool:
    """Have the job do as it is told; False where it was stopped and the order is not to send again. Raises Barred where
    it would send for an organizer who is suspended.
    """
    control, among = _MEANING[order]
    event = engine.store.event(job.event_id) if control is Control.GOING else None
    if event:
        must_be_welcome(engine, event.organizer)
    return direct(engine, job, control, among, is_resend=order is Order.RESEND)


def direct(engine: Engine, job: Job, control: Control, among: Collection[Control], *, is_resend: bool = False) -> bool:
    """Order `control` of a job that stands at one of `among`, or at it already; False where it stands elsewhere."""
    if not engine.store.direct_job(job.id, control, {*among, control}, engine.now()):
        return False
    if control is Control.PAUSED:
        tell(engine, _organizer(engine, job), _as_they_stand(engine, {job.id}, FactKind.JOB_PAUSED, Phase.PAUSED))
    due: list[Message] = [JobDue(job.event_id, job.id, is_resend=is_resend)]
    if not job.is_read and job.control is Control.STOPPED:
        due.append(ListDue(job.event_id, job.id, job.reading.octets, job.reading.line))
    if control is not Control.PAUSED:
        engine.queue.publish(due)
    return True


def tell_done(engine: Engine, event: Event, job_ids: Collection[str]) -> None:
    """Have it told which of these jobs are done."""
    tell(engine, event.organizer, _as_they_stand(engine, job_ids, FactKind.JOB_DONE, Phase.DONE))


def _organizer(engine: Engine, job: Job) -> str:
    event = engine.store.event(job.event_id)
    return event.organizer if event else ""


def _as_they_stand(engine: Engine, job_ids: Collection[str], kind: FactKind, phase: Phase) -> Iterator[Fact]:
    """What is told of those jobs that stand at `phase`."""
    now = engine.now()
    for job_id in job_ids:
        job = engine.store.job(job_id)
        if job and job.phase(now) is phase:
            yield of_job(kind, job, now)


@dataclass(frozen=True, slots=True)
class Sorted:
    """Claimed invitations by what is ordered of the jobs that are to send them for the first time."""

    going: tuple[Invitation, ...]
    paused: tuple[Invitation, ...]
    stopped: tuple[Invitation, ...]


def sort(engine: Engine, event: Event, claimed: Sequence[Invitation]) -> Sorted:
    """Who may be sent to now. Whoever holds a copy already may: a job says nothing of updates and cancels.

    A job of an organizer who is suspended is paused as soon as it would send.
    """
    jobs = {invitation.job for invitation in claimed if invitation.sent_revision < 0}
    if jobs and is_suspended(engine, event.organizer):
        for job_id in jobs:
            engine.store.direct_job(job_id, Control.PAUSED, {Control.GOING}, engine.now())
    found = {job_id: engine.store.job(job_id) for job_id in jobs}
    controls = {job_id: _watched(engine, job) for job_id, job in found.items() if job}
    ordered: dict[Control, list[Invitation]] = {control: [] for control in Control}
    for invitation in claimed:
        is_first = invitation.sent_revision < 0
        ordered[controls.get(invitation.job, Control.GOING) if is_first else Control.GOING].append(invitation)
    return Sorted(*(tuple(ordered[control]) for control in (Control.GOING, Control.PAUSED, Control.STOPPED)))


def _watched(engine: Engine, job: Job) -> Control:
    """What is ordered of a job; one that comes to too much pauses by itself."""
    why = job.alarm(bounds(engine)) if job.control is Control.GOING else ""
    if why:
        halt(engine, job, why)
    return Control.PAUSED if why else job.control


def halt(engine: Engine, job: Job, why: str) -> None:
    """Let a job pause by itself. The word goes out first, once for all who notice at the same time: whoever takes it
    finishes what a crash leaves undone here.
    """
    if engine.store.hit(f"halt:{job.id}", WORD, engine.now()) == 1:
        engine.queue.publish([JobHalted(job.event_id, job.id)])
    pause_itself(engine, job, why)


def pause_itself(engine: Engine, job: Job, why: str) -> None:
    """Pause a job that goes on, and have that told."""
    if engine.store.direct_job(job.id, Control.PAUSED, {Control.GOING}, engine.now(), why):
        tell(engine, _organizer(engine, job), _as_they_stand(engine, {job.id}, FactKind.JOB_PAUSED, Phase.PAUSED))


def bounds(engine: Engine) -> Bounds:
    """What any job may come to."""
    settings = engine.settings
    return Bounds(settings.pause_bounce_rate, settings.pause_complaint_rate, settings.pause_minimum)
