"""Jobs, the bulk sends: how far each is, also live, and pausing, resuming, stopping and repeating them."""

# ruff: noqa: FAST003 - the id in each path is that of `known`

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field

from invited.api import examples
from invited.api.audited import audited
from invited.api.auth import Admin, Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.feeds import STREAM, Following
from invited.api.once import REPEATABLE, GivenOnce
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.api.schemas import JobProgress
from invited.api.sending import may_send
from invited.domain.job import Job, Phase
from invited.domain.principal import Principal, Scope
from invited.jobs import Order, obey
from invited.ports import Engine

router = APIRouter(prefix="/api/v1", tags=["jobs"])

_OVER = (Phase.DONE, Phase.STOPPED)
_SHOWN = examples.shown(examples.JOB, "How far the job is")
_DIRECTED = examples.shown(examples.JOB, "How the job stands now", 202)


Limit = Annotated[int, Query(ge=1, le=100, description="Jobs of one page.")]
After = Annotated[str, Query(max_length=64, description="The `next` of the page before.")]


class JobPage(BaseModel):
    """One page of a list, newest first."""

    jobs: list[JobProgress]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


def known(engine: GivenEngine, key: Caller, id: Id) -> Job:  # noqa: A002 - the path's own word
    """The job, if it is there and the key may see its event."""
    found = engine.store.job(id)
    event = engine.store.event(found.event_id) if found else None
    if found is None or event is None or not key.may_see(event.organizer):
        raise Problem("not-found", "There is no job with this id.", "Please check the id.")
    return found


Known = Annotated[Job, Depends(known)]


@router.get(
    "/events/{id}/jobs",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.JOBS, "A page of the event's jobs"),
)
def event_jobs(engine: GivenEngine, key: Caller, id: Id, limit: Limit = 20, after: After = "") -> JobPage:  # noqa: A002
    """The bulk sends of one event, newest first."""
    return _page(engine, key, visible(engine, key, id).id, after, limit)


@router.get(
    "/domain/jobs",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("forbidden") | examples.shown(examples.JOBS, "A page of the domain's jobs"),
)
def domain_jobs(engine: GivenEngine, key: Admin, limit: Limit = 20, after: After = "") -> JobPage:
    """The bulk sends of all events, newest first; for admins."""
    return _page(engine, key, None, after, limit)


def _page(engine: Engine, key: Principal, event_id: str | None, after: str, limit: int) -> JobPage:
    # One more than asked for tells whether there is a next page.
    found = engine.store.jobs(event_id, after=after, limit=limit + 1)
    jobs = [JobProgress.of(job, engine.now(), key) for job in found[:limit]]
    return JobPage(jobs=jobs, next=jobs[-1].id if len(found) > limit else None)


@router.get("/jobs/{id}", dependencies=[holding(Scope.EVENTS_READ)], responses=errors("not-found") | _SHOWN)
def job(engine: GivenEngine, key: Caller, job: Known) -> JobProgress:
    """How far a bulk send is."""
    return JobProgress.of(job, engine.now(), key)


@router.get(
    "/jobs/{id}/live",
    dependencies=[holding(Scope.EVENTS_READ), STREAM],
    responses=errors("not-found", "too-many-streams"),
    response_class=EventSourceResponse,
)
async def live(engine: GivenEngine, key: Caller, job: Known, following: Following) -> AsyncIterable[ServerSentEvent]:
    """The same as server-sent events, whenever something changed, until the job is over."""
    # Those who see the same share one look at it.
    name = f"{job.id} {key.may_read_addresses}"
    events = following.events("progress", name, lambda: _progress(engine, key, job), lambda shown: shown.state in _OVER)
    async for each in events:
        yield each


@router.post(
    "/jobs/{id}/pause",
    dependencies=[holding(Scope.INVITATIONS_SEND), audited("job.pause")],
    status_code=202,
    responses=errors("not-found", "job-over") | _DIRECTED,
)
def pause(engine: GivenEngine, key: Caller, job: Known) -> JobProgress:
    """Send no more for now; batches on the wire are finished. The list is read on."""
    return _ordered(engine, key, job, Order.PAUSE)


@router.post(
    "/jobs/{id}/resume",
    dependencies=[holding(Scope.INVITATIONS_SEND), audited("job.resume")],
    status_code=202,
    responses=errors("not-found", "job-over") | _DIRECTED,
)
def resume(engine: GivenEngine, key: Caller, job: Known) -> JobProgress:
    """Go on after a pause."""
    return _ordered(engine, key, job, Order.RESUME)


@router.post(
    "/jobs/{id}/stop",
    dependencies=[holding(Scope.INVITATIONS_SEND), audited("job.stop")],
    status_code=202,
    responses=errors("not-found", "job-over") | _DIRECTED,
)
def stop(engine: GivenEngine, key: Caller, job: Known) -> JobProgress:
    """Send no more at all: whoever was not sent to is dropped, and the rest of the list not read."""
    return _ordered(engine, key, job, Order.STOP)


@router.post(
    "/jobs/{id}/resend",
    dependencies=[holding(Scope.INVITATIONS_SEND), audited("job.resend")],
    status_code=202,
    response_model=JobProgress,
    responses=errors("not-found", *REPEATABLE, "event-cancelled") | _DIRECTED,
)
def resend(engine: GivenEngine, key: Caller, job: Known, once: GivenOnce) -> Any:
    """Try those again that failed, and go on with a job that was paused or stopped."""
    return once.answer("", lambda: _ordered(engine, key, job, Order.RESEND))


def give(engine: Engine, job: Job, order: Order) -> None:
    """Have the job do so; raises the problem `job-over`, or `event-cancelled` where there is nothing to send."""
    event = engine.store.event(job.event_id)
    if order is Order.RESEND and event:
        may_send(event)
    is_done = job.phase(engine.now()) is Phase.DONE and order is not Order.RESEND
    if is_done or not obey(engine, job, order):
        raise Problem(
            "job-over",
            "The job is done." if is_done else "The job was stopped.",
            "To send to those who failed or were left out, please ask for /api/v1/jobs/{id}/resend.",
        )


def _ordered(engine: Engine, key: Principal, job: Job, order: Order) -> JobProgress:
    give(engine, job, order)
    return _progress(engine, key, job)


def _progress(engine: Engine, key: Principal, job: Job) -> JobProgress:
    return JobProgress.of(engine.store.job(job.id) or job, engine.now(), key)
