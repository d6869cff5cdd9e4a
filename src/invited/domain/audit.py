"""The audit log: who did what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MAX_DETAIL = 500
"""Characters kept of what is told beside the action."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done. Ids sort by time.

    `actor` is "key <id>", "session <address>" for whoever was signed in, "link <organizer>" for whoever held a signed
    link of theirs, or "cli <user of the machine>". `action` is such as "job.pause", `about` what it was done to, such
    as "job <id>". `event_id` is "" where it is about no event. Never a secret, and of people no more than their entry
    needs.
    """

    id: str
    at: datetime
    actor: str
    action: str
    about: str
    event_id: str = ""
    detail: str = ""
