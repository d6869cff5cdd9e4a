"""API 4: the attendees of an event, and all that happened to one of them with the mail behind each step."""

# ruff: noqa: FAST003 - id and token in each path are those of `known_attendee`

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from invited.api import examples
from invited.api.auth import Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.lives import Attendee, AttendeeLife, AttendeePage, StepTaken, answer_word
from invited.api.openapi import errors
from invited.api.paging import searched
from invited.api.problems import Problem
from invited.domain.addresses import domain_of, normalised, token
from invited.domain.audience import NUDGE_PAUSE, NoReminder, no_reminder
from invited.domain.event import Event
from invited.domain.invitation import Invitation, State
from invited.domain.principal import Principal, Scope
from invited.domain.receipt import Receipt
from invited.ports import Engine, Store
from invited.reassembly import evidence

router = APIRouter(prefix="/api/v1", tags=["attendees"])

LOOK = 5_000
"""Attendees looked at for one page, wanted or not."""


class AttendeeSearch(BaseModel):
    """The query of a list of attendees."""

    limit: int = Field(default=100, ge=1, le=500, description="Attendees of one page.")
    after: str = Field(default="", max_length=64, description="The `next` of the page before.")
    state: State | None = Field(default=None, description="What became of the latest mail.")
    answer: Literal["accepted", "declined", "tentative", "delegated", "none"] | None = Field(
        default=None, description="The present answer to the whole event."
    )
    origin: str = Field(default="", max_length=60, description="The channel that they came by.")
    domain: str = Field(default="", max_length=254, description="The part of their address after the @.")
    email: str = Field(default="", max_length=254, description="The whole address; needs attendees:read.")
    q: str = Field(
        default="", max_length=100, description="Part of the name or, for keys with attendees:read, of the address."
    )

    def wants(self, invitation: Invitation, caller: Principal) -> bool:
        """Whether it is one of those that are asked for."""
        # Whoever may not see addresses cannot find out by searching what stands in them.
        text = f"{invitation.name}\n{invitation.address if caller.may_read_addresses else ''}"
        return (
            (self.state is None or invitation.state is self.state)
            and (self.answer is None or answer_word(invitation.partstat) == self.answer)
            and (not self.origin or invitation.origin == self.origin)
            and (not self.domain or domain_of(invitation.address) == self.domain.lower())
            and self.q.casefold() in text.casefold()
        )


Token = Annotated[str, Path(alias="token", max_length=64, description="As in the list of attendees.")]


def known_attendee(engine: GivenEngine, key: Caller, id: Id, named: Token) -> tuple[Event, Invitation]:  # noqa: A002
    """The event and its attendee, if the caller may see them."""
    event = visible(engine, key, id)
    found = engine.store.invitation(event.id, named)
    if found is None:
        raise Problem("not-found", "The event has no such attendee.", "Please check the token.")
    return event, found


Known = Annotated[tuple[Event, Invitation], Depends(known_attendee)]


@router.get(
    "/events/{id}/attendees",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.ATTENDEES, "A page of attendees"),
)
def attendees(
    engine: GivenEngine,
    key: Caller,
    id: Id,  # noqa: A002 - the path's own word
    search: Annotated[AttendeeSearch, Query()],
) -> AttendeePage:
    """The attendees of an event, by token, which is as good as by chance.

    A page of a filtered list looks at 5,000 attendees at most: it may hold fewer than `limit`, even none, and a `next`.
    Who answered a forwarded invite is no attendee.
    """
    event = visible(engine, key, id)
    following: str | None = None
    if search.email:
        found = [each for each in _one(engine, key, event.id, search.email) if search.wants(each, key)]
    else:
        found, following = searched(
            lambda cursor, size: engine.store.invitations(event.id, after=cursor, limit=size),
            lambda each: each.token,
            lambda each: search.wants(each, key),
            search.after,
            limit=search.limit,
            look=LOOK,
        )
    receipts = _receipts(engine.store, event.id, found)
    return AttendeePage(attendees=[Attendee.of(i, receipts.get(i.token), key) for i in found], next=following)


@router.get(
    "/events/{id}/attendees/{token}",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.ATTENDEE, "The attendee, with all that happened"),
)
def attendee(engine: GivenEngine, key: Caller, known: Known) -> AttendeeLife:
    """One attendee and all that happened, in order: queued, sent, put off, returned, answered, reminded, withdrawn.

    `sent` says that the relay took the mail; delivered is what did not come back.
    """
    event, invitation = known
    receipt = _receipts(engine.store, event.id, [invitation]).get(invitation.token)
    life = engine.store.life(event.id, invitation.token)
    steps = [StepTaken.of(number, step, event, invitation, key) for number, step in enumerate(life.steps)]
    shown = Attendee.of(invitation, receipt, key)
    why = no_reminder_now(engine, event, invitation)
    since = invitation.sent + NUDGE_PAUSE if why is NoReminder.LATELY and invitation.sent else None
    return AttendeeLife(**dict(shown), no_reminder=why, remind_from=since, steps=steps, whole=life.is_whole)


@router.get(
    "/events/{id}/attendees/{token}/steps/{number}/mail",
    dependencies=[holding(Scope.ATTENDEES_READ)],
    response_class=Response,
    responses=errors("not-found")
    | {
        200: {
            "description": "The mail. `X-Invited-Mail` says whether it is `archived`, as it came, or `reassembled`, "
            "put together again from what was sent, without links and signature; `X-Invited-Parts`, of how many it is "
            "one.",
            "content": {"message/rfc822": {"schema": {"type": "string"}, "example": examples.MAIL}},
        }
    },
)
def step_mail(
    engine: GivenEngine,
    known: Known,
    number: Annotated[int, Path(ge=0, le=10_000, description="The step's `number`.")],
    part: Annotated[int, Query(ge=0, le=100, description="Which of its mails: a series may need several.")] = 0,
) -> Response:
    """The mail behind one step of an attendee's life."""
    event, invitation = known
    steps = engine.store.life(event.id, invitation.token).steps
    found = evidence(engine, invitation, steps, number) if number < len(steps) else None
    if found is None or part >= len(found.mails):
        raise Problem(
            "not-found", "There is no such mail, or it is no longer kept.", "Please see the attendee's steps."
        )
    headers = {
        "X-Invited-Mail": "archived" if found.is_archived else "reassembled",
        "X-Invited-Parts": str(len(found.mails)),
        "Content-Disposition": f'attachment; filename="{event.id}-{number}-{part}.eml"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(found.mails[part], media_type="message/rfc822", headers=headers)


def no_reminder_now(engine: Engine, event: Event, invitation: Invitation) -> NoReminder | None:
    """Why this attendee may not be reminded at this moment, None where they may."""
    why = no_reminder(invitation, engine.settings.nudge_limit, engine.now())
    if why is None and engine.store.suppressed([invitation.address], event.organizer):
        return NoReminder.SUPPRESSED
    return why


def _one(engine: Engine, key: Principal, event_id: str, address: str) -> list[Invitation]:
    if not key.may_read_addresses:
        remedy = "Please use a key that holds it, or search by name with `q`."
        raise Problem("insufficient-scope", "To search by address needs the scope attendees:read.", remedy)
    try:
        named = token(engine.secret, event_id, normalised(address))
    except ValueError:
        return []
    found = engine.store.invitation(event_id, named)
    return [found] if found else []


def _receipts(store: Store, event_id: str, found: list[Invitation]) -> dict[str, Receipt]:
    """The present answers to the whole event, by token."""
    answers = store.receipts(event_id, [invitation.token for invitation in found])
    return {receipt.token: receipt for receipt in answers if not receipt.recurrence_id}
