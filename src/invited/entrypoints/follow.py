"""Follow a job in a terminal: a bar while its list is read and its invites go out."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from invited.domain.job import Job, Phase
from invited.ports import Engine

BEAT = 0.5
"""Seconds between two looks."""


def follow(engine: Engine, job_id: str, console: Console, wait: Callable[[float], None] = time.sleep) -> Job:
    """Show how the job comes along until it is over or stands still; raises KeyError for one that is not."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=None, told="")
        while True:
            job = engine.store.job(job_id)
            if job is None:
                raise KeyError(job_id)
            now = engine.now()
            what, total, done = _measured(job)
            bar.update(task, description=what, total=total, completed=done, told=_told(job, now))
            if _rests(job, now):
                return job
            wait(BEAT)


def summary(job: Job) -> list[str]:
    """What became of the rows, and those that are no good."""
    read, figures = job.reading, job.figures
    parts = (
        f"{figures.invitations:,} added",
        f"{read.already:,} already invited",
        f"{read.suppressed:,} suppressed",
        f"{job.duplicates:,} duplicates",
        f"{read.invalid:,} invalid",
        f"{read.over:,} over the limit",
    )
    return [", ".join(parts), *(f"line {fault.line}: {fault.text}: {fault.reason}" for fault in read.faults)]


def _measured(job: Job) -> tuple[str, int, int]:
    if not job.is_read:
        return "reading", job.size, job.reading.octets
    total = job.figures.invitations
    # A bar without a length would move to and fro for ever.
    return "sending", max(total, 1), total - job.figures.queued if total else 1


def _told(job: Job, now: datetime) -> str:
    left = job.seconds_left(now)
    parts = [f"{job.figures.sent:,} sent"]
    if job.figures.failed:
        parts.append(f"{job.figures.failed:,} failed")
    if job.rate:
        parts.append(f"{job.rate:,.0f}/s")
    if job.why:
        parts.append(f"paused by itself: {job.why}")
    if left:
        parts.append(f"{timedelta(seconds=round(left))} left")
    return ", ".join(parts)


def _rests(job: Job, now: datetime) -> bool:
    phase = job.phase(now)
    return phase not in (Phase.QUEUED, Phase.RUNNING) or (phase is Phase.QUEUED and job.is_read)
