"""The page on which an organizer says whether somebody who was not invited may come."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse

from invited.api.audited import Note, audited
from invited.api.dependencies import GivenEngine, page
from invited.api.event_view import view
from invited.api.forms import same_site
from invited.api.problems import Problem, no_event
from invited.credentials import event_link, stranger_of
from invited.domain.errors import Refused
from invited.domain.event import Event
from invited.domain.newcomer import Newcomer, Verdict
from invited.messages import StrangerAccepted, StrangerRefused
from invited.ports import Engine
from invited.terms import must_be_welcome
from invited.wording import ANSWER_WORDS

router = APIRouter(include_in_schema=False)


@router.get("/strangers/{signed}")
def stranger(request: Request, engine: GivenEngine, signed: str) -> HTMLResponse:
    """Who it is, whose invite they hold and what they answered. Looking decides nothing."""
    event, newcomer = _found(engine, signed)
    guest = engine.store.invitation(event.id, newcomer.token)
    answer = engine.store.stranger(event.id, newcomer.address)
    values = {
        "event": view(event, engine.settings),
        "newcomer": newcomer,
        "guest": guest,
        "answer": ANSWER_WORDS.get(answer.partstat) if answer else None,
        "comment": answer.comment if answer else "",
    }
    return page(request, "stranger.html", values)


@router.post("/strangers/{signed}", dependencies=[Depends(same_site)])
def decide(
    request: Request,
    engine: GivenEngine,
    note: Annotated[Note, audited("stranger.decide")],
    signed: str,
    verdict: Annotated[Literal["accept", "refuse"], Form()],
) -> HTMLResponse:
    """Yes or no; a no may become a yes later, but a guest is not uninvited here."""
    event, newcomer = _found(engine, signed)
    if event.is_cancelled:
        raise Problem("event-cancelled", "The event is cancelled.", "Nothing needs to be decided any more.")
    must_be_welcome(engine, event.organizer)
    accepts = verdict == "accept" or newcomer.verdict is Verdict.ACCEPTED
    fact = StrangerAccepted if accepts else StrangerRefused
    engine.queue.publish([fact(event.id, newcomer.address)])
    note.about, note.event_id = f"stranger {newcomer.address}", event.id
    note.detail = "accepted" if accepts else "refused"
    shown = {"event": view(event, engine.settings), "newcomer": newcomer, "accepts": accepts}
    return page(request, "stranger_decided.html", shown | {"link": event_link(engine, event.id)})


def _found(engine: Engine, signed: str) -> tuple[Event, Newcomer]:
    try:
        event_id, address = stranger_of(engine, signed)
    except Refused as refused:
        raise Problem("link-not-valid", refused.reason, refused.remedy) from None
    event, newcomer = engine.store.event(event_id), engine.store.newcomer(event_id, address)
    if event is None or newcomer is None:
        raise no_event()
    return event, newcomer
