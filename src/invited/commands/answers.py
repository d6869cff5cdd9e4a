"""`invited report` and `invited replay`: the answers, as stored and as the archive has them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from invited.commands.terminal import engine, event_of, note, stop


def report(event_id: Annotated[str, typer.Argument(metavar="EVENT", help="The event's id.")]) -> None:
    """Print who was invited and what they answered, as CSV."""
    from invited.report import report as lines

    with engine() as opened:
        for line in lines(opened.ports.store, event_of(opened.ports, event_id).id):
            sys.stdout.write(line)


def replay(
    event_id: Annotated[str, typer.Argument(metavar="[EVENT]", help="The event's id.")] = "",
    *,
    every: Annotated[bool, typer.Option("--all", help="All events.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Store what the archive says; else only compare.")] = False,
) -> None:
    """Work the answers out anew from the archived mail; exit code 1 where they differ from what is stored."""
    from invited.entrypoints.replay import every_event, told
    from invited.entrypoints.replay import replay as run

    if bool(event_id) == every:
        stop("name one EVENT, or give --all")
    with engine() as opened:
        events = list(every_event(opened.ports.store)) if every else [event_of(opened.ports, event_id)]
        found = run(opened.ports, events, lambda line: typer.echo(line, err=True), is_applied=apply)
        for comparison in found if apply else ():
            if not comparison.is_same:
                changed = comparison.event.id
                note(opened.ports, "event.replay", f"event {changed}", event_id=changed)
    for comparison in found:
        typer.echo("\n".join(told(comparison)))
    if not apply and not all(comparison.is_same for comparison in found):
        stop("What differs is stored with --apply.")
