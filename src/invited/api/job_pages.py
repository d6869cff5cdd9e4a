"""The bulk sends on the organizer's page of an event: how far each is, and a button for each order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.responses import RedirectResponse

from invited.api.audited import Note, audited
from invited.api.dependencies import GivenEngine, Id
from invited.api.forms import same_site
from invited.api.jobs import give
from invited.api.problems import Problem
from invited.credentials import opens_event
from invited.domain.errors import Refused
from invited.domain.job import Job, Phase
from invited.jobs import Order
from invited.ports import Engine

router = APIRouter(include_in_schema=False)

LOOKED_AT = 100
"""Jobs that are looked through for the page: each single invitation by a button is one, too."""

SHOWN = 10
"""Jobs on the page."""

_CHANNELS = {"list": "List", "mail-list": "List by mail", "api": "API", "button": "Button", "page": "Public page"}
_STATES = {
    Phase.QUEUED: "waiting",
    Phase.RUNNING: "sending",
    Phase.PAUSED: "paused",
    Phase.STOPPED: "stopped",
    Phase.DONE: "done",
}


@dataclass(frozen=True, slots=True)
class JobView:
    """What the template may use of a job. `left` people are still to be sent to; `is_unread`: more stand on the list.

    `again` failed or were left out, and could be sent to once more.
    """

    id: str
    channel: str
    created: datetime
    start: datetime | None
    state: str
    total: int
    sent: int
    failed: int
    left: int
    again: int
    is_unread: bool
    time_left: str
    may_pause: bool
    may_resume: bool
    may_stop: bool


def job_views(engine: Engine, event_id: str) -> list[JobView]:
    """The latest jobs that are of several people, or not over yet."""
    now = engine.now()
    found = (job for job in engine.store.jobs(event_id, limit=LOOKED_AT) if _is_shown(job, now))
    return [_view(job, now) for job, _ in zip(found, range(SHOWN), strict=False)]


def _is_shown(job: Job, now: datetime) -> bool:
    return bool(job.body) or job.figures.invitations > 1 or job.phase(now) not in (Phase.DONE, Phase.STOPPED)


def _view(job: Job, now: datetime) -> JobView:
    figures, phase = job.figures, job.phase(now)
    is_over = phase in (Phase.DONE, Phase.STOPPED)
    return JobView(
        id=job.id,
        channel=_CHANNELS.get(job.origin, f"Link {job.origin.partition(':')[2]}"),
        created=job.created,
        start=job.start if phase is Phase.QUEUED else None,
        state=_STATES[phase],
        total=figures.invitations,
        sent=figures.sent,
        failed=figures.failed,
        left=figures.queued,
        again=figures.failed + figures.dropped,
        is_unread=not job.is_read and not is_over,
        time_left=_time_left(job.seconds_left(now)) if phase is Phase.RUNNING else "",
        may_pause=phase in (Phase.QUEUED, Phase.RUNNING),
        may_resume=phase is Phase.PAUSED,
        may_stop=not is_over,
    )


def _time_left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if minutes < 2:
        return "less than two minutes left"
    return f"about {minutes} minutes left" if minutes < 120 else f"about {round(minutes / 60)} hours left"


@router.post("/events/{id}/jobs/{job_id}/{order}", dependencies=[Depends(same_site)])
def direct(
    engine: GivenEngine,
    note: Annotated[Note, audited("event.job")],
    id: Id,  # noqa: A002 - the path's own word
    job_id: Id,
    order: Order,
    *,
    access: Annotated[str, Form(max_length=4096)],
) -> RedirectResponse:
    """Do as the button says, and show the event again. Where the job was over sooner, that is all."""
    try:
        opens_event(engine, access, id)
    except Refused as refused:
        raise Problem("link-not-valid", refused.reason, refused.remedy) from None
    job = engine.store.job(job_id)
    if job is None or job.event_id != id:
        raise Problem("not-found", "There is no such job of this event.", "Please go back to the event's page.")
    note.action, note.about = f"job.{order}", f"job {job_id}"
    try:
        give(engine, job, order)
    except Problem as problem:
        if problem.name != "job-over":
            raise
        note.detail = "too late, the job was over"
    return RedirectResponse(f"/events/{id}?access={access}#jobs", 303)
