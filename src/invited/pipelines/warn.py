"""Tell its owner that a webhook is called no more, and what to do about it."""

from __future__ import annotations

from invited.domain.errors import Aside
from invited.messages import HookDisabled
from invited.notices import dispatch, hook_disabled
from invited.ports import Engine


def handle(message: HookDisabled, engine: Engine) -> None:
    """Mail the reason, and how to have it called again."""
    hook = engine.store.hook(message.hook_id)
    if hook is None or not hook.disabled:
        raise Aside("the webhook is gone, or called again")
    dispatch(engine, hook_disabled(engine, hook, message))
