"""Telling the world: facts become calls to whoever listens, owed in the store, and one message has them made.

`tell` is the only way out. Where nobody listens it costs one look at the store, however many facts there are: they are
given as an iterator, which is then never asked. Fact ids and so the calls' ids follow from what happened, so that a
pipeline that is handled twice tells the same calls, which the store takes once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from standardwebhooks import Webhook

from invited.domain.addresses import new_id, normalised
from invited.domain.call import Call
from invited.domain.fact import Fact, FactKind, identified, payload
from invited.domain.hook import MAX_WAITING, Hook, checked_url
from invited.messages import HookDue
from invited.ports import Engine

BATCH = 100
"""Facts of one call."""

REPLAYED = 1_000
"""Calls that are looked at, when many are to be made again, at a time."""


def tell(engine: Engine, organizer: str, facts: Iterable[Fact]) -> None:
    """Have every webhook that listens called with `facts` of this organizer, "" for those of nobody's event.

    First the calls are owed, then the message is published: a crash in between is repaired by the pipeline's repeat.
    """
    listening = [hook for owner in {organizer, ""} for hook in engine.store.hooks(owner) if not hook.disabled]
    if not listening:
        return
    told = list(facts)
    for hook in listening:
        wanted = [fact for fact in told if hook.wants(fact)]
        if wanted:
            _owe(engine, hook, wanted)


def new_hook(
    engine: Engine,
    url: str,
    owner: str,
    *,
    kinds: Iterable[str] = (),
    event_id: str = "",
    note: str = "",
    addresses: bool = False,
) -> Hook:
    """A webhook to be stored; raises Refused where it may not have this `url`, ValueError for what is no fact's kind or
    no address of an `owner`.
    """
    return Hook(
        id=new_id(),
        owner=normalised(owner) if owner else "",
        url=allowed_url(engine, url),
        created=engine.now(),
        kinds=tuple(dict.fromkeys(FactKind(kind) for kind in kinds)),
        event_id=event_id,
        may_read_attendees=addresses,
        note=note,
    )


def allowed_url(engine: Engine, url: str) -> str:
    """`url`, if the settings let webhooks have it; raises Refused."""
    settings = engine.settings
    return checked_url(url, is_http_allowed=settings.webhook_http, is_private_allowed=settings.webhook_private)


def wake(engine: Engine, hook: Hook) -> None:
    """Have what waits for it called."""
    engine.queue.publish([HookDue(hook.id)])


def replay(engine: Engine, hook: Hook, calls: Iterable[Call]) -> int:
    """Have calls that are over made once more; how many those are."""
    now = engine.now()
    again = [call for call in calls if call.is_over and engine.store.replace_call(call.again(now), call.state)]
    wake(engine, hook)
    return len(again)


def ping(engine: Engine, hook: Hook) -> Call:
    """Have a webhook called for a test; the call as it is owed."""
    now = engine.now()
    (call,) = _calls(hook, [Fact(new_id(), FactKind.PING, now, hook.event_id)], now)
    engine.store.owe(hook.id, [call], MAX_WAITING)
    wake(engine, hook)
    return call


def secret(engine: Engine, hook_id: str, generation: int) -> str:
    """A webhook's secret as its receiver needs it: it follows from the server's own, so that none is ever stored."""
    key = hmac.digest(engine.secret, f"webhook {hook_id} {generation}".encode(), hashlib.sha256)
    return f"whsec_{base64.b64encode(key).decode()}"


def signed(engine: Engine, hook: Hook, call: Call, at: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks 1.0 for a call that is made now: its id, when it is made, and one signature for
    each secret in force.
    """
    secrets = (secret(engine, hook.id, generation) for generation in hook.generations(at))
    return {
        "webhook-id": call.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(text).sign(call.id, at, call.body) for text in secrets),
    }


def _owe(engine: Engine, hook: Hook, facts: Sequence[Fact]) -> None:
    engine.store.owe(hook.id, list(_calls(hook, facts, engine.now())), MAX_WAITING)
    wake(engine, hook)


def _calls(hook: Hook, facts: Sequence[Fact], now: datetime) -> Iterator[Call]:
    """Facts of one kind and event that stand together share a call."""
    for (kind, _), group in groupby(facts, key=lambda fact: (fact.kind, fact.event_id)):
        alike = list(group)
        for start in range(0, len(alike), BATCH):
            batch = alike[start : start + BATCH]
            call_id = f"msg_{identified(hook.id, *(fact.id for fact in batch))}"
            body = payload(batch, may_read_attendees=hook.may_read_attendees)
            yield Call(hook.id, call_id, kind, body, created=now, due=now)
