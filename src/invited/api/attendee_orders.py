"""What may be ordered for one attendee: a reminder, or that their invite is taken back."""

# ruff: noqa: FAST003 - id and token in each path are those of `known_attendee`

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter

from invited.api import examples
from invited.api.attendees import Known, no_reminder_now
from invited.api.audited import Note, audited
from invited.api.auth import Caller, holding, shown
from invited.api.dependencies import GivenEngine
from invited.api.lives import Ordered
from invited.api.once import REPEATABLE, GivenOnce
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.api.sending import may_send
from invited.domain.audience import NoReminder
from invited.domain.event import Event
from invited.domain.invitation import FINAL, TAKEN_BACK, Invitation
from invited.domain.principal import Scope
from invited.messages import InvitationWithdrawn, Message, NudgeDue
from invited.ports import Engine
from invited.terms import must_be_welcome

router = APIRouter(prefix="/api/v1", tags=["attendees"])

_WHY = {
    NoReminder.UNSENT: "They hold no invite, or their last mail did not arrive.",
    NoReminder.ANSWERED: "They have answered.",
    NoReminder.OFTEN: "They were reminded as often as anybody may be.",
    NoReminder.LATELY: "They got a mail within the last 48 hours.",
    NoReminder.SUPPRESSED: "Their address is not mailed any more.",
}
_ORDERED = examples.shown(examples.ORDERED, "It is on its way", 202)


@router.post(
    "/events/{id}/attendees/{token}/remind",
    dependencies=[holding(Scope.INVITATIONS_SEND)],
    status_code=202,
    response_model=Ordered,
    responses=errors("not-found", *REPEATABLE, "event-cancelled", "not-reminded") | _ORDERED,
)
def remind(
    engine: GivenEngine,
    key: Caller,
    known: Known,
    once: GivenOnce,
    note: Annotated[Note, audited("event.remind")],
) -> Any:
    """Send one attendee their invite once more; only who has not answered, so often, and not within 48 hours."""
    event, invitation = known
    note.detail = f"attendee {invitation.token}"

    def work() -> Ordered:
        _may_be_mailed(engine, event)
        why = no_reminder_now(engine, event, invitation)
        if why:
            remedy = "Please see `no_reminder` of the attendee, and from when on they may be reminded."
            raise Problem("not-reminded", _WHY[why], remedy)
        return _order(engine, NudgeDue(event.id, (invitation.token,)), shown(invitation.address, key))

    return once.answer("", work)


@router.post(
    "/events/{id}/attendees/{token}/withdraw",
    dependencies=[holding(Scope.INVITATIONS_SEND)],
    status_code=202,
    response_model=Ordered,
    responses=errors("not-found", *REPEATABLE, "event-cancelled", "invitation-over") | _ORDERED,
)
def withdraw(
    engine: GivenEngine,
    key: Caller,
    known: Known,
    once: GivenOnce,
    note: Annotated[Note, audited("event.withdraw")],
) -> Any:
    """Take the invite back from one attendee: their calendar gets a CANCEL, and they hear of the event no more.

    For good: they cannot be invited to this event again. Their answer stays counted.
    """
    event, invitation = known
    note.detail = f"attendee {invitation.token}"

    def work() -> Ordered:
        _may_be_mailed(engine, event)
        _must_stand(invitation)
        order = InvitationWithdrawn(event.id, invitation.token, TAKEN_BACK)
        return _order(engine, order, shown(invitation.address, key))

    return once.answer("", work)


def _may_be_mailed(engine: Engine, event: Event) -> None:
    may_send(event)
    must_be_welcome(engine, event.organizer)


def _must_stand(invitation: Invitation) -> None:
    if invitation.state in FINAL:
        remedy = "There is nothing to do: nothing more is mailed to this attendee."
        raise Problem("invitation-over", f"Their invitation is {invitation.state}.", remedy)


def _order(engine: Engine, message: Message, email: str) -> Ordered:
    engine.queue.publish([message])
    return Ordered(email=email)
