"""`invited backup` and `invited restore`: all that a server keeps, copied and put back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from invited.commands.terminal import settings, stop


def backup(target: Annotated[Path, typer.Argument(metavar="DIR", help="Where to; a new or empty folder.")]) -> None:
    """Copy all data, the secret and the DKIM keys, while the server runs, and verify the copy.

    Whoever has it can sign links and mails as this server: keep it as safe as the server.
    """
    from invited.domain.errors import Refused
    from invited.engines import utc_now
    from invited.engines.embedded.backup import back_up

    known = settings()
    if known.aws_table:
        stop("INVITED_AWS_TABLE is set: on AWS, DynamoDB's point-in-time recovery and the bucket's versions do this")
    try:
        octets = back_up(known.data_dir, target, utc_now())
    except Refused as refusal:
        stop(f"{refusal.reason} {refusal.remedy}")
    typer.echo(f"{target}: {octets:,} octets, verified")


def restore(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="A backup.", exists=True, file_okay=False)],
) -> None:
    """Put a backup in the place of the data; those that were there are set aside. No server may run."""
    from invited.domain.errors import Refused
    from invited.engines import utc_now
    from invited.engines.embedded.backup import restore as put_back

    known = settings()
    if known.aws_table:
        stop("INVITED_AWS_TABLE is set: a backup is of one machine")
    try:
        aside = put_back(source, known.data_dir, utc_now())
    except Refused as refusal:
        stop(f"{refusal.reason} {refusal.remedy}")
    typer.echo(f"{known.data_dir}: restored from {source}; check it: invited doctor")
    if aside:
        typer.echo(f"what was there is in {aside}; remove it once all is well")
