"""What an attendee does on the web: answers an invite, and finds what else the same organizer invited them to.

Two links lead there. That in the invite travels with it when it is forwarded: an answer by it is told to the guest by
mail, and takes the place of none that is surer. That to the guest's own page is only ever mailed to them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from invited.domain import identity
from invited.domain.addresses import token
from invited.domain.errors import Refused
from invited.domain.event import Event
from invited.domain.invitation import Invitation, Partstat, State
from invited.domain.receipt import Grade
from invited.imip.itip import MAX_COMMENT
from invited.imip.recurrence import canonical
from invited.imip.web_answer import CLIENT, WebAnswer, reply
from invited.matching import guest
from invited.messages import Mail, OwnPageWanted, ReplyArrived
from invited.ports import Engine

LOOKED_AT = 100
"""Events of an organizer that are looked at for one page."""

DAY = 86_400.0
ANSWERS_A_DAY = 10
LINKS_A_DAY = 5
"""How often a day one invitation may be answered on the web, and its guest be mailed the link to their own page."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody answers; `recurrence_id` as in Receipt, "" for the whole event."""

    partstat: Partstat
    recurrence_id: str = ""
    comment: str = ""


def answer(engine: Engine, event: Event, invitation: Invitation, said: Said, grade: Grade) -> None:
    """Hand in an answer of this grade, to be collected as if it had come by mail; raises Refused."""
    may_answer(engine, event, invitation)
    said = _fitting(event, said)
    if _counted(engine, "web answers", event, invitation) > ANSWERS_A_DAY:
        raise Refused("This invite was answered very often today.", "Please answer in your calendar, or tomorrow.")
    engine.queue.publish([_handed_in(engine, event, invitation, said, grade)])


def may_answer(engine: Engine, event: Event, invitation: Invitation) -> None:
    """Raise Refused where no answer is wanted, or where the guest could not be told of it."""
    if event.is_cancelled:
        raise Refused("This event is cancelled.", "There is nothing to answer any more.")
    barred = engine.store.suppressed([invitation.address], event.organizer)
    if invitation.state is not State.SENT or barred:
        raise Refused(
            "This invite is no longer active: its mail came back, or the mail was stopped.",
            "Please write to the organizer if you want to come.",
        )


def is_settled(engine: Engine, event: Event, invitation: Invitation) -> bool:
    """Whether the guest has given an answer that is surer than the link in an invite, which cannot change it."""
    return any(receipt.grade.is_sure for receipt in engine.store.receipts(event.id, [invitation.token]))


def ask_for_own_page(engine: Engine, event: Event, invitation: Invitation, partstat: Partstat | None = None) -> None:
    """Have the guest mailed the link to their own page, where they may give this answer; raises Refused."""
    may_answer(engine, event, invitation)
    if _counted(engine, "own pages", event, invitation) > LINKS_A_DAY:
        raise Refused("The link was mailed several times today.", "Please look for it in your mail.")
    engine.queue.publish([OwnPageWanted(event.id, invitation.token, engine.now(), partstat)])


def held(engine: Engine, organizer: str, address: str, after: str = "") -> tuple[list[tuple[Event, Invitation]], str]:
    """What this organizer invited `address` to, newest first, and where the next page begins, "" at the end.

    An invitation's token follows from event and address, so that it needs no list of its own to be found by.
    """
    events = engine.store.events(organizer=organizer, after=after, limit=LOOKED_AT)
    tokens = ((event, token(engine.secret, event.id, address)) for event in events)
    found = [(event, invitation) for event, own in tokens if (invitation := guest(engine, event.id, own))]
    return found, events[-1].id if len(events) == LOOKED_AT else ""


def _counted(engine: Engine, what: str, event: Event, invitation: Invitation) -> int:
    return engine.store.hit(f"{what}:{event.id}-{invitation.token}", DAY, engine.now())


def _fitting(event: Event, said: Said) -> Said:
    comment = said.comment.strip()[:MAX_COMMENT]
    if not said.recurrence_id:
        return replace(said, comment=comment)
    try:
        return replace(said, comment=comment, recurrence_id=canonical(event, said.recurrence_id))
    except ValueError:
        raise Refused("The event does not take place on that date.", "Please choose one of its dates.") from None


def _handed_in(engine: Engine, event: Event, invitation: Invitation, said: Said, grade: Grade) -> ReplyArrived:
    """The answer, kept in the archive first as the mail that a calendar would have sent."""
    now, domain = engine.now(), event.domain
    uid = identity.uid(event.id, invitation.token, domain)
    rsvp = engine.settings.address("rsvp", domain)
    raw = reply(
        WebAnswer(uid, rsvp, invitation.address, said.partstat, event.sequence, now, said.recurrence_id, said.comment)
    )
    return ReplyArrived(
        mail=engine.archive.put(raw, [Mail("", "rsvp", rsvp, domain, invitation.address, now)]),
        uid=uid,
        recurrence_id=said.recurrence_id,
        attendee=invitation.address,
        sender=invitation.address,
        is_authenticated=False,
        partstat=said.partstat,
        sequence=event.sequence,
        dtstamp=now.replace(microsecond=0),
        received=now,
        client=CLIENT,
        comment=said.comment,
        grade=grade,
    )
