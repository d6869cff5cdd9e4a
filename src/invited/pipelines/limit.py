"""Pipeline 4, Notify, the other ending: a limit is reached, and what to do about it (seeds, steps 4E-4G)."""

from __future__ import annotations

from invited.messages import LimitMet
from invited.notices import dispatch, limit_met
from invited.ports import Engine


def handle(message: LimitMet, engine: Engine) -> None:
    """Mail the limit, at most so often."""
    dispatch(engine, limit_met(engine, message), is_limited=True)
