"""Ask an organizer by a link whether an unproven message is theirs, before anything happens (RFC 6047 §3)."""

from __future__ import annotations

from invited.messages import ConfirmationNeeded
from invited.notices import confirmation, dispatch
from invited.ports import Engine


def handle(message: ConfirmationNeeded, engine: Engine) -> None:
    """Mail the link, at most so often to one address."""
    dispatch(engine, confirmation(engine, message), is_limited=True)
