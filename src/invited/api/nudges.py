"""Reminding those who have not answered."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from invited.api import examples
from invited.api.audited import audited
from invited.api.auth import Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.once import REPEATABLE, GivenOnce
from invited.api.openapi import errors
from invited.api.schemas import Reminded
from invited.api.sending import may_send
from invited.domain.event import Event
from invited.domain.principal import Scope
from invited.messages import NudgeRequested
from invited.ports import Engine
from invited.terms import must_be_welcome

router = APIRouter(prefix="/api/v1", tags=["invitations"])


@router.post(
    "/events/{id}/nudges",
    dependencies=[holding(Scope.INVITATIONS_SEND), audited("event.nudge")],
    status_code=202,
    response_model=Reminded,
    responses=errors("not-found", *REPEATABLE, "event-cancelled")
    | examples.shown(examples.REMINDED, "The reminders are on their way", 202),
)
def nudge(engine: GivenEngine, key: Caller, id: Id, once: GivenOnce) -> Any:  # noqa: A002 - the path's own word
    """Send the invite once more to those who have not answered; nobody more than so often, nor within 48 hours."""
    event = visible(engine, key, id)
    return once.answer("", lambda: _begin(engine, event))


def _begin(engine: Engine, event: Event) -> Reminded:
    may_send(event)
    must_be_welcome(engine, event.organizer)
    engine.queue.publish([NudgeRequested(event.id)])
    return Reminded(unanswered=engine.store.statistics(event.id).none)
