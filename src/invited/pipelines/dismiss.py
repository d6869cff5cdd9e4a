"""Tell a newcomer who was refused: the copy that they hold is cancelled for them alone (RFC 5546 §3.2.2.6)."""

from __future__ import annotations

from invited.domain.errors import Aside
from invited.domain.fact import FactKind
from invited.domain.newcomer import Verdict
from invited.domain.tidings import of_stranger
from invited.guest_mail import turned_away
from invited.hooks import tell
from invited.messages import StrangerRefused
from invited.notices import dispatch
from invited.ports import Engine


def handle(message: StrangerRefused, engine: Engine) -> None:
    """Mail the CANCEL; not to a delegate who never wrote to us, nor to whom must not be mailed."""
    event = engine.store.event(message.event_id)
    newcomer = engine.store.newcomer(message.event_id, message.address)
    if event is None or newcomer is None:
        raise Aside("nobody of that address came")
    if newcomer.verdict is Verdict.ACCEPTED:
        raise Aside("accepted already")
    engine.store.judge(event.id, message.address, Verdict.REFUSED)
    tell(engine, event.organizer, [of_stranger(FactKind.STRANGER_REFUSED, newcomer, engine.now())])
    if event.is_cancelled or engine.store.suppressed([message.address], event.organizer):
        raise Aside("nothing to tell, or not to be mailed")
    if newcomer.is_delegate and engine.store.stranger(event.id, message.address) is None:
        raise Aside("a delegate who never answered")
    dispatch(engine, turned_away(engine, event, newcomer), is_limited=True)
