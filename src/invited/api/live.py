"""The figures of an event as they move, as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from invited.api.auth import Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.feeds import STREAM, Following
from invited.api.figures import Figures
from invited.api.openapi import errors
from invited.domain.event import Event
from invited.domain.principal import Scope
from invited.ports import Store

router = APIRouter(prefix="/api/v1", tags=["statistics"])


def seen(engine: GivenEngine, key: Caller, id: Id) -> Event:  # noqa: A002 - the path's own word
    """The event, if the caller may see it."""
    return visible(engine, key, id)


@router.get(
    "/events/{id}/live",
    dependencies=[holding(Scope.EVENTS_READ), STREAM],
    responses=errors("not-found", "too-many-streams", "no-streams"),
    response_class=EventSourceResponse,
)
async def live(
    engine: GivenEngine, event: Annotated[Event, Depends(seen)], following: Following
) -> AsyncIterable[ServerSentEvent]:
    """API 2 as server-sent events named `figures`: at once, and within about a second of each change.

    A stream ends after 15 minutes; a browser goes on by itself. Where streams do not pass, ask for the statistics again
    and again with `If-None-Match`.
    """
    async for each in following.events("figures", event.id, lambda: _figures(engine.store, event.id)):
        yield each


def _figures(store: Store, event_id: str) -> Figures | None:
    event = store.event(event_id)
    return Figures.of(store, event) if event else None
