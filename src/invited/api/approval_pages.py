"""The page behind the links of the approval mail: what would change, for how many, and a button for each choice."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import HTMLResponse

from invited.api.approvals import give
from invited.api.audited import Note, audited
from invited.api.dependencies import GivenEngine, page
from invited.api.forms import same_site
from invited.api.problems import Problem
from invited.credentials import approval_named, event_link
from invited.differences import differences
from invited.domain.approval import Approval, Choice
from invited.domain.errors import Refused
from invited.ports import Engine

router = APIRouter(include_in_schema=False)


@router.get("/approvals/{signed}")
def approval_page(
    request: Request, engine: GivenEngine, signed: str, choice: Annotated[str, Query(max_length=20)] = ""
) -> HTMLResponse:
    """Show what waits; `choice` is the button that the mail's link meant. Looking changes nothing."""
    return _shown(request, engine, _named(engine, signed), choice)


@router.post("/approvals/{signed}", dependencies=[Depends(same_site)])
def decide(
    request: Request,
    engine: GivenEngine,
    note: Annotated[Note, audited("approval.decide")],
    signed: str,
    choice: Annotated[Choice, Form()],
) -> HTMLResponse:
    """Do what the organizer chose. Where somebody was quicker, the page says what became of the change."""
    approval = _named(engine, signed)
    note.about, note.event_id, note.detail = f"approval {approval.id}", approval.event_id, choice
    if not approval.is_pending:
        note.detail = f"{choice}: too late, it was {approval.state}"
        return _shown(request, engine, approval, "")
    give(engine, approval, choice)
    return page(request, "decided.html", _values(engine, approval) | {"choice": choice})


def _shown(request: Request, engine: Engine, approval: Approval, choice: str) -> HTMLResponse:
    found = differences(approval.before, approval.proposed)
    return page(request, "approval.html", _values(engine, approval) | {"differences": found, "choice": choice})


def _values(engine: Engine, approval: Approval) -> dict[str, object]:
    subject = approval.before.head.summary or "Your event"
    return {"approval": approval, "subject": subject, "link": event_link(engine, approval.event_id)}


def _named(engine: Engine, signed: str) -> Approval:
    try:
        approval = engine.store.approval(approval_named(engine, signed))
    except Refused as refused:
        raise Problem("link-not-valid", refused.reason, refused.remedy) from None
    if approval is None:
        raise Problem("not-found", "There is no such change any more.", "Please see the event's own page.")
    return approval
