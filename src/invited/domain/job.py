"""A job: one bulk send, what was ordered of it, how far its list is read and its mails are out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from invited.domain.statistics import Statistics

MAX_FAULTS = 100
"""Rows that are no good and told with the reason; all are counted."""

STOPPED = "the job was stopped"
"""Why an invitation was dropped that its job had not sent yet."""


class Control(StrEnum):
    """What was ordered of a job."""

    GOING = "going"
    PAUSED = "paused"
    STOPPED = "stopped"


class Phase(StrEnum):
    """How a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of a list that is nobody, and why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What has been read of a list: `octets` of it, up to the `line` that comes next.

    Each of its `rows` was added, or counted here, or a duplicate. `already`: invited by another job. `over` the event's
    limit: not invited, and named in the archive at the keys `rest`, as CSV. `faults` are the first of the `invalid`.
    """

    octets: int = 0
    line: int = 1
    rows: int = 0
    already: int = 0
    suppressed: int = 0
    invalid: int = 0
    over: int = 0
    faults: tuple[Fault, ...] = ()
    rest: tuple[str, ...] = ()

    def with_more(self, more: Reading) -> Reading:
        """All that was read, after what follows was, too: `more` has the place it led to and the rows it read."""
        return Reading(
            octets=more.octets,
            line=more.line,
            rows=self.rows + more.rows,
            already=self.already + more.already,
            suppressed=self.suppressed + more.suppressed,
            invalid=self.invalid + more.invalid,
            over=self.over + more.over,
            faults=(self.faults + more.faults)[:MAX_FAULTS],
            rest=self.rest + more.rest,
        )


@dataclass(frozen=True, slots=True)
class Toll:
    """What a bulk send came to: of the mails `out`, so many were `lost` (refused, given up or sent back), and so many
    called unwanted.
    """

    out: int = 0
    lost: int = 0
    unwanted: int = 0

    def less(self, seen: Toll) -> Toll:
        """What was added since `seen`."""
        return Toll(self.out - seen.out, self.lost - seen.lost, self.unwanted - seen.unwanted)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The shares of its mail at which a bulk send pauses by itself, 0 for never, once `minimum` are out."""

    lost: float
    unwanted: float
    minimum: int


@dataclass(frozen=True, slots=True)
class Job:
    """One bulk send; `figures` counts only its own invitations.

    `start`: send nothing before. `body` finds its list in the archive, "" for none, and `size` is its octets. `columns`
    of it were chosen, from 0: the address's, then the name's; none where the list tells by itself.
    `began` is when it could first send, moved on by the time that it stood `paused` (since when), and `latest` when a
    first mail of its invitations last went out. `why` it paused by itself, "" where it did not; `seen` is the toll that
    was known, and accepted, when it was last resumed.
    """

    id: str
    event_id: str
    origin: str
    created: datetime
    figures: Statistics
    start: datetime | None = None
    body: str = ""
    size: int = 0
    control: Control = Control.GOING
    reading: Reading = Reading()
    began: datetime | None = None
    paused: datetime | None = None
    latest: datetime | None = None
    why: str = ""
    seen: Toll = Toll()
    columns: tuple[int, ...] = ()

    @property
    def toll(self) -> Toll:
        """What it came to so far, all in all."""
        figures = self.figures
        return Toll(figures.sent + figures.failed, figures.bounced + figures.failed, figures.complained)

    def alarm(self, bounds: Bounds) -> str:
        """Why it should not go on, "" where it may: what it came to since it was last resumed is beyond the bounds."""
        new = self.toll.less(self.seen)
        if new.out < bounds.minimum:
            return ""
        parts = ((new.lost, bounds.lost, "did not arrive"), (new.unwanted, bounds.unwanted, "were called unwanted"))
        told = [
            f"{count:,} of {new.out:,} mails {what}" for count, most, what in parts if most and count > most * new.out
        ]
        return " and ".join(told)

    @property
    def is_read(self) -> bool:
        """Whether nothing of its list is left to be read."""
        return self.reading.octets >= self.size

    @property
    def duplicates(self) -> int:
        """Rows that name somebody whom the list has named before."""
        read = self.reading
        other = self.figures.invitations + read.already + read.suppressed + read.invalid + read.over
        return max(0, read.rows - other) if self.is_read else 0

    def phase(self, now: datetime) -> Phase:
        """How it stands at `now`."""
        if self.control is Control.STOPPED:
            return Phase.STOPPED
        if self.is_read and self.figures.queued == 0:
            return Phase.DONE
        if self.control is Control.PAUSED:
            return Phase.PAUSED
        is_early = self.start is not None and now < self.start
        return Phase.QUEUED if is_early or (self.size and not self.reading.octets) else Phase.RUNNING

    @property
    def rate(self) -> float:
        """Invitations a second that were sent or failed, since it began, less its pauses."""
        spent = (self.latest - self.began) / timedelta(seconds=1) if self.latest and self.began else 0.0
        return (self.figures.sent + self.figures.failed) / spent if spent > 0 else 0.0

    def seconds_left(self, now: datetime) -> float | None:
        """How long it will take from now at its rate; None where that cannot be told, 0 at its end."""
        phase = self.phase(now)
        if phase in (Phase.DONE, Phase.STOPPED):
            return 0.0
        if phase is not Phase.RUNNING or not self.rate:
            return None
        unread = self.figures.invitations * (self.size / self.reading.octets - 1) if not self.is_read else 0.0
        return (self.figures.queued + unread) / self.rate


def directed(job: Job, control: Control, now: datetime, why: str = "") -> Job:
    """`job` under new orders, and `why` it pauses by itself; a time of standing still is no time that it needed.

    Whoever lets it go on has seen what it came to.
    """
    if control is Control.PAUSED:
        return replace(job, control=control, paused=job.paused or now, why=why or job.why)
    pause = now - job.paused if job.paused else timedelta()
    began = job.began + pause if job.began else None
    return replace(job, control=control, began=began, paused=None, why="", seen=job.toll)
