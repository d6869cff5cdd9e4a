"""On what terms an organizer is here: what an admin decided of them, and else the settings."""

from __future__ import annotations

from invited.domain.errors import Barred
from invited.domain.organizer import FEW, Organizer
from invited.ports import Engine


def event_limit(engine: Engine, organizer: str) -> int:
    """Most events of this organizer."""
    own = engine.store.organizer(organizer).event_limit
    return engine.settings.event_limit if own is None else own


def invitation_limit(engine: Engine, organizer: str) -> int:
    """Most invitations to each event of this organizer."""
    own = engine.store.organizer(organizer).invitation_limit
    return engine.settings.invitation_limit if own is None else own


def is_suspended(engine: Engine, organizer: str) -> bool:
    """Whether nothing is to be sent for this organizer for now."""
    return engine.store.organizer(organizer).suspended is not None


def must_be_welcome(engine: Engine, organizer: str) -> Organizer:
    """The organizer; raises Barred where they are suspended."""
    found = engine.store.organizer(organizer)
    if found.suspended:
        raise Barred(
            f"The organizer is suspended here: {found.reason.rstrip('.')}.",
            "Please talk to whoever runs this server. What guests answer meanwhile is kept and counted.",
        )
    return found


def must_be_few(engine: Engine, organizer: str, people: int) -> None:
    """Raise Barred where they are suspended, or where these are more people than they may invite at a time."""
    found = must_be_welcome(engine, organizer)
    if people > FEW and not found.may_send_lists:
        raise Barred(
            "The organizer may not send to lists here.",
            f"Please invite at most {FEW} people at a time, or talk to whoever runs this server.",
        )


def must_be_allowed_lists(engine: Engine, organizer: str) -> None:
    """Raise Barred where they are suspended, or may not send to a list, which may be of any length."""
    must_be_few(engine, organizer, FEW + 1)
