"""APIs 1, 2, 6 and 8: events, their figures, and lists of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from invited.api import examples
from invited.api.auth import Admin, Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.etags import TAGGED, tagged
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.api.reconfirmation import Reconfirmation
from invited.api.schemas import EventDetail, EventPage, EventSummary, Figures
from invited.domain.addresses import normalised
from invited.domain.principal import Scope
from invited.ports import Engine

router = APIRouter(prefix="/api/v1", tags=["events"])

Limit = Annotated[int, Query(ge=1, le=500, description="Events of one page.")]
After = Annotated[str, Query(max_length=64, description="The `next` of the page before.")]


@router.get(
    "/events/{id}",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.EVENT_DETAIL, "The event, with all parts", headers=TAGGED),
)
def event_detail(engine: GivenEngine, key: Caller, id: Id, response: Response) -> EventDetail:  # noqa: A002 - the path's own word
    """API 1: one event."""
    return tagged(response, EventDetail.of(visible(engine, key, id), engine.settings))


@router.get(
    "/events/{id}/statistics",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.FIGURES, "The event's figures"),
)
def event_statistics(engine: GivenEngine, key: Caller, id: Id) -> Figures:  # noqa: A002
    """API 2: the figures of one event, as they stand this moment."""
    event = visible(engine, key, id)
    return Figures.of(event, engine.store.statistics(event.id))


@router.get(
    "/events/{id}/reconfirmation",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.RECONFIRMATION, "Former answers against those of now"),
)
def event_reconfirmation(engine: GivenEngine, key: Caller, id: Id) -> Reconfirmation:  # noqa: A002
    """Who was yes before the last change that asked everybody again, and is now yes, no, maybe or silent."""
    event = visible(engine, key, id)
    return Reconfirmation.of(engine.store.reconfirmation(event.id, event.asked))


@router.get(
    "/organizers/{organizer}/events",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.EVENTS, "A page of the organizer's events"),
)
def organizer_events(
    engine: GivenEngine,
    key: Caller,
    organizer: Annotated[str, Path(max_length=254, description="The organizer's mail address.")],
    limit: Limit = 100,
    after: After = "",
) -> EventPage:
    """API 6: an organizer's events, newest first."""
    return _page(engine, _organizer(key, organizer), after, limit)


@router.get(
    "/domain/events",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("forbidden") | examples.shown(examples.EVENTS, "A page of the domain's events"),
)
def domain_events(engine: GivenEngine, _key: Admin, limit: Limit = 100, after: After = "") -> EventPage:
    """API 8: all events of all organizers, newest first; for admins."""
    return _page(engine, None, after, limit)


def _organizer(key: Caller, address: str) -> str:
    try:
        organizer = normalised(address)
    except ValueError:
        organizer = ""
    if not organizer or not key.may_see(organizer):
        raise Problem("not-found", "There is no such organizer.", "Please check the address.")
    return organizer


def _page(engine: Engine, organizer: str | None, after: str, limit: int) -> EventPage:
    # One more than asked for tells whether there is a next page.
    found = engine.store.events(organizer=organizer, after=after, limit=limit + 1)
    events = [EventSummary.of(event, engine.settings) for event in found[:limit]]
    return EventPage(events=events, next=events[-1].id if len(found) > limit else None)
