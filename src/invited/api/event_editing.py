"""Events by API: create, replace, change, preview and cancel them, as their organizer's calendar would by mail."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from invited import authoring
from invited.api import examples
from invited.api.approvals import Approval, Difference
from invited.api.audited import Note, audited
from invited.api.auth import Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.etags import TAGGED, IfMatch, check, etag
from invited.api.event_bodies import EventBody, EventPatch, NewEvent, Time, inlined, pointers
from invited.api.once import REPEATABLE, GivenOnce
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.api.schemas import EventDetail, Text
from invited.authoring import Outcome
from invited.differences import differences
from invited.domain.addresses import normalised
from invited.domain.errors import LimitReached, Refused
from invited.domain.event import Component, Event
from invited.domain.principal import Principal, Scope
from invited.imip.itip import MAX_COMMENT, recurrence_id
from invited.imip.recurrence import canonical, original
from invited.ports import Engine

router = APIRouter(prefix="/api/v1", tags=["events"])

CALENDAR = "text/calendar"

LOCATION = {"Location": {"description": "Of the new event.", "schema": {"type": "string"}}}
"""`headers` of a documented answer."""

Result = TypeVar("Result")
Named = Annotated[str | None, "The address that an admin's key names."]


class Changed(BaseModel):
    """What became of a change."""

    event: EventDetail = Field(description="As it stands now.")
    change: str = Field(description="none, minor (each answer stands) or significant (everybody is asked again).")
    reach: int = Field(description="About how many people hear of it.")
    approval: Approval | None = Field(description="What it waits for; null where it is applied.")


class Preview(BaseModel):
    """What a change would do."""

    change: str
    reach: int
    waits: bool = Field(description="Whether its organizer would be asked first.")
    differences: list[Difference]


class CancelBody(BaseModel):
    """What to cancel."""

    model_config = ConfigDict(extra="forbid")

    recurrence_id: Time | None = Field(default=None, description="The original start of one occurrence; null for all.")
    comment: Text = Field(default="", max_length=MAX_COMMENT, description="Told to everybody concerned.")


def _body(model: type[BaseModel], example: Any) -> dict[str, Any]:
    content = {
        "application/json": {"schema": inlined(model), "example": example},
        CALENDAR: {"schema": {"type": "string"}, "example": examples.CALENDAR},
    }
    return {"requestBody": {"required": True, "content": content}}


def _told_as(applied: str) -> dict[int | str, dict[str, Any]]:
    """`responses` of a change that is applied, or waits."""
    waits = examples.shown(examples.CHANGE_WAITS, "Waits for its organizer's approval", 202, headers=TAGGED)
    return examples.shown(examples.CHANGED, applied, headers=TAGGED) | waits


@router.post(
    "/events",
    status_code=201,
    response_model=EventDetail,
    dependencies=[holding(Scope.EVENTS_WRITE)],
    openapi_extra=_body(NewEvent, examples.NEW_EVENT),
    responses=errors("event-exists", "limit-reached", "not-found", *REPEATABLE, "too-large")
    | examples.shown(examples.EVENT_DETAIL, "Created", 201, headers=LOCATION),
)
async def create(
    request: Request,
    response: Response,
    engine: GivenEngine,
    *,
    caller: Caller,
    note: Annotated[Note, audited("event.create")],
    once: GivenOnce,
    organizer: Annotated[
        str | None,
        Query(description="With an .ics by an admin's key: whose event it is.", examples=["tickets@club.example"]),
    ] = None,
) -> Any:
    """Create an event from JSON or an .ics file. Its organizer gets the same mail as if they had mailed it."""
    content = await request.body()
    asked = hashlib.sha256(content).hexdigest()
    read = _ics if _is_calendar(request) else _json

    def work() -> EventDetail:
        return EventDetail.of(read(engine, caller, content, organizer, once.same(asked)), engine.settings)

    answer = await run_in_threadpool(once.answer, f"{read.__name__} {asked}", work, 201)
    # An answer from before says itself which event it is.
    event = EventDetail.model_validate_json(bytes(answer.body)) if isinstance(answer, Response) else answer
    note.about, note.event_id = f"event {event.id}", event.id
    (answer if isinstance(answer, Response) else response).headers["Location"] = f"/api/v1/events/{event.id}"
    return answer


@router.put(
    "/events/{id}",
    dependencies=[holding(Scope.EVENTS_WRITE), audited("event.replace")],
    openapi_extra=_body(EventBody, examples.EVENT_BODY),
    responses=errors("not-found", "precondition-failed", "too-large")
    | _told_as("Applied; those concerned are being told"),
)
async def replace_event(
    request: Request,
    response: Response,
    engine: GivenEngine,
    caller: Caller,
    id: Id,  # noqa: A002 - the path's own word
    *,
    if_match: IfMatch = None,
) -> Changed:
    """Replace the event, from JSON or an .ics file; a cancelled one takes place again."""
    event = await run_in_threadpool(_seen, engine, caller, id, if_match)
    content = await request.body()
    components = _calendar_of if _is_calendar(request) else _components_of
    return await run_in_threadpool(_changed, engine, event, response, lambda: components(engine, event, content))


@router.patch(
    "/events/{id}",
    dependencies=[holding(Scope.EVENTS_WRITE), audited("event.change")],
    responses=errors("not-found", "event-cancelled", "precondition-failed", "too-large")
    | _told_as("Applied; those concerned are being told"),
)
def patch_event(
    response: Response,
    engine: GivenEngine,
    caller: Caller,
    id: Id,  # noqa: A002
    body: Annotated[EventPatch, Body(openapi_examples={"an hour later": Example(value=examples.EVENT_PATCH)})],
    *,
    if_match: IfMatch = None,
) -> Changed:
    """Change what is named (RFC 7396). What is left out stays."""
    event = _seen(engine, caller, id, if_match)
    return _changed(engine, event, response, lambda: (_patched(engine, event, body),))


@router.post(
    "/events/{id}/preview",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found", "event-cancelled", "too-large")
    | examples.shown(examples.PREVIEW, "What the change would do"),
)
def preview(
    engine: GivenEngine,
    caller: Caller,
    id: Id,  # noqa: A002
    body: Annotated[EventPatch, Body(openapi_examples={"an hour later": Example(value=examples.EVENT_PATCH)})],
) -> Preview:
    """What a PATCH with the same body would change, and for how many people. Nothing happens."""
    event = visible(engine, caller, id)
    return _previewed(
        event, _tried(lambda: authoring.change(engine, event, (_patched(engine, event, body),), is_preview=True))
    )


@router.post(
    "/events/{id}/cancel",
    dependencies=[holding(Scope.EVENTS_WRITE), audited("event.cancel")],
    responses=errors("not-found", "event-cancelled", "precondition-failed", "too-large")
    | _told_as("Cancelled; those concerned are being told"),
)
def cancel(
    response: Response,
    engine: GivenEngine,
    caller: Caller,
    id: Id,  # noqa: A002
    body: Annotated[CancelBody, Body(openapi_examples={"all of it": Example(value=examples.CANCEL)})],
    *,
    if_match: IfMatch = None,
) -> Changed:
    """Cancel the event, or one occurrence of it, and say why."""
    event = _seen(engine, caller, id, if_match)
    return _told(engine, _cancelled(engine, event, body), response)


@router.post(
    "/events/{id}/cancel/preview",
    dependencies=[holding(Scope.EVENTS_READ)],
    responses=errors("not-found", "event-cancelled", "too-large")
    | examples.shown(examples.PREVIEW, "What the cancel would do"),
)
def preview_cancel(
    engine: GivenEngine,
    caller: Caller,
    id: Id,  # noqa: A002
    body: Annotated[CancelBody, Body(openapi_examples={"all of it": Example(value=examples.CANCEL)})],
) -> Preview:
    """What a cancel with the same body would change, and for how many people. Nothing happens."""
    event = visible(engine, caller, id)
    return _previewed(event, _cancelled(engine, event, body, is_preview=True))


def _cancelled(engine: Engine, event: Event, body: CancelBody, *, is_preview: bool = False) -> Outcome:
    _must_take_place(event)
    key = _key(event, body.recurrence_id) if body.recurrence_id else None
    return _tried(lambda: authoring.cancel(engine, event, key, body.comment.strip(), is_preview=is_preview))


def _previewed(event: Event, outcome: Outcome) -> Preview:
    found = outcome.foreseen
    told = differences(event, found.after)
    return Preview(
        change=found.change.name.lower(),
        reach=found.people,
        waits=found.waits,
        differences=[Difference(what=one.what, old=one.old, new=one.new) for one in told],
    )


def _is_calendar(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == CALENDAR


def _seen(engine: Engine, caller: Principal, event_id: str, if_match: str | None) -> Event:
    """The event, as the caller saw it. A change that comes between this and ours makes ours fail (Temporary)."""
    event = visible(engine, caller, event_id)
    check(if_match, EventDetail.of(event, engine.settings))
    return event


def _json(engine: Engine, caller: Principal, content: bytes, _named: str | None, same: str) -> Event:
    body = _read(NewEvent, content)
    owner = _owner(caller, body.organizer.email)
    uid = body.uid or f"api-{same}@{engine.settings.domain[0]}"
    components = (body.component(None),)
    return _created(engine, owner, body.organizer.name, uid, components, is_given=body.uid is not None)


def _ics(engine: Engine, caller: Principal, content: bytes, named: str | None, _same: str) -> Event:
    owner = _owner(caller, named)
    part = _tried(lambda: authoring.uploaded(engine, content))
    return _created(engine, owner, part.organizer_name, part.uid, part.components, is_given=True)


def _created(
    engine: Engine, owner: str, name: str, uid: str, components: tuple[Component, ...], *, is_given: bool
) -> Event:
    event, is_new = _tried(lambda: authoring.create(engine, owner, name, uid, components))
    if is_given and not is_new:
        detail = f"There is an event with this UID already: {event.id}."
        raise Problem("event-exists", detail, f"To change it, please PUT or PATCH /api/v1/events/{event.id}.")
    return event


def _owner(caller: Principal, named: str | None) -> str:
    if not caller.is_admin:
        if named and caller.organizer != _address(named):
            raise Problem("not-found", "There is no such organizer.", "Please leave the organizer's address out.")
        return caller.organizer or ""
    if not named:
        raise Problem("invalid", "Whose event it is, is not said.", "Please name the organizer's address.")
    return _address(named)


def _address(named: str) -> str:
    try:
        return normalised(named)
    except ValueError as wrong:
        raise Problem("invalid", f"The organizer's address is none: {wrong}", "Please correct it.") from None


def _calendar_of(engine: Engine, _event: Event, content: bytes) -> tuple[Component, ...]:
    return authoring.uploaded(engine, content).components


def _components_of(_engine: Engine, event: Event, content: bytes) -> tuple[Component, ...]:
    return (_read(EventBody, content).component(event.component(None)),)


def _patched(engine: Engine, event: Event, body: EventPatch) -> Component:
    _must_take_place(event)
    waiting = engine.store.pending(event.id)
    master = (waiting.proposed if waiting else event).component(None)
    if master is None:
        raise Problem("invalid", "Only single dates of this series are known.", "Please PUT the whole of it.")
    try:
        return body.merged(master)
    except ValidationError as wrong:
        raise _faulty(wrong) from None


def _must_take_place(event: Event) -> None:
    if event.is_cancelled:
        raise Problem("event-cancelled", "The event is cancelled.", "To have it take place again, PUT the whole of it.")


def _key(event: Event, written: str) -> datetime:
    """The occurrence that was to start then."""
    try:
        plain = EventBody(subject="-", start=written, time_zone=event.head.start.zone)
        named = canonical(event, recurrence_id(plain.component(None).start))
    except ValueError:
        named = ""
    if not named:
        raise Problem("invalid", "The event does not take place then.", "Please name the original start of one date.")
    return original(event, named).instant()


def _read(model: type[Result], content: bytes) -> Result:
    try:
        return model.model_validate_json(content)  # type: ignore[attr-defined, no-any-return]
    except ValidationError as wrong:
        raise _faulty(wrong) from None


def _faulty(wrong: ValidationError) -> Problem:
    return Problem(
        "invalid",
        "The event has faults.",
        "Please mend what `errors` names and send the request again.",
        errors=pointers(wrong),
    )


def _changed(
    engine: Engine, event: Event, response: Response, components: Callable[[], tuple[Component, ...]]
) -> Changed:
    return _told(engine, _tried(lambda: authoring.change(engine, event, components())), response)


def _tried(act: Callable[[], Result]) -> Result:
    """What `act` gives; what it refuses as a problem."""
    try:
        return act()
    except Refused as refused:
        raise Problem("invalid", refused.reason, refused.remedy) from None
    except LimitReached as limit:
        detail = f"You have {limit.limit:,} events, which is the most that one organizer may have."
        raise Problem("limit-reached", detail, "Please ask the operator of this service for more.") from None
    except ValueError as wrong:
        raise Problem("invalid", f"The event cannot be written: {wrong}", "Please correct it.") from None


def _told(engine: Engine, outcome: Outcome, response: Response) -> Changed:
    event = EventDetail.of(outcome.event, engine.settings)
    response.status_code = 202 if outcome.approval else 200
    response.headers["ETag"] = etag(event)
    return Changed(
        event=event,
        change=outcome.foreseen.change.name.lower(),
        reach=outcome.foreseen.people,
        approval=Approval.of(outcome.approval) if outcome.approval else None,
    )
