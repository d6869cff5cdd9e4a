"""Signing in without a password: ask for a link, which goes by mail; its page asks once more, its button does it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Form, Path, Request
from fastapi.openapi.models import Example
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse

from invited.api import examples
from invited.api.apps import is_built
from invited.api.audited import Note, audited
from invited.api.cookies import session_cookie, set_cookie
from invited.api.dependencies import GivenEngine, page
from invited.api.forms import same_site
from invited.api.openapi import errors
from invited.api.peers import peer
from invited.api.problems import Problem
from invited.domain.addresses import normalised
from invited.domain.errors import Refused
from invited.messages import SignInRequested
from invited.ports import Engine
from invited.sessions import LINK_AGE, asked_for, opened, recognised

router = APIRouter()

HOUR = 3600.0
MOST = 5
"""Links that go to one address in an hour; further requests are answered alike, and mail nothing."""
MOST_OF_PEER = 30
"""Requests of one network in an hour."""

MINUTES = int(LINK_AGE.total_seconds() / 60)

Email = Annotated[str, Form(max_length=254)]
Secret = Annotated[str, Path(max_length=100)]


class SignInBody(BaseModel):
    """Who wants to sign in."""

    email: str = Field(max_length=254)


class LinkMailed(BaseModel):
    """The same for everybody: if there is anything to see for the address, a link is on its way to it."""

    minutes: int = Field(description="How long the link is good; it works once.")


@router.post(
    "/api/v1/sign-in",
    tags=["access"],
    status_code=202,
    responses=errors("too-many-requests", "too-large")
    | examples.shown(examples.LINK_MAILED, "If the address is known, the link is on its way", 202),
)
def ask_by_api(
    request: Request,
    engine: GivenEngine,
    body: Annotated[SignInBody, Body(openapi_examples={"an organizer": Example(value=examples.SIGN_IN)})],
) -> LinkMailed:
    """Mail a link to sign in by to an admin, or an organizer who has events. No key is needed."""
    _ask(request, engine, body.email)
    return LinkMailed(minutes=MINUTES)


@router.get("/sign-in", include_in_schema=False)
def form(request: Request) -> HTMLResponse:
    """Who are you?"""
    return page(request, "sign_in.html", {"minutes": MINUTES})


@router.post("/sign-in", include_in_schema=False, dependencies=[Depends(same_site)])
def ask(request: Request, engine: GivenEngine, email: Email) -> HTMLResponse:
    """The same for people."""
    return page(request, "link_mailed.html", {"address": _ask(request, engine, email), "minutes": MINUTES})


@router.get("/sign-in/{secret}", include_in_schema=False)
def confirmation(request: Request, engine: GivenEngine, secret: Secret) -> HTMLResponse:
    """Ask once more. Looking uses nothing up: mail scanners follow every link."""
    try:
        return page(request, "sign_in_confirm.html", {"address": asked_for(engine, secret)})
    except Refused as refused:
        raise Problem("link-not-valid", refused.reason, refused.remedy) from None


@router.post("/sign-in/{secret}", include_in_schema=False, dependencies=[Depends(same_site)])
def enter(
    request: Request, engine: GivenEngine, note: Annotated[Note, audited("session.open")], secret: Secret
) -> RedirectResponse:
    """Open a session, and lead to the app; the session that this browser had is over."""
    try:
        session, cookie = opened(engine, secret, request.headers.get("user-agent", ""))
    except Refused as refused:
        raise Problem("link-not-valid", refused.reason, refused.remedy) from None
    note.about, note.actor = f"session {session.id}", f"session {session.address}"
    _leave(request, engine)
    set_cookie(request, engine.settings, cookie, (session.ends - engine.now()).total_seconds())
    app = "admin" if session.address in engine.settings.admins else "app"
    return RedirectResponse(f"/{app}/" if is_built(app) else "/account", 303)


@router.post("/sign-out", include_in_schema=False, dependencies=[Depends(same_site)])
def leave(request: Request, engine: GivenEngine) -> RedirectResponse:
    """End the session of this browser."""
    _leave(request, engine)
    set_cookie(request, engine.settings, "", 0)
    return RedirectResponse("/sign-in", 303)


def _leave(request: Request, engine: Engine) -> None:
    known = recognised(engine, session_cookie(request, engine.settings))
    if known:
        engine.store.remove_session(known[0].id)


def _ask(request: Request, engine: Engine, email: str) -> str:
    """Whether the address is known is found out later, so that neither words nor time tell it here."""
    try:
        address = normalised(email)
    except ValueError as error:
        detail = f"This is no mail address: {error}"
        raise Problem("invalid", detail, "Please give the address by which you send invites.") from None
    if engine.store.hit(f"sign-in from {peer(request, engine.settings)}", HOUR, engine.now()) > MOST_OF_PEER:
        remedy = "Please try again in an hour."
        detail = f"More than {MOST_OF_PEER} links were asked for from here within an hour."
        raise Problem("too-many-requests", detail, remedy, headers={"Retry-After": "3600"})
    if engine.store.hit(f"sign-in as {address}", HOUR, engine.now()) <= MOST:
        engine.queue.publish([SignInRequested(address)])
    return address
