"""The public door: what somebody who asks for an invite must pass, the same for buttons, links and the page.

Nothing here looks at what is known of the address, so that neither the answer nor its time tells: that is left to the
pipeline (`grant`). Requests are counted in the store, by windows of time.
"""

from __future__ import annotations

from dataclasses import dataclass

from invited.api.problems import Problem
from invited.api.proof_of_work import is_proof
from invited.domain import visitor
from invited.domain.addresses import domain_of, normalised
from invited.domain.door import Challenge, Door
from invited.domain.errors import Refused
from invited.domain.event import Event
from invited.imip.recurrence import is_over
from invited.messages import InviteAsked
from invited.ports import Engine
from invited.terms import is_suspended
from invited.tickets import Ticket, read, use

TEN_MINUTES = 600.0
HOUR = 3600.0
DAY = 86_400.0

PER_DOMAIN = 4
PER_PEER = 20
"""Parts of `public_pressure` that one mail domain, and one network address, may make up by themselves."""

AGAIN = "Please fetch a new one from …/challenge, solve it and send the solution as `altcha`."


@dataclass(frozen=True, slots=True)
class Ask:
    """A request as it came. `peer` is the client's network address. `is_page`: from our own page, which has no script
    and cannot solve a challenge; who asks there is asked by mail instead.
    """

    email: str
    name: str
    origin: str
    peer: str
    altcha: str = ""
    ticket: str = ""
    is_page: bool = False


def ask(engine: Engine, event: Event, asked: Ask) -> bool:
    """Have an invite sent to whoever asked, if they may have it; True where a mail asks them first.

    Raises the problem that stands in the way, where it is the request's own and not the address's.
    """
    door = open_door(engine, event)
    address = _address(asked.email)
    ticket = _ticket(engine, event, door, asked.ticket, address)
    is_pressed = ticket is None and _is_pressed(engine, event, asked.peer, address)
    is_proven = ticket is not None or _is_proven(engine, event, asked.altcha)
    is_doubted = (is_pressed or door.public_challenge is Challenge.ALWAYS) and not is_proven
    if is_doubted and not asked.is_page:
        raise Problem("challenge-needed", "Many ask for invites now, so a proof of work is needed.", AGAIN)
    _count(engine, event, address)
    if ticket:
        _use(engine, event, ticket)
    needs_confirmation = is_doubted or bool(door.public_double_opt_in)
    engine.queue.publish(
        [
            InviteAsked(
                event.id,
                address,
                visitor.clean_name(asked.name),
                visitor.origin(asked.origin, door.public_links or (), "page" if asked.is_page else "button"),
                engine.now(),
                needs_confirmation,
                is_vouched=ticket is not None,
            )
        ]
    )
    return needs_confirmation


def open_door(engine: Engine, event: Event) -> Door:
    """What holds at the event's door; raises the problem that keeps it shut."""
    door = event.door.over(engine.settings.door)
    if not door.public or is_suspended(engine, event.organizer):
        raise Problem("not-public", "Nobody can ask for an invite to this event here.", "Please ask its organizer.")
    if event.is_cancelled:
        raise Problem("event-cancelled", "Nobody can be invited to a cancelled event.", "Please ask its organizer.")
    if is_over(event, engine.now()):
        raise Problem("event-over", "The event has taken place.", "Please ask its organizer about the next one.")
    return door


def _address(email: str) -> str:
    try:
        return normalised(email)
    except ValueError as fault:
        wrong = {"pointer": "#/email", "detail": str(fault)}
        remedy = "Please check the mail address and try again."
        raise Problem("invalid", "This is no mail address.", remedy, errors=[wrong]) from None


def _ticket(engine: Engine, event: Event, door: Door, text: str, address: str) -> Ticket | None:
    if not text and door.public_ticket:
        remedy = "Please get one on the site of the event."
        raise Problem("ticket-needed", "This event is for those with a ticket.", remedy)
    try:
        return read(engine, event, text, address) if text else None
    except Refused as refused:
        raise Problem("ticket-needed", refused.reason, refused.remedy) from None


def _use(engine: Engine, event: Event, ticket: Ticket) -> None:
    try:
        use(engine, event, ticket)
    except Refused as refused:
        raise Problem("ticket-needed", refused.reason, refused.remedy) from None


def _is_pressed(engine: Engine, event: Event, peer: str, address: str) -> bool:
    """Whether many ask at a time: of one network address, for one mail domain, or for this event. All are counted, with
    or without success. Raises the problem of whoever asks far too often.
    """
    store, now, most = engine.store, engine.now(), engine.settings.public_pressure
    if store.hit(f"door-peer:{peer}", HOUR, now) > engine.settings.public_per_peer:
        raise _too_many("from your network address", HOUR)
    counts = (
        store.hit(f"press-peer:{peer}", TEN_MINUTES, now) * PER_PEER,
        store.hit(f"press-domain:{event.id}:{domain_of(address)}", TEN_MINUTES, now) * PER_DOMAIN,
        store.hit(f"press-event:{event.id}", TEN_MINUTES, now),
    )
    return max(counts) > most


def _is_proven(engine: Engine, event: Event, text: str) -> bool:
    if text and not is_proof(engine, event, text):
        raise Problem("challenge-needed", "The proof of work is wrong, too old or used.", AGAIN)
    return bool(text)


def _count(engine: Engine, event: Event, address: str) -> None:
    """The limits for all together; only what has passed everything else is counted."""
    store, settings, now = engine.store, engine.settings, engine.now()
    if store.hit(f"door-domain:{domain_of(address)}", HOUR, now) > settings.public_per_domain:
        raise _too_many("for addresses of this domain", HOUR)
    if store.hit(f"door-event:{event.id}", DAY, now) > settings.public_per_event:
        raise _too_many("for this event", DAY)


def _too_many(whence: str, window: float) -> Problem:
    return Problem(
        "too-many-requests",
        f"Too many requests for invites came {whence}.",
        "Please try again later.",
        headers={"Retry-After": str(int(window))},
    )
