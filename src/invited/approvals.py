"""What becomes of an organizer's change: stored at once, or held until they approve, by how many people it reaches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from invited.domain.addresses import token
from invited.domain.approval import Approval, ApprovalState
from invited.domain.audience import reach
from invited.domain.errors import Aside
from invited.domain.event import Change, Event, in_one_step
from invited.messages import ApprovalExpires, ApprovalNeeded, CancelArrived, UpdateArrived
from invited.ports import Engine


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a change of an event means before it is stored: `after` it, for how many `people`, and whether it waits."""

    after: Event
    change: Change
    people: int
    waits: bool


def foreseen(engine: Engine, event: Event, waiting: Approval | None, changed: tuple[Event, Change]) -> Foreseen:
    """What `changed`, made of `event` or of what is `waiting` for approval, would do."""
    after, change = in_one_step(event, changed[0]) if waiting else changed
    settings = engine.settings
    people = reach(engine.store.statistics(event.id), event.audience or settings.update_audience, after)
    waits = change is not Change.NONE and people > settings.approval_threshold
    return Foreseen(after, change, people, waits)


def submit(
    engine: Engine,
    event: Event,
    waiting: Approval | None,
    changed: tuple[Event, Change],
    message: UpdateArrived | CancelArrived,
) -> bool:
    """Store what `message` made of `event`, or of what is `waiting` for approval; or have it wait. True where it is
    stored, and its audience is owed the news. Repeatable; raises Aside for a mail that was decided on.

    The store changes the event and what waits in one step, so no crash leaves the one without the other; whoever read
    what another thread has changed since gets Temporary, and looks again.
    """
    found = foreseen(engine, event, waiting, changed)
    after = found.after
    if found.waits:
        _hold(engine, _approval(engine, event, found, message), waiting)
        return False
    if waiting:
        engine.store.replace_event(after, event.revision, replace(waiting, state=ApprovalState.SUPERSEDED))
    elif after != event:
        engine.store.replace_event(after, event.revision)
    return True


def _approval(engine: Engine, event: Event, found: Foreseen, message: UpdateArrived | CancelArrived) -> Approval:
    now = engine.now()
    return Approval(
        # The same for a repeat of the message, so that it is asked about once.
        id=token(engine.secret, event.id, f"{type(message).__name__} {message.mail.key}"),
        before=event,
        proposed=found.after,
        change=found.change,
        reach=found.people,
        mail=message.mail.key,
        created=now,
        expires=now + timedelta(hours=engine.settings.approval_hours),
    )


def _hold(engine: Engine, approval: Approval, waiting: Approval | None) -> None:
    known = engine.store.approval(approval.id)
    if known and not known.is_pending:
        raise Aside(f"this change is {known.state} already")
    if waiting and in_one_step(waiting.proposed, approval.proposed)[1] is Change.NONE:
        # Nothing new but its stamps: the links that the organizer has stay good.
        is_new = waiting.mail == approval.mail
        approval = replace(waiting, proposed=approval.proposed, reach=approval.reach)
    else:
        is_new = True
    engine.store.hold(approval, waiting.id if waiting else "")
    if is_new:
        patience = (approval.expires - engine.now()).total_seconds()
        engine.queue.publish([ApprovalExpires(approval.event_id, approval.id)], max(0.0, patience))
    engine.queue.publish([ApprovalNeeded(approval.event_id, approval.id)])
