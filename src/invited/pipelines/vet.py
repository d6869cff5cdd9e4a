"""Decide about somebody who came by a forwarded invite, as the event's organizer chose: accept, ask or refuse."""

from __future__ import annotations

from contextlib import suppress

from invited.domain.addresses import token
from invited.domain.errors import Aside
from invited.domain.event import Event, Strangers
from invited.domain.fact import FactKind
from invited.domain.mailboxes import is_ours
from invited.domain.newcomer import Newcomer, Verdict
from invited.domain.tidings import of_stranger
from invited.hooks import tell
from invited.matching import admit_stranger
from invited.messages import StrangerAccepted, StrangerArrived, StrangerRefused
from invited.news import has_digest, note_news
from invited.notices import dispatch, stranger_asks
from invited.ports import Engine


def handle(message: StrangerArrived, engine: Engine) -> None:
    """Remember them, and see to it that they are decided about; whoever was decided about already stays so."""
    event = engine.store.event(message.event_id)
    if event is None or event.is_cancelled:
        raise Aside("the event is gone or cancelled")
    if _needs_nothing(message.address, event, engine):
        raise Aside("no stranger: the organizer, a guest or one of our own mailboxes")
    newcomer = Newcomer(event.id, message.address, message.token, message.is_delegate, message.received)
    known = engine.store.newcomer(event.id, message.address)
    if known and known.verdict is not Verdict.WAITING:
        raise Aside("decided about already")
    if known is None and message.is_delegate:
        # Who answered was let in by the pipeline that heard them; a delegate is only named.
        admit_stranger(engine, event, message.address)
    policy = event.strangers or engine.settings.stranger_policy
    if policy is Strangers.ASK and known is None:
        _ask(newcomer, event, engine)
    engine.store.add_newcomer(newcomer)
    if known in (None, newcomer):
        tell(engine, event.organizer, [of_stranger(FactKind.STRANGER_ARRIVED, newcomer, message.received)])
    if policy is Strangers.ACCEPT:
        engine.queue.publish([StrangerAccepted(event.id, message.address)])
    elif policy is Strangers.REFUSE:
        engine.queue.publish([StrangerRefused(event.id, message.address)])


def _needs_nothing(address: str, event: Event, engine: Engine) -> bool:
    if address == event.organizer or is_ours(address, engine.settings.domain):
        return True
    return engine.store.invitation(event.id, token(engine.secret, event.id, address)) is not None


def _ask(newcomer: Newcomer, event: Event, engine: Engine) -> None:
    """In the digest, where there is one, else by a mail of its own."""
    if has_digest(engine, event):
        note_news(engine, event)
        return
    # Where no mail may go to them now, the event's page still shows who waits.
    with suppress(Aside):
        dispatch(engine, stranger_asks(engine, event, newcomer), is_limited=True)
