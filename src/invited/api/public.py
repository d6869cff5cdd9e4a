"""The public form of API 3: a button on anybody's site asks for one invite, without a key."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Request
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field

from invited.api import examples
from invited.api.asking import Ask, ask, open_door
from invited.api.dependencies import GivenEngine, Id
from invited.api.openapi import open_errors
from invited.api.peers import peer
from invited.api.problems import Problem, no_event
from invited.api.proof_of_work import MAX_PAYLOAD, challenge
from invited.api.schemas import Text
from invited.domain.door import MAX_SITE, Door
from invited.domain.event import Event
from invited.ports import Engine

router = APIRouter(prefix="/api/v1/public", tags=["public"])

MAX_TICKET = 2048
MAX_FIELD = 320
"""Characters of an address or a name as they are typed."""


class AskBody(BaseModel):
    """Who asks for an invite, and by which channel they came."""

    model_config = ConfigDict(extra="forbid")

    email: Text = Field(max_length=MAX_FIELD)
    name: Text = Field(default="", max_length=MAX_FIELD, description="Letters and spaces; anything else is left out.")
    origin: str = Field(
        default="button",
        max_length=MAX_FIELD,
        description="`button`, `page` or `link:<name>`; a name that the event does not list is `link:other`.",
    )
    altcha: str = Field(default="", max_length=MAX_PAYLOAD, description="The solution of a challenge, in Base64.")
    ticket: str = Field(default="", max_length=MAX_TICKET, description="What the organizer's own site signed.")


class Asked(BaseModel):
    """The same for every address, known or not: what becomes of it is told in the inbox alone."""

    confirmation: bool = Field(description="A mail asks first whether it was they; else the invite itself comes.")
    detail: str = Field(description="A sentence for whoever asked.")


class ChallengeDetail(BaseModel):
    """A proof of work to be shown, as ALTCHA's widgets know it."""

    parameters: dict[str, Any]
    signature: str


ERRORS = open_errors("not-found", "not-public", "event-cancelled", "invalid")


@router.post(
    "/events/{id}/invitations",
    status_code=202,
    responses=ERRORS
    | open_errors("too-large", "too-many-requests")
    | examples.shown(examples.ASKED, "Taken; look into the inbox", 202),
)
def ask_for_invite(
    request: Request,
    engine: GivenEngine,
    id: Id,  # noqa: A002 - the path's own word
    body: Annotated[AskBody, Body(openapi_examples={"by the button": Example(value=examples.ASK)})],
) -> Asked:
    """Ask for one invite, without a key: what a button on a web page does."""
    event = _event(request, engine, id)
    asked = Ask(body.email, body.name, body.origin, peer(request, engine.settings), body.altcha, body.ticket)
    is_asked_first = ask(engine, event, asked)
    what = "A mail that asks whether it was you" if is_asked_first else "The invite"
    detail = f"{what} is on its way. If it does not come within a few minutes, please look among the spam."
    return Asked(confirmation=is_asked_first, detail=detail)


@router.get(
    "/events/{id}/challenge", responses=ERRORS | examples.shown(examples.CHALLENGE, "A challenge, good for one request")
)
def new_challenge(request: Request, engine: GivenEngine, id: Id) -> ChallengeDetail:  # noqa: A002
    """A proof of work to be shown with one request within ten minutes, where `challenge-needed` asks for it."""
    return ChallengeDetail.model_validate(challenge(engine, _event(request, engine, id)))


def _event(request: Request, engine: Engine, event_id: str) -> Event:
    """The event, if its door is open to the page that asks; raises the problem."""
    event = engine.store.event(event_id)
    if event is None:
        raise no_event()
    _check_site(request, engine, event.id, open_door(engine, event))
    return event


def _check_site(request: Request, engine: Engine, event_id: str, door: Door) -> None:
    """Browsers say whose page asks (Fetch, `Origin`); a program that says nothing is no page of anybody's."""
    site = request.headers.get("origin")
    if site is None or door.admits(site[:MAX_SITE]) or site in _own(request, engine):
        return
    page = f"{engine.settings.url}/e/{event_id}"
    remedy = f"Please ask at {page}, or tell its organizer, who can add the site to the event's `public_sites`."
    raise Problem("site-not-allowed", "This site may not ask for invites to this event.", remedy)


def _own(request: Request, engine: Engine) -> tuple[str, str]:
    ours = urlsplit(engine.settings.url)
    return f"{ours.scheme}://{ours.netloc}", f"{request.url.scheme}://{request.headers.get('host')}"
