"""Pipeline 1, Receive: look at a mail, decide what it is, and say so in one message (seeds, step 1A)."""

from __future__ import annotations

from invited.domain import authority, identity
from invited.domain.addresses import domain_of
from invited.domain.errors import Aside, Barred, Refused
from invited.domain.event import Event
from invited.imip import attached_lists
from invited.imip.bounces import read_bounce
from invited.imip.fast_reply import scan
from invited.imip.itip import Cancellation, Method, Reply, Submission, Understood, understand
from invited.imip.mail import InboundMail, read
from invited.messages import (
    BounceArrived,
    CancelArrived,
    ConfirmationNeeded,
    CounterArrived,
    InviteRefused,
    InviteSubmitted,
    LetterArrived,
    ListMailed,
    Mail,
    MailArrived,
    Message,
    RefreshArrived,
    ReplyArrived,
    ReportRequested,
    UpdateArrived,
)
from invited.ports import Engine
from invited.settings import InboundAuth
from invited.terms import must_be_welcome

MAX_HOPS = 100
"""Received headers after which a mail is taken to go round in circles (RFC 5321 §6.3)."""

NO_CALENDAR = Refused(
    "Your message holds no calendar invite.",
    "Create the event in your calendar and add this address as a guest; the calendar then mails the invite itself.",
)
OUR_OWN = Refused(
    "This is an invite that this service sent, not one of your own.",
    "Create a new event in your own calendar and add this address as a guest.",
)


def handle(message: MailArrived, engine: Engine) -> None:
    """Publish what the mail is; all of it at once, so that a repeat says the same again."""
    mail = message.mail
    raw = engine.archive.get(mail.key)
    plain = scan(raw)
    if plain is not None:
        is_authenticated = _is_verified(mail, raw, plain.sender, engine)
        engine.queue.publish([_reply(mail, plain.sender, plain.reply, is_authenticated=is_authenticated)])
        return
    try:
        inbound = read(raw, mail.envelope_from)
    except Refused as fault:
        raise Aside(f"unreadable: {fault.reason}") from None
    if inbound.hops > MAX_HOPS:
        raise Aside("a mail loop")
    bounce = read_bounce(inbound, raw, mail.recipient)
    if bounce is not None:
        engine.queue.publish([BounceArrived(mail.key, bounce.uid, bounce.kind, bounce.reason, mail.received)])
        return
    engine.queue.publish(_facts(mail, raw, inbound, engine))


def _facts(mail: Mail, raw: bytes, inbound: InboundMail, engine: Engine) -> list[Message]:
    understood = understand(inbound, mail.received, engine.settings.floating_zone)
    messages: list[Message] = []
    if understood.replies:
        is_authenticated = _is_verified(mail, raw, inbound.sender, engine)
        for reply in understood.replies:
            messages += _from_attendee(mail, inbound.sender, reply, is_authenticated=is_authenticated)
    if mail.mailbox == "create" and (understood.submissions or understood.cancellations or not messages):
        messages += _from_organizer(mail, raw, inbound, understood, engine)
    if messages:
        return messages
    if mail.mailbox == "rsvp":
        return [_letter(mail, inbound, engine)]
    if mail.mailbox == "list":
        return [_list(mail, raw, inbound, engine)]
    return [_report(mail, raw, inbound, engine)]


def _from_attendee(mail: Mail, sender: str, reply: Reply, *, is_authenticated: bool) -> list[Message]:
    """An answer, a proposal, both (as iOS sends them), or the wish for a copy."""
    facts: list[Message] = []
    if reply.method is Method.REPLY:
        facts.append(_reply(mail, sender, reply, is_authenticated=is_authenticated))
    if reply.proposes:
        facts.append(_counter(mail, sender, reply, is_authenticated=is_authenticated))
    if reply.method is Method.REFRESH:
        facts.append(RefreshArrived(mail.key, reply.uid, reply.attendee, sender, is_authenticated, mail.received))
    return facts


def _counter(mail: Mail, sender: str, reply: Reply, *, is_authenticated: bool) -> CounterArrived:
    return CounterArrived(
        mail=mail.key,
        uid=reply.uid,
        recurrence_id=reply.recurrence_id,
        attendee=reply.attendee,
        sender=sender,
        is_authenticated=is_authenticated,
        start=reply.proposed_start,
        end=reply.proposed_end,
        sequence=reply.sequence,
        dtstamp=reply.dtstamp,
        received=mail.received,
        client=reply.client,
        comment=reply.comment,
        is_beside_answer=reply.method is Method.REPLY,
    )


def _letter(mail: Mail, inbound: InboundMail, engine: Engine) -> LetterArrived:
    """What a person wrote in answer to an invite; raises Aside for anything else."""
    if inbound.calendars:
        raise Aside("no answer in it")
    if inbound.is_automatic:
        raise Aside("automatic mail, such as an out-of-office answer")
    _must_be_answerable(mail, inbound, engine)
    for answered in inbound.answers:
        named = identity.of_message_id(answered)
        if named:
            return LetterArrived(mail, *named)
    raise Aside("a letter about no invite of ours")


def _reply(mail: Mail, sender: str, reply: Reply, *, is_authenticated: bool) -> ReplyArrived:
    return ReplyArrived(
        mail=mail.key,
        uid=reply.uid,
        recurrence_id=reply.recurrence_id,
        attendee=reply.attendee,
        # Not its SENT-BY, which anybody can write: an assistant's answer is one from another address of the guest's.
        sender=sender,
        is_authenticated=is_authenticated,
        partstat=reply.partstat,
        sequence=reply.sequence,
        dtstamp=reply.dtstamp,
        received=mail.received,
        client=reply.client,
        comment=reply.comment,
        guests=reply.guests,
        delegated_to=reply.delegated_to,
    )


