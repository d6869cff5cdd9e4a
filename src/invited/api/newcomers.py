"""People who came by a forwarded invite: who waits for the organizer's word, and giving it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Query
from fastapi.openapi.models import Example
from pydantic import BaseModel, Field

from invited.api import examples
from invited.api.audited import Note, audited
from invited.api.auth import Caller, holding, shown, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.lives import answer_word
from invited.api.openapi import errors
from invited.api.paging import searched
from invited.api.problems import Problem
from invited.credentials import seal, unseal
from invited.domain.errors import Refused
from invited.domain.newcomer import Newcomer, Verdict
from invited.domain.principal import Principal, Scope
from invited.messages import StrangerAccepted, StrangerRefused
from invited.ports import Engine
from invited.terms import must_be_welcome

router = APIRouter(prefix="/api/v1", tags=["events"])

LOOK = 2_000
"""Newcomers looked at for one page, wanted or not."""

VERDICTS = {"let them come": Example(value={"verdict": "accept"})}


class Stranger(BaseModel):
    """Somebody who answered an invite that was not theirs, or was named as a delegate."""

    id: str = Field(description="What to decide about them by; another one each time, all good for ever.")
    email: str = Field(description="Masked for a key without attendees:read.")
    guest: str = Field(description="Whose invite it is, masked likewise.")
    is_delegate: bool = Field(description="The guest named them as who comes instead.")
    since: datetime
    verdict: Verdict
    answer: str | None = Field(description="accepted, declined, tentative or delegated; null if they gave none.")
    comment: str


class StrangerPage(BaseModel):
    """One page of a list, by address."""

    strangers: list[Stranger]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


class VerdictBody(BaseModel):
    """Whether they may come."""

    verdict: Literal["accept", "refuse"]


@router.get(
    "/events/{id}/strangers",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.STRANGERS, "A page of strangers"),
)
def strangers(
    engine: GivenEngine,
    caller: Caller,
    id: Id,  # noqa: A002 - the path's own word
    *,
    verdict: Annotated[Verdict | None, Query(description="Only those about whom this was decided.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Strangers of one page.")] = 100,
    after: Annotated[str, Query(max_length=1000, description="The `next` of the page before.")] = "",
) -> StrangerPage:
    """People who came by a forwarded invite, where the event has its organizer asked or lets nobody in.

    A page of a filtered list looks at 2,000 of them at most: it may hold fewer than `limit`, and still have a `next`.
    """
    event = visible(engine, caller, id)
    found, following = searched(
        lambda cursor, size: engine.store.newcomers(event.id, after=cursor, limit=size),
        lambda each: each.address,
        lambda each: verdict is None or each.verdict is verdict,
        _unsealed(engine, after),
        limit=limit,
        look=LOOK,
    )
    told = [_told(engine, each, caller) for each in found]
    return StrangerPage(strangers=told, next=seal(engine.secret, following) if following else None)


@router.post(
    "/events/{id}/strangers/{stranger}",
    status_code=202,
    dependencies=[holding(Scope.EVENTS_WRITE)],
    responses=errors("not-found", "event-cancelled", "already-decided")
    | examples.shown(examples.STRANGER, "Taken; they are being told", 202),
)
def decide_stranger(
    engine: GivenEngine,
    caller: Caller,
    id: Id,  # noqa: A002
    stranger: Annotated[str, Path(max_length=1000, description="As in the list of strangers.")],
    *,
    body: Annotated[VerdictBody, Body(openapi_examples=VERDICTS)],
    note: Annotated[Note, audited("stranger.decide")],
) -> Stranger:
    """Say whether somebody may come. A no may become a yes later; a guest is not uninvited here."""
    event = visible(engine, caller, id)
    note.event_id = event.id
    newcomer = engine.store.newcomer(event.id, _unsealed(engine, stranger))
    if newcomer is None:
        raise Problem("not-found", "Nobody of that id came by a forwarded invite.", "Please see the list of strangers.")
    if event.is_cancelled:
        raise Problem("event-cancelled", "The event is cancelled.", "Nothing needs to be decided any more.")
    if newcomer.verdict is Verdict.ACCEPTED:
        raise Problem("already-decided", "They are a guest already.", "Nothing needs to be done.")
    must_be_welcome(engine, event.organizer)
    note.about, note.detail = f"stranger {newcomer.address}", "accepted" if body.verdict == "accept" else "refused"
    fact = StrangerAccepted if body.verdict == "accept" else StrangerRefused
    engine.queue.publish([fact(event.id, newcomer.address)])
    return _told(engine, newcomer, caller)


def _told(engine: Engine, newcomer: Newcomer, caller: Principal) -> Stranger:
    guest = engine.store.invitation(newcomer.event_id, newcomer.token)
    answer = engine.store.stranger(newcomer.event_id, newcomer.address)
    return Stranger(
        id=seal(engine.secret, newcomer.address),
        email=shown(newcomer.address, caller),
        guest=shown(guest.address, caller) if guest else "",
        is_delegate=newcomer.is_delegate,
        since=newcomer.since,
        verdict=newcomer.verdict,
        answer=answer_word(answer.partstat) if answer else None,
        comment=answer.comment if answer else "",
    )


def _unsealed(engine: Engine, sealed: str) -> str:
    try:
        return unseal(engine.secret, sealed)
    except Refused as refused:
        raise Problem("invalid", refused.reason, refused.remedy) from None
