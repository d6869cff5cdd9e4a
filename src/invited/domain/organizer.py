"""An organizer as an admin sees them: what they may, beside or instead of what the settings say of everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Terms: TypeAlias = Mapping[str, int | str | datetime | None]
"""Fields of an Organizer that an admin sets, by name."""

FEW = 100
"""People that may be named at a time by an organizer who may not send to lists."""


@dataclass(frozen=True, slots=True)
class Organizer:
    """`address` is normalised; `events` counts theirs. A limit of None is that of the settings.

    `suspended` is since when, None for not; the `reason` is told to them.
    """

    address: str
    events: int = 0
    event_limit: int | None = None
    invitation_limit: int | None = None
    may_send_lists: bool = True
    suspended: datetime | None = None
    reason: str = ""
