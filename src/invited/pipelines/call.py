"""Call a webhook with what waits for it: one caller at a time, in order, and never longer than a short while.

A failure ends the round and begins a pause for this webhook alone, so that a dead receiver costs one attempt in a
while however much waits; each call has a schedule of its own beside that, so that one that is never taken stops none
of the others for long.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from invited.domain.call import Attempt, Call, CallState
from invited.domain.errors import Aside, Temporary
from invited.domain.hook import Health, Hook
from invited.hooks import signed
from invited.messages import HookDisabled, HookDue
from invited.ports import Answer, Engine

LEASE = 120.0
"""Seconds for which nobody else calls it: longer than any round."""

ROUND = timedelta(seconds=5)
"""After which no further call is begun: others have a turn."""

MOST = 100
"""Calls of one round."""

LONGEST_DELAY = 86_400.0
"""Seconds that any queue can wait."""

MOMENT = 5.0
"""Seconds after which that a webhook is disabled is told: by then it is stored, too."""

GONE = 410
"""The receiver's own word that it is not to be called again."""


def handle(message: HookDue, engine: Engine) -> None:
    """Claim, call, release; then see to it that what still waits is called in time."""
    turn = engine.store.claim_hook(message.hook_id, engine.now(), LEASE)
    hook = turn.hook
    if hook is None:
        if turn.is_next:
            # Whoever has it calls us when they are done; this is for the case that they died.
            engine.queue.publish([message], delay=LEASE)
        raise Aside("the webhook is gone, or being called")
    health = hook.health if hook.disabled else _round(engine, hook)
    now = engine.now()
    at = None if hook.disabled else _next(engine, hook, health)
    if at and at > now:
        health = _woken(engine, hook, health, at, now)
    is_wanted = engine.store.release_hook(hook.id, health)
    if is_wanted or (at and at <= now):
        engine.queue.publish([HookDue(hook.id)])


def _round(engine: Engine, hook: Hook) -> Health:
    """Make the calls that are due, up to the first failure; how the webhook is then."""
    began, health = engine.now(), hook.health
    if health.paused_until and began < health.paused_until:
        return health
    for call in engine.store.waiting_calls(hook.id, MOST):
        now = engine.now()
        if call.due is None or call.due > now or now - began > ROUND:
            break
        answer = _made(engine, hook, call, now)
        health = health.after_success() if _is_taken(answer) else health.after_failure(now)
        if not _is_taken(answer):
            _maybe_disable(engine, hook, answer, health, now)
            break
    return health


def _made(engine: Engine, hook: Hook, call: Call, now: datetime) -> Answer:
    headers = {"Content-Type": "application/json", "User-Agent": "invited"} | signed(engine, hook, call, now)
    answer = engine.courier.post(hook.url, headers, call.body.encode())
    attempt = Attempt(now, answer.status, round(answer.seconds, 3), answer.text)
    engine.store.replace_call(call.after(attempt, is_taken=_is_taken(answer)), CallState.WAITING)
    return answer


def _is_taken(answer: Answer) -> bool:
    return 200 <= answer.status < 300


def _maybe_disable(engine: Engine, hook: Hook, answer: Answer, health: Health, now: datetime) -> None:
    """Give the webhook up where its receiver says so, or has failed for days; its owner is told in any case."""
    if answer.status == GONE:
        reason = "its receiver answered 410 Gone"
    elif health.is_hopeless(now):
        reason = f"every call has failed since {health.failing_since:%Y-%m-%d %H:%M} UTC"
    else:
        return
    people = [hook.owner] if hook.owner else engine.settings.admins
    engine.queue.publish([HookDisabled(hook.id, person, reason) for person in people], delay=MOMENT)
    # Where its owner changes it this very moment, it has one more chance.
    with suppress(Temporary):
        engine.store.replace_hook(replace(hook, disabled=reason, version=hook.version + 1), hook.version)


def _next(engine: Engine, hook: Hook, health: Health) -> datetime | None:
    """When it is to be called next; None where nothing waits."""
    waiting = engine.store.waiting_calls(hook.id, 1)
    if not waiting or waiting[0].due is None:
        return None
    return max(waiting[0].due, health.paused_until or waiting[0].due)


def _woken(engine: Engine, hook: Hook, health: Health, at: datetime, now: datetime) -> Health:
    """Have a message come at that time, unless one comes by then anyway."""
    at = min(at, now + timedelta(seconds=LONGEST_DELAY))
    if health.wakes and now < health.wakes <= at:
        return health
    engine.queue.publish([HookDue(hook.id)], delay=(at - now) / timedelta(seconds=1))
    return replace(health, wakes=at)
