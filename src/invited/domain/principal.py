"""Who calls, and what they may do: the whole domain or one organizer's events, within the scopes that they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """One kind of thing that a key may do with what its holder may see."""

    EVENTS_READ = "events:read"
    """Events, figures, jobs, changes that wait: all that names no attendee."""
    EVENTS_WRITE = "events:write"
    """Events and their settings, and deciding on changes that wait."""
    INVITATIONS_SEND = "invitations:send"
    """Inviting, reminding, and directing jobs."""
    ATTENDEES_READ = "attendees:read"
    """Whole addresses of attendees, and their mails; without it addresses are masked."""
    WEBHOOKS = "webhooks"
    KEYS = "keys"
    """Keys that hold no more than the one that makes them."""
    SUPPRESSION = "suppression"
    OPERATIONS = "operations"
    """Dead letters, organizers, the audit log, the mail lab."""


ALL = frozenset(Scope)

USUAL = ALL - {Scope.ATTENDEES_READ}
"""What a key holds that was made without a word about it: whole addresses must be asked for."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls. `id` is "key <id>" or "session <id>". An admin sees the domain, anybody else what is `organizer`'s.

    `address` is the person's own, "" for a key of the domain. `expires` is when a key ends, None for never.
    """

    id: str
    is_admin: bool
    organizer: str | None
    scopes: frozenset[Scope]
    address: str = ""
    expires: datetime | None = None

    @property
    def may_read_addresses(self) -> bool:
        """Whether addresses are shown whole."""
        return Scope.ATTENDEES_READ in self.scopes

    def may_see(self, organizer: str) -> bool:
        """Whether what is this organizer's (normalised address) may be seen."""
        return self.is_admin or self.organizer == organizer
