"""Lists of people, uploaded: raw or by a form, as CSV or text; kept in the archive and read there."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from invited.api import examples
from invited.api.auth import Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.once import REPEATABLE, GivenOnce, Once
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.api.schemas import ORIGINS, Opened
from invited.api.sending import may_send
from invited.domain.errors import Refused
from invited.domain.event import Event
from invited.domain.principal import Scope
from invited.jobs import Plan, begin
from invited.ports import Engine

router = APIRouter(prefix="/api/v1", tags=["invitations"])

CHUNK = 65_536
"""Octets read at a time."""

IN_MEMORY = 1_000_000
"""Octets above which an upload waits on the disk."""

_TEXT = {"schema": {"type": "string"}, "example": "name,email\nAda,ada@fans.example\n"}
_FORM = {
    "schema": {"type": "object", "required": ["file"], "properties": {"file": {"type": "string"}}},
    "example": {"file": "guests.csv"},
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "One file with a header that names a column of addresses, or with addresses in any form.",
        "content": {"text/csv": _TEXT, "text/plain": _TEXT, "multipart/form-data": _FORM},
    }
}


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
    id: Id,  # noqa: A002 - the path's own word
    once: GivenOnce,
    *,
    origin: Annotated[str, Query(pattern=ORIGINS, description="The channel that the people came by.")] = "list",
    start_at: Annotated[AwareDatetime | None, Query(description="Send nothing before; RFC 3339.")] = None,
) -> Any:
    """Invite everybody on a list of any length; whoever was invited before is not mailed again."""
    event = await run_in_threadpool(visible, engine, key, id)
    may_send(event)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == "multipart/form-data":
        async with request.form(max_files=1, max_fields=10) as form:
            upload = next((part for part in form.values() if isinstance(part, UploadFile)), None)
            if upload is None:
                raise Problem("invalid", "The form has no file.", "Please send the list as the form's part `file`.")
            return await run_in_threadpool(_once, once, event, upload.file, Plan(once.job(), origin, start_at))
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as spooled:
        async for chunk in request.stream():
            await run_in_threadpool(spooled.write, chunk)
        spooled.seek(0)
        return await run_in_threadpool(_once, once, event, spooled, Plan(once.job(), origin, start_at))


def _once(once: Once, event: Event, file: IO[bytes], plan: Plan) -> Opened | Response:
    digest = hashlib.sha256()
    for chunk in _chunks(file):
        digest.update(chunk)
    file.seek(0)
    return once.answer(digest.hexdigest(), lambda: _begin(once.engine, event, file, plan))


def _begin(engine: Engine, event: Event, file: IO[bytes], plan: Plan) -> Opened:
    try:
        begin(engine, event, plan, _chunks(file))
    except Refused as refused:
        raise Problem("invalid", refused.reason, refused.remedy) from None
    return Opened(job=plan.id)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
