"""`invited suppression`: who is not mailed, and why."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from invited.commands.terminal import address_of, engine, note, stop

if TYPE_CHECKING:
    from invited.domain.suppression import Suppression
    from invited.ports import Store

app = typer.Typer(no_args_is_help=True, help="Addresses that are not mailed: list, add, import, export, readmit.")

Address = Annotated[str, typer.Argument(metavar="ADDRESS")]
Whose = Annotated[str, typer.Option(help="For this organizer's events alone; else for anybody's.")]


@app.command("list")
def list_entries(
    *,
    organizer: Whose = "",
    kind: Annotated[str, typer.Option(help="unsubscribed, complained, bounced or other alone.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most; `export` has no limit.")] = 100,
) -> None:
    """List them by address."""
    with engine() as opened:
        for entry in _some(opened.ports.store, _address(organizer), kind, limit):
            typer.echo(f"{entry.address}  {entry.since:%Y-%m-%d}  {entry.reason}")


def _some(store: Store, organizer: str, kind: str, limit: int) -> list[Suppression]:
    found: list[Suppression] = []
    after = ""
    while len(found) < limit and (page := store.suppressions(organizer, after=after, limit=500)):
        after = page[-1].address
        found += [entry for entry in page if kind in ("", entry.kind)]
    return found[:limit]


@app.command()
def add(
    address: Address, *, reason: Annotated[str, typer.Option(help="Why.")] = "added by hand", organizer: Whose = ""
) -> None:
    """Mail somebody no more."""
    from invited.domain.suppression import Suppression

    whose = _address(organizer)
    with engine() as opened:
        ports = opened.ports
        entry = Suppression(_address(address), whose, reason, ports.now())
        (is_new,) = ports.store.suppress_all([entry])
        if is_new:
            note(ports, "suppression.add", _about(entry.address, whose), detail=reason)
    typer.echo("added" if is_new else "already there")


@app.command("import")
def import_list(
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="CSV or text in any form; - for standard input.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, for all of them.")] = "imported",
    organizer: Whose = "",
) -> None:
    """Mail nobody on a list any more, of any length; to repeat it changes nothing."""
    from invited.suppressions import take_in

    whose = _address(organizer)
    with engine() as opened:
        found = take_in(opened.ports, iter(lambda: file.read(65_536), b""), whose, reason)
        detail = f"{found.added} of {found.rows} added: {reason}"
        note(opened.ports, "suppression.import", f"suppression of {whose or 'everybody'}", detail=detail)
    typer.echo(f"{found.added:,} added, {found.already:,} already there, {found.invalid:,} invalid")
    for fault in found.faults:
        typer.echo(f"line {fault.line}: {fault.text}: {fault.reason}", err=True)


@app.command()
def export(*, organizer: Whose = "") -> None:
    """Print the whole list as CSV."""
    from invited.suppressions import export as lines

    with engine() as opened:
        for line in lines(opened.ports.store, _address(organizer)):
            sys.stdout.write(line)


@app.command()
def readmit(
    address: Address,
    *,
    reason: Annotated[str, typer.Option(help="Why that is right; it goes into the audit log.")],
    despite: Annotated[str, typer.Option(help="Needed for who unsubscribed or complained: that word.")] = "",
    organizer: Whose = "",
) -> None:
    """Let somebody be mailed again."""
    from invited.domain.suppression import MEANING

    wanted, whose = _address(address), _address(organizer)
    with engine() as opened:
        store = opened.ports.store
        entry = next((one for one in store.suppressions_of(wanted) if one.organizer == whose), None)
        if entry is None:
            stop(f"{wanted} is not on this list; `invited suppression list` shows it")
        if entry.kind in MEANING and despite != entry.kind:
            stop(f"{MEANING[entry.kind]} If it is their own wish, say so in --reason and give --despite {entry.kind}")
        if store.readmit(wanted, organizer=whose):
            note(opened.ports, "suppression.readmit", _about(wanted, whose), detail=f"{entry.kind}: {reason}")


def _address(text: str) -> str:
    return address_of(text) if text else ""


def _about(address: str, organizer: str) -> str:
    return f"suppression of {address} for {organizer or 'everybody'}"
