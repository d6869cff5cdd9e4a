"""API 5: the report of all attendees as CSV, streamed, or mailed to the organizer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from invited.api import examples
from invited.api.audited import audited
from invited.api.auth import Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.once import REPEATABLE, GivenOnce
from invited.api.openapi import errors
from invited.api.problems import Problem, no_event
from invited.credentials import reported
from invited.domain.errors import Refused
from invited.domain.principal import Scope
from invited.messages import ReportRequested
from invited.report import report

router = APIRouter(prefix="/api/v1", tags=["attendees"])
pages = APIRouter(include_in_schema=False)


class ReportOrdered(BaseModel):
    """A report that is on its way."""

    to: str = Field(description="The event's organizer.")


@router.get(
    "/events/{id}/report",
    dependencies=[holding(Scope.EVENTS_READ)],
    response_class=StreamingResponse,
    responses=errors("not-found")
    | {
        200: {
            "description": "RFC 4180, a line each, of any length. Cells that a spreadsheet would run begin with `'`.",
            "content": {"text/csv": {"schema": {"type": "string"}, "example": examples.REPORT}},
        }
    },
)
def event_report(engine: GivenEngine, key: Caller, id: Id) -> StreamingResponse:  # noqa: A002 - the path's own word
    """Every attendee and their answer; addresses are masked for a key without attendees:read."""
    event = visible(engine, key, id)
    return csv(event.id, report(engine.store, event.id, is_masked=not key.may_read_addresses))


@router.post(
    "/events/{id}/report",
    dependencies=[holding(Scope.EVENTS_READ), audited("event.report")],
    status_code=202,
    response_model=ReportOrdered,
    responses=errors("not-found", *REPEATABLE) | examples.shown(examples.REPORTED, "Where it is mailed", 202),
)
def mail_report(engine: GivenEngine, key: Caller, id: Id, once: GivenOnce) -> Any:  # noqa: A002
    """Mail the report, with whole addresses, to the event's organizer: attached, or as a link where it is large."""
    event = visible(engine, key, id)

    def work() -> ReportOrdered:
        engine.queue.publish([ReportRequested(event.id, engine.now())])
        return ReportOrdered(to=event.organizer)

    return once.answer("", work)


@pages.get("/reports/{signed}")
def linked_report(engine: GivenEngine, signed: str) -> StreamingResponse:
    """The report, by the link in a mail to its organizer."""
    try:
        event_id = reported(engine, signed)
    except Refused as refused:
        raise Problem("link-not-valid", refused.reason, refused.remedy) from None
    if engine.store.event(event_id) is None:
        raise no_event()
    return csv(event_id, report(engine.store, event_id))


def csv(event_id: str, lines: Iterator[str]) -> StreamingResponse:
    """The lines of a report as a file to be saved."""
    headers = {"Content-Disposition": f'attachment; filename="report-{event_id}.csv"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8; header=present", headers=headers)
