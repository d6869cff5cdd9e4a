"""The messages that could not be handled: what they are, and having them tried again or thrown away; for admins."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Body, Query
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field

from invited import ports
from invited.api import examples
from invited.api.audited import Note, audited
from invited.api.auth import Admin, holding, shown_text
from invited.api.dependencies import GivenEngine, Id
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.api.schemas import Reason, Text
from invited.domain.principal import Principal, Scope
from invited.replays import replay_all

router = APIRouter(prefix="/api/v1", tags=["dead letters"])

Kind = Annotated[str, Query(max_length=64, description="Messages of this type alone, such as `DeliveryDue`.")]


class DeadLetter(BaseModel):
    """A message that nobody could handle."""

    id: str
    kind: str = Field(description="The message's type; docs/flow.md says what each is for.")
    published: datetime
    died: datetime = Field(description="When it was given up.")
    receives: int = Field(description="How often it was tried.")
    error: str = Field(description="The error's last line.")

    @classmethod
    def of(cls, letter: ports.DeadLetter, caller: Principal) -> Self:
        """`letter` as `caller` may see it."""
        return cls.model_validate(
            {
                "id": letter.id,
                "kind": letter.kind,
                "published": letter.published,
                "died": letter.at,
                "receives": letter.receives,
                "error": shown_text(letter.why, caller),
            }
            | cls._more(letter, caller)
        )

    @classmethod
    def _more(cls, _letter: ports.DeadLetter, _caller: Principal) -> dict[str, object]:
        return {}


class DeadLetterDetail(DeadLetter):
    """A dead letter whole; the addresses in it are masked without `attendees:read`."""

    body: str = Field(description="What the message said, as JSON text.")
    trace: str = Field(description="All that is known of the error.")

    @classmethod
    def _more(cls, letter: ports.DeadLetter, caller: Principal) -> dict[str, object]:
        return {"body": shown_text(letter.body, caller), "trace": shown_text(letter.error, caller)}


class DeadLetterPage(BaseModel):
    """One page of a list, newest first."""

    dead_letters: list[DeadLetter]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


class DeadLettersBody(BaseModel):
    """Which ones to try again."""

    model_config = ConfigDict(extra="forbid")

    kind: Text = Field(max_length=64, description="All of this type.")


class DeadLettersReplayed(BaseModel):
    """What was put back into the queue."""

    replayed: int
    has_more: bool = Field(description="There are more of the kind: please ask once more.")


class DiscardBody(BaseModel):
    """Why a message is thrown away: what it asked for is then never done."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


@router.get(
    "/dead-letters",
    dependencies=[holding(Scope.OPERATIONS)],
    responses=errors("forbidden") | examples.shown(examples.DEAD_LETTERS, "A page of them"),
)
def dead_letters(
    engine: GivenEngine,
    caller: Admin,
    *,
    kind: Kind = "",
    limit: Annotated[int, Query(ge=1, le=500, description="Messages of one page.")] = 100,
    after: Annotated[str, Query(max_length=64, description="The `next` of the page before.")] = "",
) -> DeadLetterPage:
    """The messages that could not be handled, newest first."""
    # One more than asked for tells whether there is a next page.
    found = engine.dead_letters.page(kind=kind, after=after, limit=limit + 1)
    letters = [DeadLetter.of(letter, caller) for letter in found[:limit]]
    return DeadLetterPage(dead_letters=letters, next=letters[-1].id if len(found) > limit else None)


@router.get(
    "/dead-letters/{id}",
    dependencies=[holding(Scope.OPERATIONS)],
    responses=errors("forbidden", "not-found") | examples.shown(examples.DEAD_LETTER_DETAIL, "The message, the error"),
)
def dead_letter(engine: GivenEngine, caller: Admin, id: Id) -> DeadLetterDetail:  # noqa: A002 - the path's own word
    """One whole: what it said and what went wrong."""
    letter = engine.dead_letters.get(id)
    if letter is None:
        raise _none()
    return DeadLetterDetail.of(letter, caller)


@router.post(
    "/dead-letters/replay",
    dependencies=[holding(Scope.OPERATIONS)],
    status_code=202,
    responses=errors("forbidden", "too-large") | examples.shown(examples.DEAD_REPLAYED, "In the queue again", 202),
)
def replay_kind(
    engine: GivenEngine,
    _caller: Admin,
    note: Annotated[Note, audited("dead-letter.replay")],
    body: Annotated[DeadLettersBody, Body(openapi_examples={"deliveries": Example(value={"kind": "DeliveryDue"})})],
) -> DeadLettersReplayed:
    """Try all of one kind again, 1,000 at a time."""
    replayed, has_more = replay_all(engine.dead_letters, body.kind)
    note.about, note.detail = f"dead letters of {body.kind}", f"{replayed} replayed"
    return DeadLettersReplayed(replayed=replayed, has_more=has_more)


@router.post(
    "/dead-letters/{id}/replay",
    status_code=202,
    dependencies=[holding(Scope.OPERATIONS), audited("dead-letter.replay")],
    responses=errors("forbidden", "not-found") | examples.shown(examples.DEAD_REPLAYED, "In the queue again", 202),
)
def replay(engine: GivenEngine, _caller: Admin, id: Id) -> DeadLettersReplayed:  # noqa: A002
    """Try one again, as if for the first time."""
    if not engine.dead_letters.replay(id):
        raise _none()
    return DeadLettersReplayed(replayed=1, has_more=False)


@router.post(
    "/dead-letters/{id}/discard",
    dependencies=[holding(Scope.OPERATIONS)],
    responses=errors("forbidden", "not-found", "too-large")
    | examples.shown(examples.DEAD_LETTER, "What was thrown away"),
)
def discard(
    engine: GivenEngine,
    caller: Admin,
    note: Annotated[Note, audited("dead-letter.discard")],
    id: Id,  # noqa: A002
    body: Annotated[DiscardBody, Body(openapi_examples={"gone": Example(value=examples.DISCARD)})],
) -> DeadLetter:
    """Throw one away, for a reason: what it asked for is never done."""
    letter = engine.dead_letters.get(id)
    if letter is None or not engine.dead_letters.discard(id):
        raise _none()
    note.detail = f"{letter.kind}: {body.reason}"
    return DeadLetter.of(letter, caller)


def _none() -> Problem:
    return Problem("not-found", "There is no dead letter with this id.", "Please see /api/v1/dead-letters.")
