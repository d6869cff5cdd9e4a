"""API 3: invitations."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi.openapi.models import Example

from invited.api import examples
from invited.api.audited import Note, audited
from invited.api.auth import Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.once import REPEATABLE, GivenOnce
from invited.api.openapi import errors
from invited.api.schemas import Accepted, InvitationsBody
from invited.api.sending import send
from invited.domain.principal import Scope

router = APIRouter(prefix="/api/v1", tags=["invitations"])

INVITATIONS = {"one valid, one not": Example(value=examples.INVITATIONS)}


@router.post(
    "/events/{id}/invitations",
    dependencies=[holding(Scope.INVITATIONS_SEND)],
    status_code=202,
    response_model=Accepted,
    responses=errors("not-found", *REPEATABLE, "event-cancelled", "too-large")
    | examples.shown(examples.ACCEPTED, "Taken; the mails are on their way", 202),
)
def invite(
    engine: GivenEngine,
    key: Caller,
    note: Annotated[Note, audited("event.send")],
    id: Id,  # noqa: A002 - the path's own word
    *,
    body: Annotated[InvitationsBody, Body(openapi_examples=INVITATIONS)],
    once: GivenOnce,
) -> Any:
    """API 3: invite one or many; whoever was invited before is not mailed again."""
    event = visible(engine, key, id)

    def begin() -> Accepted:
        job, admission = send(engine, event, body.people(), body.origin, once.job())
        note.detail = f"job {job}: {len(admission.added)} of {len(body.attendees)} added"
        return Accepted.of(job, admission)

    return once.answer(body.model_dump_json(), begin)
