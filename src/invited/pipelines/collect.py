"""Pipeline 6, Collect: match an answer to event and attendee, order it, record it, count it (seeds, steps 6A-6D)."""

from __future__ import annotations

from dataclasses import replace

from invited.domain import identity
from invited.domain.audience import is_concerned
from invited.domain.errors import Aside
from invited.domain.event import Event
from invited.domain.invitation import Invitation, Partstat
from invited.domain.receipt import Grade, Receipt, clamped, grade
from invited.imip.recurrence import canonical
from invited.messages import DeliveryDue, ReplyArrived
from invited.ports import Engine


def handle(message: ReplyArrived, engine: Engine) -> None:
    """Record the answer once; whoever answered an outdated copy is sent the present one."""
    event, invitation = _subject(message, engine)
    if message.partstat is Partstat.NEEDS_ACTION:
        raise Aside("a reply that answers nothing")
    message = _of_occurrence(message, event)
    receipt = clamped(_receipt(message, event, invitation), event.sequence)
    engine.store.record([receipt])
    if invitation and receipt.counts and _is_outdated(invitation, receipt, event, engine):
        engine.queue.publish([DeliveryDue(event.id, (invitation.token,))])


def _subject(message: ReplyArrived, engine: Engine) -> tuple[Event, Invitation | None]:
    """The event that the UID names, and the invitation if the token in it is genuine."""
    named = identity.parse(message.uid)
    event = engine.store.event(named[0]) if named else None
    if named is None or event is None:
        raise Aside("an answer to no event of ours")
    invitation = engine.store.invitation(event.id, named[1])
    if invitation is None or not identity.is_genuine(engine.secret, invitation):
        return event, None
    return event, invitation


def _of_occurrence(message: ReplyArrived, event: Event) -> ReplyArrived:
    """`message` with the occurrence as this event names it; an answer to one that it does not have counts nowhere."""
    if not message.recurrence_id:
        return message
    try:
        return replace(message, recurrence_id=canonical(event, message.recurrence_id))
    except ValueError as fault:
        raise Aside(f"an answer to nothing: {fault}") from None


def _receipt(message: ReplyArrived, event: Event, invitation: Invitation | None) -> Receipt:
    attributed = (
        grade(invitation, message.attendee, message.sender, is_authenticated=message.is_authenticated)
        if invitation
        else Grade.UNVERIFIED
    )
    assumed = invitation.sent_sequence if invitation else event.sequence
    return Receipt(
        event_id=event.id,
        token=invitation.token if invitation else "",
        recurrence_id=message.recurrence_id,
        partstat=message.partstat,
        sequence=assumed if message.sequence is None else message.sequence,
        dtstamp=message.dtstamp,
        arrived=message.received,
        mail=message.mail,
        address=message.attendee or message.sender,
        client=message.client,
        grade=attributed,
        comment=message.comment,
        guests=message.guests,
    )


def _is_outdated(invitation: Invitation, receipt: Receipt, event: Event, engine: Engine) -> bool:
    """Whether this answer makes its sender one of those whom a change since then concerns."""
    if receipt.recurrence_id:
        answered = replace(invitation, parts=receipt.partstat)
    else:
        answered = replace(invitation, partstat=receipt.partstat)
    return invitation.sent_revision < event.revision and is_concerned(
        answered, event.audience or engine.settings.update_audience
    )
