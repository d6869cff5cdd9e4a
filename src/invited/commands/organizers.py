"""`invited organizers`: who creates events here, and on what terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from invited.commands.terminal import address_of, engine, note, stop

if TYPE_CHECKING:
    from invited.domain.organizer import Organizer, Terms

app = typer.Typer(no_args_is_help=True, help="Organizers: list, limit, suspend, readmit.")

Address = Annotated[str, typer.Argument(metavar="ADDRESS")]


@app.command("list")
def list_organizers(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 1000,
) -> None:
    """List them by address, with what was decided of each."""
    with engine() as opened:
        for organizer in opened.ports.store.organizers(limit=limit):
            typer.echo(_line(organizer))


@app.command()
def limit(
    address: Address,
    *,
    events: Annotated[str, typer.Option(help="Most events; 'setting' for that of the server.")] = "",
    invitations: Annotated[str, typer.Option(help="Most invitations to an event; 'setting' as well.")] = "",
    lists: Annotated[bool | None, typer.Option(help="Whether they may send to lists.")] = None,
) -> None:
    """Set an organizer's own limits."""
    given = {"event_limit": events, "invitation_limit": invitations}
    terms: dict[str, int | None] = {name: _number(text) for name, text in given.items() if text}
    if lists is not None:
        terms["may_send_lists"] = lists
    if not terms:
        stop("give --events, --invitations, --lists or --no-lists")
    detail = ", ".join(f"{name} {value}" for name, value in terms.items())
    _change(address, "organizer.terms", terms, detail)


@app.command()
def suspend(address: Address, *, reason: Annotated[str, typer.Option(help="Why; they are told.")]) -> None:
    """Refuse their mails, keys and links, and pause what they are sending."""
    from invited.engines import utc_now

    _change(address, "organizer.suspend", {"suspended": utc_now(), "reason": reason}, reason)


@app.command()
def readmit(address: Address) -> None:
    """Let them go on; paused jobs stay so until somebody resumes them."""
    _change(address, "organizer.readmit", {"suspended": None, "reason": ""}, "")


def _change(address: str, action: str, terms: Terms, detail: str) -> None:
    organizer = address_of(address)
    with engine() as opened:
        opened.ports.store.set_terms(organizer, terms)
        note(opened.ports, action, f"organizer {organizer}", detail=detail)
        typer.echo(_line(opened.ports.store.organizer(organizer)))


def _number(text: str) -> int | None:
    if text == "setting":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        stop(f"{text!r} is no limit: give a whole number below 1,000,000,000, or 'setting'")
    return int(text)


def _line(organizer: Organizer) -> str:
    own = {"events at most": organizer.event_limit, "invitations at most": organizer.invitation_limit}
    parts = [f"events {organizer.events}", *(f"{what} {value}" for what, value in own.items() if value is not None)]
    if not organizer.may_send_lists:
        parts.append("no lists")
    if organizer.suspended:
        parts.append(f"SUSPENDED since {organizer.suspended:%Y-%m-%d}: {organizer.reason}")
    return f"{organizer.address}  {', '.join(parts)}"
