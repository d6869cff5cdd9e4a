"""The secret with which the organizer's own site signs tickets: made anew, and shown this once."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from invited.api import examples
from invited.api.audited import audited
from invited.api.auth import Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.openapi import errors
from invited.domain.principal import Scope
from invited.tickets import new_secret

router = APIRouter(prefix="/api/v1", tags=["public"])


class TicketSecret(BaseModel):
    """A secret for the tickets of one event."""

    secret: str = Field(description="The key of HMAC-SHA256, as these characters stand. It is not shown again.")


@router.post(
    "/events/{id}/ticket-secret",
    status_code=201,
    dependencies=[holding(Scope.EVENTS_WRITE), audited("event.ticket-secret")],
    responses=errors("not-found") | examples.shown(examples.SECRET, "The new secret; the one before holds too", 201),
)
def renew(engine: GivenEngine, key: Caller, id: Id) -> TicketSecret:  # noqa: A002 - the path's own word
    """A new secret for this event's tickets. The one before it goes on to hold, so that no ticket fails meanwhile;
    older ones do not. To shut out one that leaked, ask for two.
    """
    return TicketSecret(secret=new_secret(engine, visible(engine, key, id)))
