"""APIs 1, 6 and 8: events, and lists of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from invited.api import examples
from invited.api.auth import Admin, Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.etags import TAGGED, tagged
from invited.api.event_search import Search
from invited.api.openapi import errors
from invited.api.paging import searched
from invited.api.problems import Problem
from invited.api.reconfirmation import Reconfirmation
from invited.api.schemas import EventDetail, EventPage, EventSummary
from invited.domain.addresses import normalised
from invited.domain.principal import Principal, Scope
from invited.ports import Engine

router = APIRouter(prefix="/api/v1", tags=["events"])

LOOK = 500
"""Events looked at for one page, wanted or not."""

OrganizerPath = Annotated[str, Path(max_length=254, description="The organizer's mail address.")]


@router.get(
    "/events/{id}",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found") | examples.shown(examples.EVENT_DETAIL, "The event, with all parts", headers=TAGGED),
)
def event_detail(engine: GivenEngine, key: Caller, id: Id, response: Response) -> EventDetail:  # noqa: A002 - the path's own word
    """API 1: one event."""
    return tagged(response, EventDetail.of(visible(engine, key, id), engine.settings))


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
    organizer: OrganizerPath,
    search: Annotated[Search, Query()],
) -> EventPage:
    """API 6: an organizer's events."""
    return _page(engine, organizer_named(key, organizer), search)


@router.get(
    "/domain/events",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("forbidden", "not-found") | examples.shown(examples.EVENTS, "A page of the domain's events"),
)
def domain_events(
    engine: GivenEngine,
    _key: Admin,
    search: Annotated[Search, Query()],
    organizer: Annotated[str, Query(max_length=254, description="Only the events of this organizer.")] = "",
) -> EventPage:
    """API 8: all events of all organizers; for admins."""
    return _page(engine, organizer_named(_key, organizer) if organizer else None, search)


def organizer_named(key: Principal, address: str) -> str:
    """The organizer, if the caller may see them; raises the problem `not-found`."""
    try:
        organizer = normalised(address)
    except ValueError:
        organizer = ""
    if not organizer or not key.may_see(organizer):
        raise Problem("not-found", "There is no such organizer.", "Please check the address.")
    return organizer


def _page(engine: Engine, organizer: str | None, search: Search) -> EventPage:
    now = engine.now()
    order, since, until = search.range()
    found, following = searched(
        lambda after, size: engine.store.events(
            organizer=organizer, order=order, since=since, until=until, after=after, limit=size
        ),
        lambda event: event.id,
        lambda event: search.wants(event, now),
        search.after,
        limit=search.limit,
        look=LOOK,
    )
    return EventPage(events=[EventSummary.of(event, engine.settings) for event in found], next=following)
