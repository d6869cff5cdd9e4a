"""The page of whoever is signed in: their events, and where else they are signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from invited.api.audited import Note, audited
from invited.api.auth import principal_of, session_of
from invited.api.cookies import session_cookie
from invited.api.dependencies import GivenEngine, Id, page
from invited.api.event_view import view
from invited.api.problems import Problem
from invited.credentials import event_link
from invited.ports import Engine, Session
from invited.sessions import is_live

router = APIRouter(include_in_schema=False)

EVENTS = 50
"""Events of one page."""


def signed_in(request: Request, engine: GivenEngine) -> Session | None:
    """The session of this browser, None where there is none, or none any more; raises `cross-site`."""
    cookie = session_cookie(request, engine.settings)
    try:
        return session_of(request, engine, cookie) if cookie else None
    except Problem as problem:
        if problem.name != "unauthorized":
            raise
        return None


SignedIn = Annotated[Session | None, Depends(signed_in)]


@router.get("/account")
def account(
    request: Request, engine: GivenEngine, session: SignedIn, after: Annotated[str, Query(max_length=64)] = ""
) -> Response:
    """What is there for this person; to the form for whoever is not signed in."""
    if session is None:
        return RedirectResponse("/sign-in", 303)
    return _account(request, engine, session, after)


def _account(request: Request, engine: Engine, session: Session, after: str) -> HTMLResponse:
    principal, now = principal_of(session, engine.settings), engine.now()
    found = engine.store.events(organizer=principal.organizer, after=after, limit=EVENTS + 1)
    values = {
        "address": session.address,
        "is_admin": principal.is_admin,
        "events": [(view(e, engine.settings), event_link(engine, e.id)) for e in found[:EVENTS]],
        "next": found[EVENTS - 1].id if len(found) > EVENTS else "",
        "is_first": not after,
        "sessions": [s for s in engine.store.sessions(session.address) if is_live(s, now)],
        "this": session.id,
    }
    return page(request, "account.html", values)


@router.post("/account/sessions/{id}/end")
def end(
    engine: GivenEngine,
    session: SignedIn,
    note: Annotated[Note, audited("session.end")],
    id: Id,  # noqa: A002 - the path's own word
) -> RedirectResponse:
    """End one of the person's sessions, or `all` of them."""
    if session is not None:
        note.actor = f"session {session.address}"
        for other in engine.store.sessions(session.address):
            if id in (other.id, "all"):
                engine.store.remove_session(other.id)
    return RedirectResponse("/account", 303)
