"""The changes that wait for their organizer's word: what they are, and deciding on one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Body, Query, Response
from fastapi.openapi.models import Example
from pydantic import BaseModel, Field

from invited.api import examples
from invited.api.audited import Note, audited
from invited.api.auth import Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.etags import TAGGED, IfMatch, check, tagged
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.differences import differences
from invited.domain import approval as domain
from invited.domain.approval import ApprovalState, Choice
from invited.domain.principal import Principal, Scope
from invited.messages import ApprovalGiven
from invited.ports import Engine
from invited.terms import must_be_welcome

router = APIRouter(prefix="/api/v1", tags=["approvals"])

CHOICES = {"apply it": Example(value={"choice": "approve"})}


class Difference(BaseModel):
    """One thing that changes, in words; `old` or `new` is empty where there is nothing."""

    what: str
    old: str
    new: str


class Approval(BaseModel):
    """A change that waits, or waited, for its organizer's word."""

    id: str
    event: str
    state: ApprovalState
    change: str = Field(description="significant: everybody concerned is asked again; minor: text only.")
    reach: int = Field(description="About how many people would hear of it.")
    differences: list[Difference]
    choices: list[Choice] = Field(description="What can be chosen; nothing once it is decided.")
    created: datetime
    expires: datetime = Field(description="It is dropped then if nobody has decided.")

    @classmethod
    def of(cls, approval: domain.Approval) -> Self:
        """`approval` as it is shown."""
        return cls(
            id=approval.id,
            event=approval.event_id,
            state=approval.state,
            change=approval.change.name.lower(),
            reach=approval.reach,
            differences=[Difference(**d._asdict()) for d in differences(approval.before, approval.proposed)],
            choices=list(approval.choices) if approval.is_pending else [],
            created=approval.created,
            expires=approval.expires,
        )


class ApprovalPage(BaseModel):
    """One page of a list, newest first."""

    approvals: list[Approval]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


class ChoiceBody(BaseModel):
    """What the organizer makes of a change."""

    choice: Choice


@router.get(
    "/events/{id}/approvals",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.APPROVALS, "A page of the event's changes"),
)
def event_approvals(
    engine: GivenEngine,
    key: Caller,
    id: Id,  # noqa: A002 - the path's own word
    limit: Annotated[int, Query(ge=1, le=100, description="Changes of one page.")] = 20,
    after: Annotated[str, Query(max_length=64, description="The `next` of the page before.")] = "",
) -> ApprovalPage:
    """The changes of an event that wait or waited for approval, newest first."""
    event = visible(engine, key, id)
    # One more than asked for tells whether there is a next page.
    found = engine.store.approvals(event.id, after=after, limit=limit + 1)
    approvals = [Approval.of(approval) for approval in found[:limit]]
    return ApprovalPage(approvals=approvals, next=approvals[-1].id if len(found) > limit else None)


@router.get(
    "/approvals/{id}",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.APPROVAL, "The change", headers=TAGGED),
)
def approval(engine: GivenEngine, key: Caller, id: Id, response: Response) -> Approval:  # noqa: A002
    """A change that waits or waited."""
    return tagged(response, Approval.of(_known(engine, key, id)))


@router.post(
    "/approvals/{id}",
    dependencies=[holding(Scope.EVENTS_WRITE)],
    status_code=202,
    responses=errors("not-found", "already-decided", "precondition-failed", "too-large")
    | examples.shown(examples.APPROVAL, "Taken; the change is being settled", 202),
)
def decide(
    engine: GivenEngine,
    key: Caller,
    note: Annotated[Note, audited("approval.decide")],
    id: Id,  # noqa: A002
    body: Annotated[ChoiceBody, Body(openapi_examples=CHOICES)],
    *,
    if_match: IfMatch = None,
) -> Approval:
    """Approve a change that waits, send it as a quiet text fix, or discard it. The first decision stands."""
    known = _known(engine, key, id)
    check(if_match, Approval.of(known))
    give(engine, known, body.choice)
    note.detail = body.choice
    return Approval.of(known)


def _known(engine: Engine, key: Principal, approval_id: str) -> domain.Approval:
    found = engine.store.approval(approval_id)
    if found is None or not key.may_see(found.before.organizer):
        raise Problem("not-found", "There is no change with this id.", "Please see /api/v1/events/{id}/approvals.")
    return found


def give(engine: Engine, approval: domain.Approval, choice: Choice) -> None:
    """Have the choice done; raises the problem `already-decided`, or `invalid` where it is not offered."""
    if not approval.is_pending:
        detail = f"This change is {approval.state} already."
        raise Problem("already-decided", detail, "To change the event, do so in your own calendar.")
    if choice not in approval.choices:
        offered = ", ".join(approval.choices)
        raise Problem("invalid", f"{choice} cannot be chosen for this change.", f"Please choose one of: {offered}.")
    must_be_welcome(engine, approval.before.organizer)
    engine.queue.publish([ApprovalGiven(approval.event_id, approval.id, choice)])
