"""An organizer's public schedule as a page and as a calendar to subscribe to, and the form that puts an event there."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from invited.api.access import opened
from invited.api.audited import audited
from invited.api.dependencies import GivenEngine, Id, page
from invited.api.event_view import view
from invited.api.forms import same_site
from invited.api.problems import Problem
from invited.api.public_view import about
from invited.api.unchanged import is_known
from invited.imip.assemble import Published, subscribed
from invited.ports import Engine
from invited.schedule import Entry, entries, schedule_link, slug_of, title, to_come
from invited.wording import when

router = APIRouter(include_in_schema=False)

PER_PAGE = 20
"""Events of one page."""

HOURS = 1
"""After which whoever subscribed looks again."""

Slug = Annotated[str, Path(max_length=40)]


@router.get("/o/{slug}.ics")
def schedule_calendar(request: Request, engine: GivenEngine, slug: Slug) -> Response:
    """What is listed, for any calendar to subscribe to."""
    found = entries(engine, _organizer(engine, slug))
    published = [
        Published(event, f"{event.id}@{event.domain}", engine.settings.address("rsvp", event.domain))
        for event in (entry.event for entry in found)
    ]
    calendar = subscribed(title(found), HOURS, published)
    tag = f'"{hashlib.sha256(calendar).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=300"}
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="schedule.ics"'
    return Response(calendar, media_type="text/calendar; charset=utf-8; method=PUBLISH", headers=headers)


@router.get("/o/{slug}")
def schedule_page(
    request: Request,
    engine: GivenEngine,
    slug: Slug,
    number: Annotated[int, Query(alias="page", ge=1, le=100)] = 1,
) -> HTMLResponse:
    """What is listed and not over, the next one first."""
    found = entries(engine, _organizer(engine, slug))
    coming = to_come(found)
    shown = coming[(number - 1) * PER_PAGE : number * PER_PAGE]
    link = schedule_link(engine.settings, slug)
    values = {
        "title": title(found),
        "slug": slug,
        "link": link,
        "webcal": f"webcal://{link.partition('://')[2]}.ics",
        "events": [(view(e.event, engine.settings), when(e.next)) for e in shown],
        "data": [_data(engine, entry) for entry in shown],
        "page": number,
        "has_more": len(coming) > number * PER_PAGE,
    }
    return page(request, "schedule.html", values)


@router.post("/events/{id}/listing", dependencies=[Depends(same_site), audited("event.list")])
def list_event(
    engine: GivenEngine,
    id: Id,  # noqa: A002 - the path's own word
    access: Annotated[str, Form(max_length=4096)],
    listed: Annotated[Literal["yes", "no"], Form()],
) -> RedirectResponse:
    """Put the event on its organizer's public schedule, or take it away."""
    event = opened(engine, id, access)
    if listed == "yes":
        slug_of(engine, event.organizer)
    engine.store.set_choices(event.id, {"listed": listed == "yes"})
    return RedirectResponse(f"/events/{event.id}?access={access}#schedule", 303)


def _organizer(engine: Engine, slug: str) -> str:
    organizer = engine.store.scheduler(slug)
    if organizer is None:
        raise Problem("not-found", "There is no schedule at this address.", "Please ask its organizer where it is now.")
    return organizer


def _data(engine: Engine, entry: Entry) -> dict[str, Any]:
    return about(entry.event, view(entry.event, engine.settings), entry.next)
