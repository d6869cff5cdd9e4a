"""What attendees wrote beside their answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from invited.api import examples
from invited.api.auth import Caller, holding, shown, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.lives import answer_word
from invited.api.openapi import errors
from invited.api.paging import searched
from invited.api.schemas import time
from invited.domain.event import Event
from invited.domain.principal import Principal, Scope
from invited.domain.receipt import Receipt
from invited.imip.recurrence import original
from invited.ports import Engine

router = APIRouter(prefix="/api/v1", tags=["attendees"])

LOOK = 2_000
"""Answers looked at for one page, with a comment or without."""

EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Comment(BaseModel):
    """A comment, and the answer that it came with."""

    token: str = Field(description="The attendee, as in the list of attendees.")
    name: str
    email: str = Field(description="Masked for a key without attendees:read.")
    recurrence_id: str | None = Field(description="The original start of the date that was answered; null for all.")
    answer: str = Field(description="accepted, declined, tentative or delegated.")
    comment: str
    client: str
    received: datetime


class CommentPage(BaseModel):
    """One page of a list, by attendee."""

    comments: list[Comment]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


@router.get(
    "/events/{id}/comments",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.COMMENTS, "A page of comments"),
)
def comments(
    engine: GivenEngine,
    caller: Caller,
    id: Id,  # noqa: A002 - the path's own word
    *,
    since: Annotated[AwareDatetime, Query(description="Only what arrived after this instant.")] = EVER,
    limit: Annotated[int, Query(ge=1, le=500, description="Comments of one page.")] = 100,
    after: Annotated[str, Query(max_length=100, description="The `next` of the page before.")] = "",
) -> CommentPage:
    """Comments of present answers, by attendee.

    A page looks at 2,000 answers at most: it may hold fewer than `limit`, even none, and still have a `next`.
    """
    event = visible(engine, caller, id)
    found, following = searched(
        lambda cursor, size: engine.store.answers(event.id, since=since, after=_place(cursor), limit=size),
        lambda each: f"{each.token} {each.recurrence_id}",
        lambda each: bool(each.comment),
        after,
        limit=limit,
        look=LOOK,
    )
    return CommentPage(comments=[_told(engine, event, each, caller) for each in found], next=following)


def _place(cursor: str) -> tuple[str, str]:
    token, _, recurrence_id = cursor.partition(" ")
    return token, recurrence_id


def _told(engine: Engine, event: Event, receipt: Receipt, caller: Principal) -> Comment:
    guest = engine.store.invitation(event.id, receipt.token)
    return Comment(
        token=receipt.token,
        name=guest.name if guest else "",
        email=shown(guest.address if guest else receipt.address, caller),
        recurrence_id=time(original(event, receipt.recurrence_id)) if receipt.recurrence_id else None,
        answer=answer_word(receipt.partstat),
        comment=receipt.comment,
        client=receipt.client,
        received=receipt.arrived,
    )
