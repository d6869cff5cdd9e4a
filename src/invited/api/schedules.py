"""Where an organizer's public schedule is, by API."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import APIRouter, Body
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field

from invited.api import examples
from invited.api.audited import audited
from invited.api.auth import Caller, holding
from invited.api.dependencies import GivenEngine
from invited.api.events import OrganizerPath, organizer_named
from invited.api.openapi import errors
from invited.api.problems import Problem, unavailable
from invited.domain.addresses import new_id
from invited.domain.principal import Scope
from invited.schedule import SLUG, schedule_link
from invited.settings import Settings

router = APIRouter(prefix="/api/v1", tags=["events"])

SLUGS = {
    "a name": Example(value=examples.SLUG),
    "an address that nobody guesses": Example(value={"slug": None}),
}


class ScheduleBody(BaseModel):
    """Where it should be."""

    model_config = ConfigDict(extra="forbid")

    slug: Annotated[str, Field(pattern=SLUG)] | None = Field(
        default=None, description="The last part of its address; null or left out for a new one that nobody guesses."
    )


class Schedule(BaseModel):
    """Where it is; null while there is none."""

    slug: str | None
    page: str | None
    calendar: str | None = Field(description="The same as a calendar to subscribe to.")

    @classmethod
    def of(cls, slug: str, settings: Settings) -> Self:
        """The schedule there, "" for nowhere."""
        link = schedule_link(settings, slug) if slug else None
        return cls(slug=slug or None, page=link, calendar=f"{link}.ics" if link else None)


@router.get(
    "/organizers/{organizer}/schedule",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.SCHEDULE, "Where it is"),
)
def schedule(engine: GivenEngine, key: Caller, organizer: OrganizerPath) -> Schedule:
    """Where the organizer's public schedule is. It holds the events that are `listed` in their settings."""
    return Schedule.of(engine.store.slug(organizer_named(key, organizer)), engine.settings)


@router.put(
    "/organizers/{organizer}/schedule",
    dependencies=[holding(Scope.EVENTS_WRITE), audited("schedule.move")],
    responses=errors("not-found", "slug-taken") | examples.shown(examples.SCHEDULE, "Where it is now"),
)
def move_schedule(
    engine: GivenEngine,
    key: Caller,
    organizer: OrganizerPath,
    body: Annotated[ScheduleBody, Body(openapi_examples=SLUGS)],
) -> Schedule:
    """Give the organizer's public schedule another address. There is nothing at the former one from now on."""
    owner = organizer_named(key, organizer)
    slug, now = body.slug or new_id(), engine.store.slug(owner)
    if slug != now and not engine.store.choose_slug(owner, slug, expected=now):
        if engine.store.scheduler(slug) is None:
            raise unavailable()
        raise Problem("slug-taken", "Another organizer's schedule is there.", "Please choose another name.")
    return Schedule.of(slug, engine.settings)
