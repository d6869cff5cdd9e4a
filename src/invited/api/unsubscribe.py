"""Stopping the mail: the page behind every invite's List-Unsubscribe, and its one click (RFC 8058)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse

from invited.api.dependencies import GivenEngine, Id, page
from invited.api.problems import Problem
from invited.credentials import may_unsubscribe
from invited.domain.event import Event
from invited.domain.invitation import Invitation
from invited.messages import Unsubscribed
from invited.ports import Engine

router = APIRouter(include_in_schema=False, prefix="/u")


@router.get("/{id}/{token}/{code}")
def ask(request: Request, engine: GivenEngine, id: Id, token: Id, code: Id) -> HTMLResponse:  # noqa: A002
    """What may be stopped. Looking changes nothing: mail scanners follow every link."""
    event, invitation = _known(engine, id, token, code)
    return page(request, "unsubscribe.html", {"event": event, "address": invitation.address})


@router.post("/{id}/{token}/{code}")
def stop(
    request: Request,
    engine: GivenEngine,
    id: Id,  # noqa: A002
    token: Id,
    code: Id,
    *,
    what: Annotated[str, Form(max_length=20)] = "organizer",
) -> HTMLResponse:
    """Stop it. Mail programs post here from anywhere, without a session: the code in the address is the right to."""
    event, invitation = _known(engine, id, token, code)
    organizer = "" if what == "everything" else event.organizer
    engine.queue.publish([Unsubscribed(invitation.address, organizer, engine.now())])
    return page(request, "unsubscribed.html", {"event": event, "address": invitation.address, "organizer": organizer})


def _known(engine: Engine, event_id: str, token: str, code: str) -> tuple[Event, Invitation]:
    event = engine.store.event(event_id)
    invitation = engine.store.invitation(event_id, token)
    if event is None or invitation is None or not may_unsubscribe(engine, event_id, token, code):
        remedy = "Please open it from the mail again, or copy all of it into the address bar."
        raise Problem("link-not-valid", "This link is not complete or was changed.", remedy)
    return event, invitation
