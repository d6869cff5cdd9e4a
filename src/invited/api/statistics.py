"""APIs 2, 7 and 9: the figures of an event, of an organizer and of the domain, each also by recipient domain."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from invited.api import examples
from invited.api.auth import Admin, Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.events import OrganizerPath, organizer_named
from invited.api.figures import (
    CorrespondentFigures,
    CorrespondentPage,
    DomainFigures,
    DomainPage,
    Figures,
    OverallFigures,
)
from invited.api.openapi import errors
from invited.api.paging import searched
from invited.api.unchanged import NOT_MODIFIED, unless_known
from invited.domain.principal import Scope
from invited.domain.recipients import Recipients
from invited.ports import Store

router = APIRouter(prefix="/api/v1", tags=["statistics"])

LOOK = 2_000
"""Domains looked at for one page of silent ones."""


class DomainSearch(BaseModel):
    """The query of a list of recipient domains."""

    limit: int = Field(default=100, ge=1, le=500, description="Domains of one page.")
    after: str = Field(default="", max_length=254, description="The `next` of the page before.")
    silent: bool = Field(
        default=False, description="Only silent ones. A page may then hold fewer than `limit`, even none, and a `next`."
    )


Search = Annotated[DomainSearch, Query()]
_PAGE = examples.shown(examples.DOMAINS, "A page of recipient domains")


@router.get(
    "/events/{id}/statistics",
    dependencies=[holding(Scope.EVENTS_READ)],
    response_model=Figures,
    responses=errors("not-found") | NOT_MODIFIED | examples.shown(examples.FIGURES, "The event's figures"),
)
def event_statistics(request: Request, engine: GivenEngine, key: Caller, id: Id) -> Response:  # noqa: A002 - the path's
    """API 2: the figures of one event, as they stand this moment. Poll it with `If-None-Match`."""
    return unless_known(request, Figures.of(engine.store, visible(engine, key, id)))


@router.get("/events/{id}/domains", dependencies=[holding(Scope.EVENTS_READ)], responses=errors("not-found") | _PAGE)
def event_domains(
    engine: GivenEngine,
    key: Caller,
    id: Id,  # noqa: A002
    search: Search,
) -> DomainPage:
    """How the mails of one event fare at each recipient domain."""
    return _page(engine.store, visible(engine, key, id).id, "", search)


@router.get(
    "/organizers/{organizer}/statistics",
    dependencies=[holding(Scope.EVENTS_READ)],
    response_model=OverallFigures,
    responses=errors("not-found") | NOT_MODIFIED | examples.shown(examples.OVERALL, "The organizer's figures"),
)
def organizer_statistics(request: Request, engine: GivenEngine, key: Caller, organizer: OrganizerPath) -> Response:
    """API 7: the figures of all events of one organizer together."""
    return unless_known(request, OverallFigures.of(engine.store, organizer_named(key, organizer)))


@router.get(
    "/organizers/{organizer}/domains", dependencies=[holding(Scope.EVENTS_READ)], responses=errors("not-found") | _PAGE
)
def organizer_domains(
    engine: GivenEngine,
    key: Caller,
    organizer: OrganizerPath,
    search: Search,
) -> DomainPage:
    """How the mails of one organizer fare at each recipient domain."""
    return _page(engine.store, "", organizer_named(key, organizer), search)


@router.get(
    "/domain/statistics",
    dependencies=[holding(Scope.EVENTS_READ)],
    response_model=OverallFigures,
    responses=errors("forbidden") | NOT_MODIFIED | examples.shown(examples.OVERALL, "Everybody's figures"),
)
def domain_statistics(request: Request, engine: GivenEngine, _key: Admin) -> Response:
    """API 9: the figures of all events of all organizers together; for admins."""
    return unless_known(request, OverallFigures.of(engine.store))


@router.get(
    "/domain/domains",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("forbidden") | examples.shown(examples.CORRESPONDENTS, "A page of recipient domains"),
)
def domain_domains(
    engine: GivenEngine,
    _key: Admin,
    search: Search,
) -> CorrespondentPage:
    """How all mails fare at each recipient domain, and which of them are left alone for now; for admins."""
    found, following = _found(engine.store, "", "", search)
    paces, now = engine.store.paces([row.domain for row in found]), engine.now()
    rows = [CorrespondentFigures.at(row, paces.get(row.domain), now) for row in found]
    return CorrespondentPage(domains=rows, next=following)


def _page(store: Store, event_id: str, organizer: str, search: DomainSearch) -> DomainPage:
    found, following = _found(store, event_id, organizer, search)
    return DomainPage(domains=[DomainFigures.of(row) for row in found], next=following)


def _found(store: Store, event_id: str, organizer: str, search: DomainSearch) -> tuple[list[Recipients], str | None]:
    return searched(
        lambda cursor, size: store.recipients(event_id, organizer=organizer, after=cursor, limit=size),
        lambda row: row.domain,
        lambda row: row.is_silent or not search.silent,
        search.after,
        limit=search.limit,
        look=LOOK,
    )
