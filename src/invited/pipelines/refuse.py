"""Pipeline 3, Refuse: answer what cannot become an event with the fault and the remedy (seeds, steps 3A-3C)."""

from __future__ import annotations

from invited.messages import InviteRefused
from invited.notices import dispatch, refused
from invited.ports import Engine


def handle(message: InviteRefused, engine: Engine) -> None:
    """Mail the refusal, at most so often to one address."""
    dispatch(engine, refused(engine, message), is_limited=True)
