"""Lists of people, uploaded: raw or by a form, as CSV or text; kept in the archive and read there."""

from __future__ import annotations

import hashlib
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from invited.api import examples
from invited.api.audited import Note, audited
from invited.api.auth import Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.list_columns import GivenColumns
from invited.api.once import REPEATABLE, GivenOnce, Once
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.api.schemas import ORIGINS, Opened
from invited.api.sending import may_send
from invited.api.uploads import BODY, chunks, uploaded
from invited.domain.errors import Barred, Refused
from invited.domain.event import Event
from invited.domain.principal import Scope
from invited.jobs import Plan, begin
from invited.ports import Engine

router = APIRouter(prefix="/api/v1", tags=["invitations"])


@router.post(
    "/events/{id}/lists",
    dependencies=[holding(Scope.INVITATIONS_SEND)],
    status_code=202,
    response_model=Opened,
    openapi_extra=BODY,
    responses=errors("malformed", "not-found", *REPEATABLE, "event-cancelled", "too-large")
    | examples.shown(examples.OPENED, "Taken; the list is being read", 202),
)
async def send_list(
    request: Request,
    engine: GivenEngine,
    key: Caller,
    note: Annotated[Note, audited("event.list")],
    id: Id,  # noqa: A002 - the path's own word
    *,
    once: GivenOnce,
    columns: GivenColumns,
    origin: Annotated[str, Query(pattern=ORIGINS, description="The channel that the people came by.")] = "list",
    start_at: Annotated[AwareDatetime | None, Query(description="Send nothing before; RFC 3339.")] = None,
) -> Any:
    """Invite everybody on a list of any length; whoever was invited before is not mailed again."""
    event = await run_in_threadpool(visible, engine, key, id)
    may_send(event)
    plan = Plan(once.job(), origin, start_at, columns)
    async with uploaded(request) as file:
        return await run_in_threadpool(_once, once, event, file, plan, note)


def _once(once: Once, event: Event, file: IO[bytes], plan: Plan, note: Note) -> Opened | Response:
    digest = hashlib.sha256()
    for chunk in chunks(file):
        digest.update(chunk)
    file.seek(0)
    return once.answer(digest.hexdigest(), lambda: _begin(once.engine, event, file, plan, note))


def _begin(engine: Engine, event: Event, file: IO[bytes], plan: Plan, note: Note) -> Opened:
    try:
        begin(engine, event, plan, chunks(file))
    except Barred:
        raise
    except Refused as refused:
        raise Problem("invalid", refused.reason, refused.remedy) from None
    note.detail = f"job {plan.id}"
    return Opened(job=plan.id)
