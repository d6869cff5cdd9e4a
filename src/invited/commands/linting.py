"""`invited lint`: any invite, held against what the clients do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from invited.commands.terminal import stop


def lint(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Mails (.eml) or calendar files (.ics).", exists=True)
    ] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="Print all rules (docs/lint.md).")] = False,
) -> None:
    """Say what Gmail, Outlook, Apple and others will make of any invite; exits with 1 where one would fail."""
    from invited import linting

    if rules:
        typer.echo(linting.rules(), nl=False)
        return
    checked = {str(file): file.read_bytes() for file in files or []}
    if not checked:
        stop("name at least one file")
    report, is_bad = linting.report(checked, strict=strict, as_json=as_json)
    typer.echo(report)
    raise typer.Exit(int(is_bad))
