"""`invited settings` and `invited openapi`: what this installation says of itself."""

from __future__ import annotations

from typing import Annotated

import typer

from invited.commands.terminal import settings


def show_settings(
    *, markdown: Annotated[bool, typer.Option("--markdown", help="The table of docs/settings.md.")] = False
) -> None:
    """Show every setting, its value and where it came from."""
    from invited.settings import described, documented

    if markdown:
        typer.echo(documented())
        return
    for name, value, source, about in described(settings()):
        typer.echo(f"{name}={value}  ({source})\n    {about}")


def openapi() -> None:
    """Print the API's description, OpenAPI 3.1, without a server."""
    import json

    from invited.api.app import create_app
    from invited.engines import open_embedded
    from invited.settings import Settings

    with open_embedded(Settings(), memory=True) as engine:
        described = create_app(engine.ports, lab=engine.lab, mail_in=lambda *_: None).openapi()
    typer.echo(json.dumps(described, indent=1))
