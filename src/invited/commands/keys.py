"""`invited keys`: API keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from invited.commands.terminal import engine, stop
from invited.commands.terminal import note as write_down

app = typer.Typer(no_args_is_help=True, help="API keys: create, list, remove.")


@app.command("create")
def create_key(
    *,
    admin: Annotated[bool, typer.Option("--admin", help="For the whole domain.")] = False,
    organizer: Annotated[str | None, typer.Option(help="For the events of this organizer alone.")] = None,
    note: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Days for which it is good; default: no end.")
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What alone it may do, such as events:read; may be repeated. Default: all but addresses."),
    ] = None,
    addresses: Annotated[
        bool, typer.Option("--addresses", help="Let it read whole addresses: attendees:read.")
    ] = False,
) -> None:
    """Make a key; it is shown this once."""
    from invited.credentials import new_key
    from invited.domain.principal import USUAL, Scope

    with engine() as opened:
        try:
            scopes = {Scope(name) for name in scope} if scope else USUAL
        except ValueError as reason:
            stop(f"{reason}; there are {', '.join(Scope)}")
        try:
            held = scopes | ({Scope.ATTENDEES_READ} if addresses else set())
            now = opened.ports.now()
            key, text = new_key(
                admin, organizer, now, note, scopes=held, expires=now + timedelta(days) if days else None
            )
        except ValueError as reason:
            stop(f"{reason}: give --admin or --organizer ADDRESS")
        opened.ports.store.add_key(key)
        write_down(opened.ports, "key.create", f"key {key.id}", detail=f"for {key.organizer or 'the domain'}")
    typer.echo(text)


@app.command("list")
def list_keys() -> None:
    """List the keys, never their secrets."""
    with engine() as opened:
        page = opened.ports.store.keys()
        while page:
            for key in page:
                whose = "admin" if key.is_admin else key.organizer
                used = f"used {key.used:%Y-%m-%d}" if key.used else "never used"
                ends = f"  until {key.expires:%Y-%m-%d}" if key.expires else ""
                scopes = " ".join(sorted(key.scopes))
                typer.echo(f"{key.id}  {whose}  {key.created:%Y-%m-%d}  {used}{ends}  {scopes}  {key.note}")
            page = opened.ports.store.keys(after=page[-1].id)


@app.command("remove")
def remove_key(key_id: Annotated[str, typer.Argument(metavar="KEY", help="Its id, as listed.")]) -> None:
    """Take a key back: it opens nothing any more."""
    with engine() as opened:
        if not opened.ports.store.remove_key(key_id):
            stop(f"there is no key {key_id}; `invited keys list` shows those there are")
        write_down(opened.ports, "key.remove", f"key {key_id}")
