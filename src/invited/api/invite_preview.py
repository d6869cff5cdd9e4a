"""An event's invite as a guest gets it, to be looked at before anybody does."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse

from invited.api import examples
from invited.api.auth import Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.framed import in_frame
from invited.api.lab_mail import opened
from invited.api.lint import Finding
from invited.api.openapi import errors
from invited.api.own_mails import minded
from invited.api.problems import Problem
from invited.domain.addresses import normalised, token
from invited.domain.event import Event
from invited.domain.invitation import Invitation
from invited.domain.principal import Scope
from invited.invites import catching_up, filled
from invited.ports import Engine

router = APIRouter(prefix="/api/v1", tags=["events"])

SAMPLE = "guest@example.com"
"""For whom it is made: nobody, and nothing is sent there (RFC 2606)."""


class InvitePreview(BaseModel):
    """The first mail that somebody gets who is invited now, and what calendars will mind of it."""

    subject: str
    sender: str
    text: str
    calendar: str
    size: int = Field(description="Octets of the mail.")
    mails: int = Field(description="A series with changed dates may need several.")
    findings: list[Finding]


@router.get(
    "/events/{id}/invite",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found", "event-cancelled")
    | examples.shown(examples.INVITE_PREVIEW, "The invite of somebody made up"),
)
def invite_preview(engine: GivenEngine, caller: Caller, id: Id) -> InvitePreview:  # noqa: A002 - the path's own word
    """The invite as a guest would get it now, without links of their own, and what calendars will mind of it."""
    event = visible(engine, caller, id)
    mails = _mails(engine, event, is_for_guest=False)
    first = opened(mails[0])
    found = minded(_mails(engine, event)[0], engine.settings)
    return InvitePreview(
        subject=first.header("Subject"),
        sender=first.header("From"),
        text=first.text,
        calendar=first.calendar,
        size=len(mails[0]),
        mails=len(mails),
        findings=[Finding.model_validate(one, from_attributes=True) for one in found],
    )


@router.get(
    "/events/{id}/invite/html",
    dependencies=[holding(Scope.EVENTS_READ)],
    response_class=HTMLResponse,
    responses=errors("not-found", "event-cancelled")
    | {200: {"description": "The page", "content": {"text/html": {"example": "<p>You are invited …</p>"}}}},
)
def invite_html(engine: GivenEngine, caller: Caller, id: Id) -> HTMLResponse:  # noqa: A002
    """The HTML of that mail, for a frame of our own pages: it runs no script and fetches nothing."""
    return in_frame(opened(_mails(engine, visible(engine, caller, id), is_for_guest=False)[0]).html)


def _mails(engine: Engine, event: Event, *, is_for_guest: bool = True) -> list[bytes]:
    """Whole, or without the links by which only the guest could do anything."""
    if event.is_cancelled:
        remedy = "To have it take place again, please PUT /api/v1/events/{id}, or mail it again."
        raise Problem("event-cancelled", "The event is cancelled: nobody is invited any more.", remedy)
    address = normalised(SAMPLE)
    named = token(engine.secret, event.id, address)
    guest = Invitation(event.id, named, address, "", "api", "preview", created=engine.now())
    templates = catching_up(engine, event, -1)
    return [letter.raw for letter in filled(engine, event, guest, templates, is_for_guest=is_for_guest)]
