"""`invited aws`: look after a deployed stack."""

from __future__ import annotations

import typer

from invited.commands import dead_letters
from invited.commands.terminal import settings, stop

app = typer.Typer(no_args_is_help=True, help="A stack on AWS, which the settings name: check, dead-letters.")
app.add_typer(dead_letters.app, name="dead-letters")


@app.command()
def check() -> None:
    """Look at everything that the stack needs; exit code 1 where something is to be done, with what that is."""
    from invited.domain.errors import Refused
    from invited.engines import aws_findings

    try:
        findings = list(aws_findings(settings()))
    except Refused as refusal:
        stop(f"{refusal.reason} {refusal.remedy}")
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.is_ok else 'FIX '} {finding.name:9} {finding.state}")
        if finding.remedy:
            typer.echo(f"     {'':9} -> {finding.remedy}")
    wrong = sum(not finding.is_ok for finding in findings)
    if wrong:
        stop(f"{wrong} of {len(findings)} are to be put right.")