def _from_organizer(
    mail: Mail, raw: bytes, inbound: InboundMail, understood: Understood, engine: Engine
) -> list[Message]:
    faults = list(understood.faults)
    theirs: list[Submission | Cancellation] = []
    parts: tuple[Submission | Cancellation, ...] = (*understood.submissions, *understood.cancellations)
    for part in parts:
        if identity.parse(part.uid) and domain_of(part.uid.lower()) in engine.settings.domain:
            faults.append(OUR_OWN)
        else:
            theirs.append(part)
    if not theirs and not faults:
        faults.append(NO_CALENDAR)
    messages: list[Message] = [_refusal(mail, inbound, fault, engine) for fault in faults]
    if theirs and not _is_believed(mail, raw, inbound, engine):
        _must_be_answerable(mail, inbound, engine)
        return [*messages, ConfirmationNeeded(mail, inbound.sender, inbound.subject)]
    return [*messages, *(_submitted(mail, inbound, part, engine) for part in theirs)]


def _list(mail: Mail, raw: bytes, inbound: InboundMail, engine: Engine) -> Message:
    try:
        attached_lists.lists(inbound)
        event = _open_event(mail, inbound, engine)
    except Refused as fault:
        return _refusal(mail, inbound, fault, engine)
    if _is_believed(mail, raw, inbound, engine):
        return ListMailed(mail, event.id)
    _must_be_answerable(mail, inbound, engine)
    return ConfirmationNeeded(mail, inbound.sender, f"a list of people to invite to {event.head.summary}")


def _report(mail: Mail, raw: bytes, inbound: InboundMail, engine: Engine) -> Message:
    """The wish for the report, which is answered by mail however well it is proven."""
    _must_be_answerable(mail, inbound, engine)
    try:
        event = _named_event(mail, inbound, engine)
    except Refused as fault:
        return _refusal(mail, inbound, fault, engine)
    if _is_believed(mail, raw, inbound, engine):
        return ReportRequested(event.id, mail.received)
    return ConfirmationNeeded(mail, inbound.sender, f"the wish for the report of {event.head.summary}")


def _open_event(mail: Mail, inbound: InboundMail, engine: Engine) -> Event:
    """The sender's own event, if people can be invited to it."""
    event = _named_event(mail, inbound, engine)
    if event.is_cancelled:
        raise Refused(
            "The event is cancelled, so nobody can be invited to it.", "You can plan it anew from your calendar."
        )
    return event


def _named_event(mail: Mail, inbound: InboundMail, engine: Engine) -> Event:
    """The sender's own event; a stranger is not told whether the id is anybody else's."""
    ids = attached_lists.event_ids(mail.recipient, inbound.subject)
    found = [event for event_id in ids if (event := engine.store.event(event_id))]
    theirs = [event for event in found if event.organizer == inbound.sender]
    if not theirs:
        raise _no_event(mail, is_named=bool(ids))
    return theirs[0]


def _submitted(mail: Mail, inbound: InboundMail, part: Submission | Cancellation, engine: Engine) -> Message:
    owner = authority.owner(inbound.sender, part.organizer, part.sent_by)
    try:
        must_be_welcome(engine, owner)
    except Barred as barred:
        return _refusal(mail, inbound, barred, engine)
    if isinstance(part, Cancellation):
        return CancelArrived(mail, owner, part.uid)
    is_known = engine.store.event_by_origin(owner, part.uid) is not None
    return (UpdateArrived if is_known else InviteSubmitted)(mail, owner, part.uid)


def _is_believed(mail: Mail, raw: bytes, inbound: InboundMail, engine: Engine) -> bool:
    if mail.is_confirmed or engine.settings.inbound_auth is InboundAuth.TRUST:
        return True
    return _is_verified(mail, raw, inbound.sender, engine)


def _is_verified(mail: Mail, raw: bytes, sender: str, engine: Engine) -> bool:
    return engine.settings.inbound_auth is InboundAuth.DMARC and engine.verifier.is_authenticated(mail, raw, sender)


def _refusal(mail: Mail, inbound: InboundMail, fault: Refused, engine: Engine) -> Message:
    _must_be_answerable(mail, inbound, engine)
    return InviteRefused(mail, inbound.sender, inbound.subject, fault.reason, fault.remedy)


def _must_be_answerable(mail: Mail, inbound: InboundMail, engine: Engine) -> None:
    """Raise Aside for mail that no machine may answer (RFC 3834 §2): automatic, without return address, from ourselves.

    A calendar's own mail is automatic, too (Google says so), but there is a person behind an invite, who wants to know.
    """
    if not mail.envelope_from or inbound.is_list or (inbound.is_automatic and not inbound.calendars):
        raise Aside("automatic mail, which is never answered")
    if not inbound.sender or domain_of(inbound.sender) in engine.settings.domain:
        raise Aside("nobody to answer")


def _no_event(mail: Mail, *, is_named: bool) -> Refused:
    reason = "You have no event of this id here." if is_named else "Your message does not say which event it is about."
    return Refused(
        reason,
        f"Please send it to {mail.mailbox}.<event id>@{mail.domain}, from the address with which you created the "
        "event; its id stands at the end of the mail that you got then.",
    )
