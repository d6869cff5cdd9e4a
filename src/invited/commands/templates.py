"""`invited templates`: the mails as they come, and an operator's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from invited.commands.terminal import engine, settings, stop

if TYPE_CHECKING:
    from invited.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The mails' templates: list, preview, export, check.")


@app.command("list")
def list_templates() -> None:
    """List every mail, and which of its templates are your own."""
    from invited.mails.templates import names, own_files

    folder = settings().templates_dir
    for name in names():
        typer.echo(f"{name}  {' '.join(own_files(folder, name)) or 'as it comes'}")


@app.command("check")
def check_templates() -> None:
    """Try your own templates; exits with 1 where a mail could not be made."""
    known = settings()
    if known.templates_dir is None:
        stop("INVITED_TEMPLATES_DIR names no folder, so all templates are as they come")
    must_be_usable(known)


@app.command("export")
def export_templates(folder: Annotated[Path, typer.Argument(help="Where to; for INVITED_TEMPLATES_DIR.")]) -> None:
    """Write all mail templates into FOLDER/mail, to change and keep those that you need; what is there stays."""
    from invited.mails.files import export

    for file in export(folder):
        typer.echo(file)


@app.command("preview")
def preview_template(
    name: Annotated[str, typer.Argument(help="The mail, as listed.")],
    *,
    kind: Annotated[str, typer.Option(help="Of an invite: invitation, reminder, updated, cancelled.")] = "invitation",
    output: Annotated[Path, typer.Option(help="The folder for NAME.html, .txt and .eml.")] = Path(),
    send_to_lab: Annotated[bool, typer.Option("--send-to-lab", help="Into the mail lab instead.")] = False,
) -> None:
    """Make a mail with an example's values, as it would be sent."""
    from invited.engines.embedded.engine import EmbeddedEngine
    from invited.mails.files import written
    from invited.notices import example

    with engine() as opened:
        domain = opened.ports.settings.domain[0]
        try:
            letter = example(opened.ports, domain, name, f"preview@{domain}", kind)
        except KeyError as unknown:
            stop(f"there is no {unknown}; `invited templates list` names every mail")
        if send_to_lab:
            lab = opened.lab if isinstance(opened, EmbeddedEngine) else None
            if lab is None:
                stop("there is no lab: INVITED_RELAY or INVITED_AWS_TABLE is set")
            lab.send([letter])
            typer.echo(f"{opened.ports.settings.url}/lab")
            return
    for file in written(letter.raw, output, name):
        typer.echo(file)


def must_be_usable(settings: Settings) -> None:
    """Stop where mails could not be made from the operator's own templates."""
    from invited.mails.faults import faults

    if settings.templates_dir and (found := faults(settings.templates_dir)):
        stop("\n".join(found))
