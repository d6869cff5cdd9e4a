"""The pages on which somebody asks for an invite, without a script; and the one that asks back by mail."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import HTMLResponse

from invited.api.asking import Ask, ask, open_door
from invited.api.dependencies import GivenEngine, Id, page
from invited.api.event_view import view
from invited.api.forms import same_site
from invited.api.peers import peer
from invited.api.problems import Problem, no_event
from invited.api.public import MAX_FIELD, MAX_TICKET
from invited.credentials import opted_in
from invited.domain import visitor
from invited.domain.addresses import normalised
from invited.domain.errors import Refused
from invited.domain.event import Event
from invited.messages import InviteAsked
from invited.ports import Engine

router = APIRouter(include_in_schema=False)


@router.get("/e/{id}/invite")
def invite_page(
    request: Request,
    engine: GivenEngine,
    id: Id,  # noqa: A002 - the path's own word
    *,
    email: str = "",
    name: str = "",
    origin: str = "",
    ticket: Annotated[str, Query(max_length=MAX_TICKET)] = "",
) -> HTMLResponse:
    """A form, filled in from the link. Looking sends nothing: mail scanners follow every link."""
    event = _open(engine, id)
    values = {
        "email": _typed(email),
        "name": visitor.clean_name(name),
        "origin": origin[:MAX_FIELD],
        "ticket": ticket,
        "fault": "",
    }
    return page(request, "invite.html", values | _shown(engine, event))


@router.post("/e/{id}/invite", dependencies=[Depends(same_site)])
def ask_on_page(
    request: Request,
    engine: GivenEngine,
    id: Id,  # noqa: A002
    *,
    email: Annotated[str, Form(max_length=MAX_FIELD)] = "",
    name: Annotated[str, Form(max_length=MAX_FIELD)] = "",
    origin: Annotated[str, Form(max_length=MAX_FIELD)] = "",
    ticket: Annotated[str, Form(max_length=MAX_TICKET)] = "",
) -> HTMLResponse:
    """Ask for the invite. The page that follows is the same for every address."""
    event = _open(engine, id)
    asked = Ask(email, name, origin, peer(request, engine.settings), ticket=ticket, is_page=True)
    try:
        is_asked_first = ask(engine, event, asked)
    except Problem as problem:
        if problem.name != "invalid":
            raise
        values = {"email": email, "name": name, "origin": origin, "ticket": ticket, "fault": problem.detail}
        return page(request, "invite.html", values | _shown(engine, event), problem.status_code)
    shown = {"event": view(event, engine.settings), "email": email.strip(), "is_asked_first": is_asked_first}
    return page(request, "asked.html", shown)


@router.get("/opt-in/{signed}")
def opt_in(request: Request, engine: GivenEngine, signed: str) -> HTMLResponse:
    """Ask whether it was they who asked. Looking sends nothing."""
    asked = _asked(engine, signed)
    return page(request, "opt_in.html", {"address": asked.address} | _shown(engine, _open(engine, asked.event_id)))


@router.post("/opt-in/{signed}", dependencies=[Depends(same_site)])
def answer(
    request: Request, engine: GivenEngine, signed: str, said: Annotated[Literal["yes", "no"], Form()]
) -> HTMLResponse:
    """Yes: the invite is sent. No: this organizer's mail never comes, whoever asks for it."""
    asked = _asked(engine, signed)
    event = _event(engine, asked.event_id)
    if said == "yes":
        open_door(engine, event)
        engine.queue.publish([asked])
    else:
        # The first reason stands, and who had unsubscribed would be asked again.
        engine.store.readmit(asked.address, organizer=event.organizer)
        engine.store.suppress(asked.address, visitor.REFUSED, engine.now(), organizer=event.organizer)
    values = {"event": view(event, engine.settings), "address": asked.address, "said": said}
    return page(request, "opted_in.html", values)


def _typed(email: str) -> str:
    """The address that a link names, if it is one: not a merge tag that nobody filled in. A plus that was not encoded
    came as a space.
    """
    text = email.strip().replace(" ", "+")[:MAX_FIELD]
    try:
        normalised(text)
    except ValueError:
        return ""
    return text


def _shown(engine: Engine, event: Event) -> dict[str, object]:
    needs_ticket = bool(event.door.over(engine.settings.door).public_ticket)
    return {"event": view(event, engine.settings), "needs_ticket": needs_ticket}


def _open(engine: Engine, event_id: str) -> Event:
    event = _event(engine, event_id)
    open_door(engine, event)
    return event


def _event(engine: Engine, event_id: str) -> Event:
    event = engine.store.event(event_id)
    if event is None:
        raise no_event()
    return event


def _asked(engine: Engine, signed: str) -> InviteAsked:
    try:
        return opted_in(engine, signed)
    except Refused as refused:
        raise Problem("link-not-valid", refused.reason, refused.remedy) from None
