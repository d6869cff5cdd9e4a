"""How fast mail may go: rates, and how long the relay or a recipient domain that refuses us is left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil, floor, log2

RELAY = ""
"""The name of the pace of all mail, whoever it is for; any other is a recipient domain."""

LONGEST = 3600.0
"""Seconds that anybody is left alone at most before they are tried again."""

LONGEST_OF_RELAY = 300.0
"""As much for the relay, whose return everybody waits for."""

BURST = 1.0
"""Seconds' worth of mail that may go at once after a rest; one mail always may."""

HORIZON = 900.0
"""Seconds from now for which mail that its rate holds up is told its turn; for more is told to ask again then."""

MEMORY = timedelta(hours=6)
"""For so long after it ended it is known how long somebody was left alone, so that the next time may be longer."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CODE = re.compile(r"\b[45]\d\d(?: [45]\.\d{1,3}\.\d{1,3})?\b(?!\.)")
_MAILBOX = re.compile(r"4\d\d 4\.2\.[12]\b")


@dataclass(frozen=True, slots=True)
class Pace:
    """How mail to one recipient domain, or all of it, may go.

    `spent`: its rate was used up to then. `line`: turns have been told up to then. `held`: nothing is sent before, for
    the last time it was put off, by `wait` seconds; 0 where all is well. `said` is the code of the refusal, such as
    "450 4.2.0": its words may name a person.
    """

    spent: datetime = _EPOCH
    line: datetime = _EPOCH
    held: datetime = _EPOCH
    wait: float = 0.0
    said: str = ""

    @property
    def ends(self) -> datetime:
        """From then on it says nothing any more."""
        return max(self.spent + timedelta(seconds=LONGEST), self.line, self.held + MEMORY)


@dataclass(frozen=True, slots=True)
class Grant:
    """Of the mails asked for, so many may go now, and the others come again at `due`."""

    count: int
    due: datetime


def granted(pace: Pace, wanted: int, rate: float, now: datetime) -> tuple[Pace, Grant]:
    """What of `wanted` mails may go now at `rate` (mails a second), and the pace after that.

    In any t seconds go at most `rate` * (t + BURST) mails, or one more where that is less than one. Those that are
    turned away come again one after the other, as fast as the rate will let them go then.
    """
    burst = max(floor(rate * BURST), 1)
    start = max(pace.spent, now - timedelta(seconds=burst / rate))
    # A microsecond of rounding must not cost a mail.
    room = floor((now - start) / timedelta(seconds=1) * rate + 1e-3)
    count = max(0, min(wanted, room))
    spent = start + timedelta(seconds=count / rate)
    if count == wanted:
        return replace(pace, spent=spent), Grant(count, now)
    turn = max(pace.line, now) + timedelta(seconds=min(wanted - count, burst) / rate)
    due = min(turn, now + timedelta(seconds=HORIZON))
    return replace(pace, spent=spent, line=due), Grant(count, due)


def slowed(pace: Pace, name: str, reason: str, now: datetime, first: float) -> Pace:
    """The pace of `name` after a refusal at `now`: left alone for `first` seconds, then for twice as long each time.

    What was on its way when it was put off tells nothing new, and what has ended nothing any more.
    """
    if now < pace.held:
        return pace
    known = pace.wait if now < pace.ends else 0.0
    wait = min(max(first, 2 * known), LONGEST_OF_RELAY if name == RELAY else LONGEST)
    found = _CODE.search(reason)
    return replace(pace, held=now + timedelta(seconds=wait), wait=wait, said=found[0] if found else "")


def eased(pace: Pace, first: float) -> Pace:
    """The pace after a success: the next refusal is met with half the patience, at last with none."""
    return replace(pace, wait=pace.wait / 2 if pace.wait > first else 0.0)


def is_about_domain(reason: str) -> bool:
    """Whether a temporary refusal may concern others of the domain too: not where just one mailbox is full or busy
    (RFC 3463 §3.3).
    """
    return not _MAILBOX.match(reason)


def retry_wait(since: datetime, now: datetime, first: float) -> float:
    """Seconds until who has been put off `since` then is tried again: as long as it has lasted, which doubles it."""
    return min(max(first, (now - since) / timedelta(seconds=1)), LONGEST)


def delay(due: datetime, now: datetime) -> float:
    """Seconds from now until `due`, or a little later: a power of two, so that those put off together stay together."""
    seconds = (due - now) / timedelta(seconds=1)
    return float(2 ** ceil(log2(seconds))) if seconds > 0 else 0.0
