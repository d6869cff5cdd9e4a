"""A webhook: whose it is, what it listens to, where it is called, and how it fares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from invited.domain.errors import Refused
from invited.domain.fact import Fact, FactKind
from invited.domain.hosts import is_public

MAX_URL = 1_000
"""Characters of a webhook's address."""

MAX_WAITING = 10_000
"""Calls that may wait for one webhook, which is a million facts of a bulk send; more are missed, and counted."""

OVERLAP = timedelta(hours=24)
"""How long after a rotation the old secret signs, too."""

PAUSES = (timedelta(seconds=5), timedelta(minutes=15))
"""How long nothing is called after a first failure, and at most: it doubles with each failure in a row."""

DISABLED_AFTER = timedelta(days=3)
"""Failures alone for so long, and a webhook is called no more."""


@dataclass(frozen=True, slots=True)
class Health:
    """What the calls of a webhook met with lately: failures in a row, since when, and until when it is left in peace.

    `wakes` is when a message about it is on its way already.
    """

    failures: int = 0
    failing_since: datetime | None = None
    paused_until: datetime | None = None
    wakes: datetime | None = None

    def after_success(self) -> Health:
        """All is well again."""
        return Health(wakes=self.wakes)

    def after_failure(self, now: datetime) -> Health:
        """One more failure: a pause that doubles each time."""
        first, most = PAUSES
        pause = min(first * 2 ** min(self.failures, 20), most)
        return Health(self.failures + 1, self.failing_since or now, now + pause, self.wakes)

    def is_hopeless(self, now: datetime) -> bool:
        """Whether it has failed for so long that it is disabled."""
        return self.failing_since is not None and now - self.failing_since >= DISABLED_AFTER


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook. `owner` is the organizer whose events it hears of, "" for those of the whole domain.

    No `kinds` means all, no `event_id` all events. `generation` counts the secrets that it had, from which they follow;
    the one before signs too until OVERLAP after `rotated`. `disabled` says why it is not called, "" while it is.
    `version` rises with every change of what is above; `health`, `waiting` and `missed` are kept by the store's own
    methods and do not raise it.
    """

    id: str
    owner: str
    url: str
    created: datetime
    kinds: tuple[FactKind, ...] = ()
    event_id: str = ""
    may_read_attendees: bool = False
    note: str = ""
    generation: int = 0
    rotated: datetime | None = None
    disabled: str = ""
    version: int = 0
    health: Health = Health()
    waiting: int = 0
    missed: int = 0

    def wants(self, fact: Fact) -> bool:
        """Whether it listens to a fact of its owner."""
        return (not self.kinds or fact.kind in self.kinds) and self.event_id in ("", fact.event_id)

    def generations(self, now: datetime) -> tuple[int, ...]:
        """The secrets that sign now, the newest first."""
        overlaps = self.rotated is not None and now < self.rotated + OVERLAP
        return (self.generation, self.generation - 1) if overlaps else (self.generation,)


def checked_url(text: str, *, is_http_allowed: bool, is_private_allowed: bool) -> str:
    """`text` as the address of a webhook; raises Refused. What its name leads to is looked at when it is called."""
    try:
        fault = _fault(text, is_http_allowed=is_http_allowed, is_private_allowed=is_private_allowed)
    except ValueError:
        fault = "it is no URL"
    if fault:
        raise Refused(
            f"This cannot be the address of a webhook: {fault}.",
            "Please give an https:// address of a public server, without user name or fragment.",
        )
    return text


def _fault(text: str, *, is_http_allowed: bool, is_private_allowed: bool) -> str:
    """What is wrong with it, "" for nothing; raises ValueError where it cannot even be taken apart."""
    parts = urlsplit(text)
    host = parts.hostname or ""
    faults = {
        f"it is longer than {MAX_URL} characters": len(text) > MAX_URL,
        "some of its characters must be percent-encoded, or its host written as xn--": not re.fullmatch("[!-~]*", text),
        "it does not begin with https://": parts.scheme != "https" and not (parts.scheme == "http" and is_http_allowed),
        "it names no host": not host or parts.port == 0,
        "it has a user name or a fragment": "@" in parts.netloc or "#" in text,
        "it leads into a private network": not is_private_allowed and _is_private(host),
    }
    return next((fault for fault, is_so in faults.items() if is_so), "")


def _is_private(host: str) -> bool:
    """Whether the host is by its very words one of a private network."""
    try:
        return not is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
