"""Keep the other time that an attendee proposes, for the organizer to see (RFC 5546 §3.2.7). It is no answer."""

from __future__ import annotations

from invited.domain.errors import Aside
from invited.domain.event import Event
from invited.domain.invitation import Invitation
from invited.domain.proposal import Proposal
from invited.domain.receipt import Grade, grade
from invited.guest_mail import counter_declined
from invited.matching import admit_stranger, matched
from invited.messages import CounterArrived, StrangerArrived
from invited.news import note_news
from invited.notices import dispatch
from invited.ports import Engine


def handle(message: CounterArrived, engine: Engine) -> None:
    """Keep it; by setting, tell a guest at once that the time stays."""
    event, invitation = matched(engine, message.uid)
    if invitation is None:
        raise Aside("a proposal without a valid token")
    proposal = _proposal(message, event, invitation)
    is_stranger = proposal.grade is Grade.FORWARDED
    if is_stranger:
        admit_stranger(engine, event, proposal.address)
    is_new = engine.store.propose(proposal)
    if is_stranger and not message.is_beside_answer:
        stranger = StrangerArrived(event.id, invitation.token, proposal.address, False, message.received)
        engine.queue.publish([stranger])
    if is_new:
        note_news(engine, event)
    if engine.settings.decline_counters and not is_stranger and not message.is_beside_answer:
        dispatch(engine, counter_declined(engine, event, invitation, message), is_limited=True)


def _proposal(message: CounterArrived, event: Event, invitation: Invitation) -> Proposal:
    """Clamped as an answer is, so that no wrong clock locks out the next one."""
    attributed = grade(invitation, message.attendee, message.sender, is_authenticated=message.is_authenticated)
    is_stranger = attributed is Grade.FORWARDED
    sequence = invitation.sent_sequence if message.sequence is None else message.sequence
    return Proposal(
        event_id=event.id,
        token=invitation.token,
        recurrence_id=message.recurrence_id,
        address=message.attendee or message.sender if is_stranger else invitation.address,
        start=message.start,
        end=message.end,
        sequence=max(0, min(sequence, event.sequence)),
        dtstamp=min(message.dtstamp, message.received),
        arrived=message.received,
        mail=message.mail,
        client=message.client,
        grade=attributed,
        comment=message.comment,
    )
