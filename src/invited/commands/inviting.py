"""`invited inject`, `send` and `list send`: what otherwise comes by mail or by the API."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from invited.commands.terminal import engine, event_of, note

if TYPE_CHECKING:
    from invited.engines import Opened

lists = typer.Typer(no_args_is_help=True, help="Lists of people: send.")


def inject(
    files: Annotated[list[Path], typer.Argument(help="Mails (.eml) or calendar objects (.ics).", exists=True)],
    to: Annotated[str, typer.Option(help="The mailbox: create, rsvp, list or report.")] = "create",
) -> None:
    """Take mails from files, as if they had come by SMTP."""
    from invited.entrypoints.inject import inject as take

    with engine() as opened:
        for file in files:
            key = take(opened.ports, file.read_bytes(), to)
            typer.echo(f"{file}: taken as {key}")


def send(
    event_id: Annotated[str, typer.Argument(metavar="EVENT", help="The event's id.")],
    addresses: Annotated[list[str], typer.Argument(help="Whom to invite.")],
) -> None:
    """Invite people to an event."""
    from invited.admission import request_send
    from invited.messages import Attendee

    with engine() as opened:
        event = event_of(opened.ports, event_id)
        job, admission = request_send(opened.ports, event, [Attendee(a) for a in addresses], "api")
        detail = f"job {job}: {len(admission.added)} of {len(addresses)} added"
        note(opened.ports, "event.send", f"event {event.id}", event_id=event.id, detail=detail)
    typer.echo(f"job {job}: {len(admission.added)} added, {admission.already} already invited")
    for address, why in (*admission.suppressed, *admission.invalid):
        typer.echo(f"not invited: {address}: {why}", err=True)


@lists.command("send")
def send_list(
    event_id: Annotated[str, typer.Argument(metavar="EVENT", help="The event's id.")],
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="CSV or text; - for standard input.")],
    *,
    start: Annotated[datetime | None, typer.Option(help="Send nothing before; local time.")] = None,
    follow: Annotated[bool, typer.Option(help="Show how it comes along. Ctrl-C lets it go on alone.")] = True,
) -> None:
    """Invite everybody on a list, of any length."""
    from invited.domain.addresses import new_id
    from invited.jobs import Plan, begin

    with engine() as opened:
        plan = Plan(new_id(), "list", start.astimezone() if start else None)
        event = event_of(opened.ports, event_id)
        begin(opened.ports, event, plan, iter(lambda: file.read(65_536), b""))
        note(opened.ports, "event.list", f"event {event.id}", event_id=event.id, detail=f"job {plan.id}")
        typer.echo(f"job {plan.id}")
        if follow:
            _follow(opened, plan.id)


def _follow(opened: Opened, job_id: str) -> None:
    from rich.console import Console

    from invited.engines.embedded.lock import is_held
    from invited.entrypoints.follow import follow, summary

    settings = opened.ports.settings
    if not settings.aws_table and not is_held(settings.data_dir):
        typer.echo("No server is running here; the list is sent as soon as one is: invited serve")
        return
    with suppress(KeyboardInterrupt):
        for line in summary(follow(opened.ports, job_id, Console(stderr=True))):
            typer.echo(line)
