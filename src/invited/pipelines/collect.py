"""Pipeline 6, Collect: match an answer to event and attendee, order it, record it, count it (seeds, steps 6A-6D)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from invited.domain.addresses import token
from invited.domain.audience import is_concerned
from invited.domain.errors import Aside
from invited.domain.event import Event
from invited.domain.fact import Fact
from invited.domain.invitation import Invitation, Partstat
from invited.domain.receipt import Grade, Receipt, clamped, grade
from invited.domain.tidings import of_receipt
from invited.hooks import tell
from invited.imip.recurrence import canonical
from invited.matching import admit_stranger, matched
from invited.messages import DeliveryDue, Message, ReplyArrived, StrangerArrived, WebAnswered
from invited.news import note_news
from invited.ports import Engine


def handle(message: ReplyArrived, engine: Engine) -> None:
    """Record the answer once; whoever answered an outdated copy is sent the present one."""
    event, invitation, receipt = answer(message, engine)
    if not receipt.counts:
        admit_stranger(engine, event, receipt.address)
    is_new = any(engine.store.record([receipt]))
    tell(engine, event.organizer, _facts(engine, invitation, receipt))
    due: list[Message] = list(_strangers(message, receipt))
    if invitation and receipt.token == invitation.token and _is_outdated(invitation, receipt, event, engine):
        due.append(DeliveryDue(event.id, (invitation.token,)))
    if receipt.grade is Grade.WEB:
        # Owed even when nothing is new: an earlier try may have recorded it and died before saying so.
        due.append(WebAnswered(event.id, receipt.token, receipt.mail, receipt.partstat, receipt.recurrence_id))
    if due:
        engine.queue.publish(due)
    if is_new and (receipt.counts or receipt.grade is Grade.FORWARDED):
        note_news(engine, event)


def answer(message: ReplyArrived, engine: Engine) -> tuple[Event, Invitation | None, Receipt]:
    """What is to be recorded, with the event and, if its token is genuine, the invitation that it was given to.

    Changes nothing; raises Aside for what answers nothing of ours.
    """
    event, invitation = matched(engine, message.uid)
    if message.partstat is Partstat.NEEDS_ACTION:
        raise Aside("a reply that answers nothing")
    message = _of_occurrence(message, event)
    receipt = clamped(_receipt(message, event, invitation), event.sequence)
    return event, invitation, _attributed(receipt, event, engine)


def _of_occurrence(message: ReplyArrived, event: Event) -> ReplyArrived:
    """`message` with the occurrence as this event names it; an answer to one that it does not have counts nowhere."""
    if not message.recurrence_id:
        return message
    try:
        return replace(message, recurrence_id=canonical(event, message.recurrence_id))
    except ValueError as fault:
        raise Aside(f"an answer to nothing: {fault}") from None


def _receipt(message: ReplyArrived, event: Event, invitation: Invitation | None) -> Receipt:
    attributed = Grade.UNVERIFIED
    if invitation:
        attributed = message.grade or grade(
            invitation, message.attendee, message.sender, is_authenticated=message.is_authenticated
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
        comment=_comment(message),
        guests=message.guests,
    )


def _comment(message: ReplyArrived) -> str:
    """Their note, which for a delegation says first whom they send."""
    delegation = f"Sends {message.delegated_to} instead." if message.delegated_to else ""
    return " ".join(part for part in (delegation, message.comment) if part)


def _attributed(receipt: Receipt, event: Event, engine: Engine) -> Receipt:
    """As it is; but whoever got an invitation of their own by answering a forwarded one answers that with either."""
    if receipt.grade is not Grade.FORWARDED:
        return receipt
    own = engine.store.invitation(event.id, token(engine.secret, event.id, receipt.address))
    if own is None or own.origin != "forwarded":
        return receipt
    return replace(receipt, token=own.token, grade=Grade.ADMITTED)


def _facts(engine: Engine, invitation: Invitation | None, receipt: Receipt) -> Iterator[Fact]:
    """The answer, if it stands now: whether this is what made it so is all one, a repeat tells the same."""
    if not receipt.counts:
        return
    before = invitation.partstat if invitation and not receipt.recurrence_id else None
    standing = engine.store.receipts(receipt.event_id, [receipt.token])
    if any(found.recurrence_id == receipt.recurrence_id and found.order() == receipt.order() for found in standing):
        yield of_receipt(receipt, before)


def _strangers(message: ReplyArrived, receipt: Receipt) -> list[StrangerArrived]:
    """Who came to the event by this answer without being invited."""
    if receipt.grade is Grade.FORWARDED:
        address, is_delegate = receipt.address, False
    elif receipt.counts and message.delegated_to:
        address, is_delegate = message.delegated_to, True
    else:
        return []
    return [StrangerArrived(receipt.event_id, receipt.token, address, is_delegate, message.received)]


def _is_outdated(invitation: Invitation, receipt: Receipt, event: Event, engine: Engine) -> bool:
    """Whether this answer makes its sender one of those whom a change since then concerns."""
    if not receipt.counts:
        return False
    if receipt.recurrence_id:
        answered = replace(invitation, parts=receipt.partstat)
    else:
        answered = replace(invitation, partstat=receipt.partstat)
    return invitation.sent_revision < event.revision and is_concerned(
        answered, event.audience or engine.settings.update_audience
    )
