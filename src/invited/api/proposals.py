"""The other times that attendees propose for an event."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from invited.api import examples
from invited.api.auth import Caller, holding, shown, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.api.schemas import time
from invited.credentials import seal, unseal
from invited.domain.errors import Refused
from invited.domain.principal import Principal, Scope
from invited.domain.proposal import Proposal
from invited.ports import Engine

router = APIRouter(prefix="/api/v1", tags=["events"])


class Proposed(BaseModel):
    """The latest other time that an attendee asks for; it is no answer."""

    email: str = Field(description="Masked for a key without attendees:read.")
    recurrence_id: str = Field(description="The occurrence it is about, 20261201T090000Z or 20261201; empty for all.")
    start: str | None = Field(description="As in an event, in the zone it was proposed in; null if unreadable.")
    end: str | None = Field(description="Exclusive; null if it was not told.")
    comment: str
    client: str
    grade: str = Field(description="How sure it is who proposes it: authenticated, token, alias or forwarded.")
    received: datetime

    @classmethod
    def of(cls, proposal: Proposal, caller: Principal) -> Self:
        """`proposal` as the caller may see it."""
        return cls(
            email=shown(proposal.address, caller),
            recurrence_id=proposal.recurrence_id,
            start=time(proposal.start) if proposal.start else None,
            end=time(proposal.end) if proposal.end else None,
            comment=proposal.comment,
            client=proposal.client,
            grade=proposal.grade,
            received=proposal.arrived,
        )


class ProposalPage(BaseModel):
    """One page of a list, by address."""

    proposals: list[Proposed]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


@router.get(
    "/events/{id}/proposals",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.PROPOSALS, "The times that attendees propose"),
)
def proposals(
    engine: GivenEngine,
    key: Caller,
    id: Id,  # noqa: A002 - the path's own word
    limit: Annotated[int, Query(ge=1, le=500, description="Proposals of one page.")] = 100,
    after: Annotated[str, Query(max_length=1000, description="The `next` of the page before.")] = "",
) -> ProposalPage:
    """Other times that attendees ask for: the latest of each attendee and occurrence."""
    event = visible(engine, key, id)
    found = engine.store.proposals(event.id, after=_cursor(engine, after), limit=limit + 1)
    page = found[:limit]
    # The key has the address in it.
    cursor = seal(engine.secret, page[-1].key) if len(found) > limit else None
    return ProposalPage(proposals=[Proposed.of(proposal, key) for proposal in page], next=cursor)


def _cursor(engine: Engine, sealed: str) -> str:
    try:
        return unseal(engine.secret, sealed)
    except Refused as refused:
        raise Problem("invalid", refused.reason, refused.remedy) from None
