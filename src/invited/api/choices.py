"""What the organizer chose for one event, where it differs from the server's settings."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import APIRouter, Body, Response
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field

from invited.api import examples
from invited.api.audited import Note, audited
from invited.api.auth import Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.etags import TAGGED, IfMatch, changed, check, tagged
from invited.api.openapi import errors
from invited.domain.door import MAX_LINKS, MAX_SITES, NAMES, Challenge
from invited.domain.event import Audience, Event, Strangers
from invited.domain.principal import Scope
from invited.schedule import slug_of
from invited.settings import Link, Settings, Site

router = APIRouter(prefix="/api/v1", tags=["events"])

CHOICES = {
    "let nobody else in": Example(value=examples.CHOICE),
    "from one site alone": Example(value=examples.DOOR_CHOICE),
    "close the public door": Example(value={"public": False}),
    "no daily mail": Example(value={"digest": False}),
    "list it publicly": Example(value={"listed": True}),
}


class ChoicesBody(BaseModel):
    """What to change; what is left out stays, null goes back to the server's setting."""

    model_config = ConfigDict(extra="forbid")

    audience: Audience | None = Field(default=None, description="Who hears of an update or a cancel.")
    strangers: Strangers | None = Field(default=None, description="What becomes of who answers a forwarded invite.")
    digest: bool | None = Field(
        default=None, description="Whether a daily mail tells what is new, where INVITED_DIGEST_HOUR has them sent."
    )
    listed: bool | None = Field(default=None, description="Whether it stands on its organizer's public schedule.")
    public: bool | None = Field(default=None, description="Whether people may ask for an invite themselves.")
    public_sites: Annotated[tuple[Site, ...], Field(max_length=MAX_SITES)] | None = Field(
        default=None, description="The web origins whose pages may ask, such as https://club.example; `*` for all."
    )
    public_links: Annotated[tuple[Link, ...], Field(max_length=MAX_LINKS)] | None = Field(
        default=None, description="The names of links that are counted as `link:<name>`; all others are `link:other`."
    )
    public_double_opt_in: bool | None = Field(default=None, description="Whether who asks is asked by mail first.")
    public_challenge: Challenge | None = Field(default=None, description="When a proof of work is asked for.")
    public_ticket: bool | None = Field(
        default=None, description="Whether a ticket is needed that the organizer's own site signs."
    )


class Choices(BaseModel):
    """What holds for the event now."""

    audience: Audience
    strangers: Strangers
    digest: bool
    listed: bool
    public: bool
    public_sites: list[str]
    public_links: list[str]
    public_double_opt_in: bool
    public_challenge: Challenge
    public_ticket: bool

    @classmethod
    def of(cls, event: Event, settings: Settings) -> Self:
        """The event's own choices, and the server's where it has none."""
        door = event.door.over(settings.door)
        return cls.model_validate(
            {
                "audience": event.audience or settings.update_audience,
                "strangers": event.strangers or settings.stranger_policy,
                "digest": settings.digest_hour >= 0 and event.digest is not False,
                "listed": event.is_listed,
            }
            | {name: getattr(door, name) for name in NAMES if name in cls.model_fields}
        )


@router.get(
    "/events/{id}/settings",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.CHOICES, "What holds for the event now", headers=TAGGED),
)
def choices(engine: GivenEngine, key: Caller, id: Id, response: Response) -> Choices:  # noqa: A002 - the path's own word
    """What holds for this event: its organizer's choices, or the server's where they made none."""
    return tagged(response, Choices.of(visible(engine, key, id), engine.settings))


@router.patch(
    "/events/{id}/settings",
    dependencies=[holding(Scope.EVENTS_WRITE)],
    responses=errors("not-found", "precondition-failed")
    | examples.shown(examples.CHOICES, "What holds for the event now", headers=TAGGED),
)
def choose(
    engine: GivenEngine,
    key: Caller,
    note: Annotated[Note, audited("event.settings")],
    id: Id,  # noqa: A002
    body: Annotated[ChoicesBody, Body(openapi_examples=CHOICES)],
    *,
    response: Response,
    if_match: IfMatch = None,
) -> Choices:
    """Change who hears of what, what becomes of strangers, and who may ask for an invite, for this event alone."""
    event = visible(engine, key, id)
    check(if_match, Choices.of(event, engine.settings))
    wanted = {name: getattr(body, name) for name in body.model_fields_set}
    if body.listed:
        slug_of(engine, event.organizer)
    if not engine.store.set_choices(event.id, wanted, expected=None if if_match is None else event.chosen):
        raise changed()
    note.detail = ", ".join(f"{name} {choice or 'as the server'}" for name, choice in sorted(wanted.items()))
    return tagged(response, Choices.of(engine.store.event(event.id) or event, engine.settings))
