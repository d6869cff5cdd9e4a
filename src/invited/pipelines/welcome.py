"""Invite a newcomer who was accepted: their own invite with their own token, and their answer is theirs."""

from __future__ import annotations

from dataclasses import replace

from invited.admission import request_send
from invited.domain.addresses import token
from invited.domain.errors import Aside
from invited.domain.fact import FactKind
from invited.domain.newcomer import Verdict
from invited.domain.receipt import Grade
from invited.domain.tidings import of_receipt, of_stranger
from invited.hooks import tell
from invited.messages import Attendee, StrangerAccepted
from invited.ports import Engine


def handle(message: StrangerAccepted, engine: Engine) -> None:
    """Order the invite as any other, and count what they answered already, so that they are not asked once more."""
    event = engine.store.event(message.event_id)
    if event is None or event.is_cancelled:
        raise Aside("the event is gone or cancelled")
    if not engine.store.judge(event.id, message.address, Verdict.ACCEPTED):
        raise Aside("nobody of that address came")
    request_send(engine, event, [Attendee(message.address)], "forwarded")
    own = engine.store.invitation(event.id, token(engine.secret, event.id, message.address))
    answer = engine.store.stranger(event.id, message.address)
    if own and answer and answer.grade is Grade.FORWARDED:
        admitted = replace(answer, token=own.token, grade=Grade.ADMITTED)
        engine.store.record([admitted])
        tell(engine, event.organizer, [of_receipt(admitted, None)])
    newcomer = engine.store.newcomer(event.id, message.address)
    if newcomer:
        tell(engine, event.organizer, [of_stranger(FactKind.STRANGER_ADMITTED, newcomer, engine.now())])
