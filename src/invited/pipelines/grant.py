"""Pipeline 5, Send, from the public door: invite somebody who asked for it themselves, if they may have it.

Whoever asked was answered before anything here was looked at, so that the answer tells nothing about the address.
"""

from __future__ import annotations

import hashlib

from invited.admission import admit, people_added
from invited.domain.addresses import token
from invited.domain.errors import Aside
from invited.domain.event import Event
from invited.domain.invitation import HOLDING, UNCLAIMED, Invitation, State
from invited.domain.mailboxes import is_ours
from invited.domain.visitor import REFUSED
from invited.hooks import tell
from invited.messages import (
    Attendee,
    DeliveryDue,
    InviteAsked,
    LimitMet,
    Message,
    OptInNeeded,
    SendRequested,
    deliveries,
)
from invited.ports import Engine
from invited.terms import invitation_limit

DAY = 86_400.0
MONTH = 30 * DAY


def handle(message: InviteAsked, engine: Engine) -> None:
    """Suppression first; then the one invitation that an address has, sent once more; then a new one."""
    event = engine.store.event(message.event_id)
    if event is None or event.is_cancelled:
        raise Aside("the event is gone or cancelled")
    _bound(message, event, engine)
    is_back = _is_back(message, event, engine)
    standing = engine.store.invitation(event.id, token(engine.secret, event.id, message.address))
    if not is_back or (message.needs_confirmation and standing is None):
        engine.queue.publish([_question(message, event, engine, is_back=is_back)])
    elif standing:
        engine.queue.publish(_again(message, standing, engine))
    else:
        engine.queue.publish(_invited(message, event, engine))


def _bound(message: InviteAsked, event: Event, engine: Engine) -> None:
    """An address gets only so many mails a day because somebody typed it in, whatever the events; some get none."""
    if message.address == event.organizer or is_ours(message.address, engine.settings.domain):
        raise Aside("the organizer, or one of our own mailboxes")
    if message.is_confirmed or message.is_vouched:
        return
    most = engine.settings.public_per_address
    if engine.store.hit(f"asked:{message.address}", DAY, engine.now()) > most:
        raise Aside(f"asked for more than {most} times in a day")


def _is_back(message: InviteAsked, event: Event, engine: Engine) -> bool:
    """Whether they may be mailed. Who stopped this organizer's mail comes back by saying so in a mail; who stopped all
    mail, complained or cannot be reached does not.
    """
    barred = engine.store.suppressed([message.address], event.organizer).get(message.address)
    if barred is None:
        return True
    may_return = barred == "unsubscribed" or (barred == REFUSED and message.is_confirmed)
    if not may_return or engine.store.suppressed([message.address], ""):
        raise Aside(f"not mailed: {barred}")
    if message.is_confirmed:
        engine.store.readmit(message.address, organizer=event.organizer)
    return message.is_confirmed


def _question(message: InviteAsked, event: Event, engine: Engine, *, is_back: bool) -> Message:
    """Was it you? Once a day and event, and once a month where they stopped the mail."""
    name, window = (f"opt-in:{event.id}", DAY) if is_back else (f"back:{event.organizer}", MONTH)
    if engine.store.hit(f"{name}:{message.address}", window, engine.now()) > 1:
        raise Aside("asked lately")
    return OptInNeeded(event.id, message.address, message.name, message.origin, message.asked, had_stopped=not is_back)


def _again(message: InviteAsked, standing: Invitation, engine: Engine) -> list[Message]:
    """The same invite once more, at most once a day: they lost it, or it never came."""
    if standing.state in UNCLAIMED - HOLDING:
        raise Aside(f"their invitation is {standing.state}")
    if engine.store.hit(f"again:{standing.event_id}:{standing.token}", DAY, engine.now()) > 1:
        raise Aside("sent again today")
    if standing.state is State.FAILED:
        engine.store.requeue(standing.event_id, [standing.token])
    if standing.state not in HOLDING:
        return deliveries(standing.event_id, [standing.token])
    repeat = hashlib.sha256(message.asked.isoformat().encode()).hexdigest()[:12]
    return [DeliveryDue(standing.event_id, (standing.token,), repeat)]


def _invited(message: InviteAsked, event: Event, engine: Engine) -> list[Message]:
    """One job takes up all who come by one channel in one day."""
    day = f"{message.origin} {message.asked.date().isoformat()}"
    job = token(engine.secret, f"public door {event.id}", day)
    request = SendRequested(event.id, job, message.origin, (Attendee(message.address, message.name),))
    admission = admit(engine, event, request)
    tell(engine, event.organizer, people_added(engine, event, request, admission))
    messages = deliveries(event.id, admission.added)
    if admission.over and engine.store.hit(f"full:{event.id}", DAY, engine.now()) == 1:
        limit = invitation_limit(engine, event.organizer)
        messages.append(LimitMet(event.organizer, event.domain, "invitation", limit, event.head.summary, event.id, 1))
    if not messages:
        raise Aside("nobody who can be invited, or the event is full")
    return messages
