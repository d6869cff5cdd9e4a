"""`invited dead-letters`: what could not be handled."""

from __future__ import annotations

from typing import Annotated

import typer

from invited.commands.terminal import engine, note, stop

app = typer.Typer(no_args_is_help=True, help="Messages that could not be handled: list, show, replay, discard.")

Ids = Annotated[list[str] | None, typer.Argument(metavar="ID…")]
OfKind = Annotated[str, typer.Option(help="All of this type, such as DeliveryDue; 1,000 at a time.")]


@app.command("list")
def list_them(
    kind: Annotated[str, typer.Option(help="Of this type alone.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
) -> None:
    """List them, newest first."""
    with engine() as opened:
        for letter in opened.ports.dead_letters.page(kind=kind, limit=limit):
            typer.echo(f"{letter.id}  {letter.at:%Y-%m-%d %H:%M:%S}  {letter.kind}  {letter.why}")


@app.command()
def show(letter_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Show one whole: the message, where it came from and what went wrong."""
    with engine() as opened:
        letter = opened.ports.dead_letters.get(letter_id)
    if letter is None:
        stop(f"there is no dead letter {letter_id}")
    typer.echo(f"{letter.kind} {letter.body}\n\n{letter.error}")


@app.command()
def replay(letter_ids: Ids = None, *, kind: OfKind = "") -> None:
    """Put them back into the queue, after the cure."""
    from invited.replays import replay_all

    if bool(letter_ids) == bool(kind):
        stop("name the dead letters, or give --kind")
    with engine() as opened:
        for letter_id in letter_ids or ():
            if not opened.ports.dead_letters.replay(letter_id):
                stop(f"there is no dead letter {letter_id}")
            note(opened.ports, "dead-letter.replay", f"dead-letter {letter_id}")
        if kind:
            replayed, has_more = replay_all(opened.ports.dead_letters, kind)
            note(opened.ports, "dead-letter.replay", f"dead letters of {kind}", detail=f"{replayed} replayed")
            typer.echo(f"{replayed} replayed{'; there are more' if has_more else ''}")


@app.command()
def discard(
    letter_ids: Annotated[list[str], typer.Argument(metavar="ID…")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it goes into the audit log.")],
) -> None:
    """Throw them away: what they asked for is never done."""
    with engine() as opened:
        for letter_id in letter_ids:
            letter = opened.ports.dead_letters.get(letter_id)
            if letter is None or not opened.ports.dead_letters.discard(letter_id):
                stop(f"there is no dead letter {letter_id}")
            note(opened.ports, "dead-letter.discard", f"dead-letter {letter_id}", detail=f"{letter.kind}: {reason}")
