"""A call to a webhook: what is POSTed, what each attempt met with, and when the next one is due."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from invited.domain.fact import FactKind

KEPT = timedelta(days=7)
"""How long a call that is over stays in the log."""

MAX_ATTEMPTS_KEPT = 10
"""Attempts that the log shows of each call, the latest."""

RETRIES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""How long a call waits after each attempt that failed; after the last it is given up. Some 3 days in all."""


class CallState(StrEnum):
    """How a call stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Given up; it can be replayed."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a call: HTTP `status`, 0 for none, how long it took, the beginning of the answer or the trouble."""

    at: datetime
    status: int
    seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """One POST to a webhook, told until it is taken: its `body` never changes. `due` is None once it is over.

    `tries` counts since it was first owed or last replayed; `expires` is when one that is over is forgotten.
    """

    hook_id: str
    id: str
    kind: FactKind
    body: str
    created: datetime
    due: datetime | None
    state: CallState = CallState.WAITING
    tries: int = 0
    attempts: tuple[Attempt, ...] = ()
    expires: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether it is not tried any more."""
        return self.state is not CallState.WAITING

    @property
    def has_failed(self) -> bool:
        """Whether it was given up."""
        return self.state is CallState.FAILED

    def after(self, attempt: Attempt, *, is_taken: bool) -> Call:
        """The call after one more attempt."""
        attempts = (*self.attempts, attempt)[-MAX_ATTEMPTS_KEPT:]
        tried = replace(self, tries=self.tries + 1, attempts=attempts)
        if not is_taken and self.tries < len(RETRIES):
            return replace(tried, due=attempt.at + _jittered(RETRIES[self.tries], self.id, self.tries))
        state = CallState.DELIVERED if is_taken else CallState.FAILED
        return replace(tried, state=state, due=None, expires=attempt.at + KEPT)

    def again(self, now: datetime) -> Call:
        """The call as it is owed once more, from the beginning."""
        return replace(self, state=CallState.WAITING, due=now, tries=0, expires=None)


def _jittered(wait: timedelta, call_id: str, tries: int) -> timedelta:
    """Up to a fifth longer, the same for the same call, so that calls that failed together do not return together."""
    digest = hashlib.sha256(f"{call_id} {tries}".encode()).digest()
    return wait * (1 + int.from_bytes(digest[:2], "big") / 65_536 / 5)
