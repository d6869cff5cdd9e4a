"""`invited jobs`: the bulk sends, and directing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from invited.commands.terminal import engine, event_of, note, stop

if TYPE_CHECKING:
    from datetime import datetime

    from invited.domain.job import Job
    from invited.jobs import Order

app = typer.Typer(no_args_is_help=True, help="Bulk sends: list, pause, resume, stop, resend.")

JobId = Annotated[str, typer.Argument(metavar="JOB", help="Its id, as listed.")]


@app.command("list")
def list_jobs(
    event_id: Annotated[str, typer.Argument(metavar="[EVENT]", help="Of this event alone.")] = "",
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 20,
) -> None:
    """List them, newest first."""
    with engine() as opened:
        ports = opened.ports
        event = event_of(ports, event_id).id if event_id else None
        for job in ports.store.jobs(event, limit=limit):
            typer.echo(_line(job, ports.now()))


def _line(job: Job, now: datetime) -> str:
    figures = job.figures
    told = f"{figures.sent:,} of {figures.invitations:,} sent, {figures.failed:,} failed"
    return f"{job.id}  {job.created:%Y-%m-%d %H:%M}  {job.event_id}  {job.origin}  {job.phase(now)}  {told}"


@app.command()
def pause(job_id: JobId) -> None:
    """Send no more for now; what is on the wire is finished, and a list is read on."""
    from invited.jobs import Order

    _order(job_id, Order.PAUSE)


@app.command()
def resume(job_id: JobId) -> None:
    """Go on after a pause."""
    from invited.jobs import Order

    _order(job_id, Order.RESUME)


@app.command("stop")
def stop_job(job_id: JobId) -> None:
    """Send no more at all: whoever was not sent to is left out."""
    from invited.jobs import Order

    _order(job_id, Order.STOP)


@app.command()
def resend(job_id: JobId) -> None:
    """Try those again that failed, or that a stop left out."""
    from invited.jobs import Order

    _order(job_id, Order.RESEND)


def _order(job_id: str, order: Order) -> None:
    from invited.domain.job import Phase
    from invited.jobs import Order, obey

    with engine() as opened:
        ports = opened.ports
        job = ports.store.job(job_id)
        if job is None:
            stop(f"there is no job {job_id}; `invited jobs list` shows those there are")
        if order is Order.RESEND and event_of(ports, job.event_id).is_cancelled:
            stop("the event is cancelled, so nobody can be invited to it")
        is_done = job.phase(ports.now()) is Phase.DONE and order is not Order.RESEND
        if is_done or not obey(ports, job, order):
            stop(
                f"the job is {job.phase(ports.now())}; `invited jobs resend {job_id}` sends to those who were left out"
            )
        note(ports, f"job.{order}", f"job {job_id}", event_id=job.event_id)
        after = ports.store.job(job_id) or job
        typer.echo(_line(after, ports.now()))
        if order is Order.STOP:
            typer.echo(f"{after.figures.queued:,} people who waited are left out")
