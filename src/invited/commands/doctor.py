"""`invited doctor`: whether everything is as it must be, and what to do where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from invited.commands.terminal import settings, stop

if TYPE_CHECKING:
    from invited.domain.finding import Finding


def doctor(
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Put right what can be without losing anything; no server may run.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask neither DNS nor the relay.")] = False,
) -> None:
    """Check the data, the files, the settings, DNS and the relay; exits with 1 where something is wrong.

    The server may run meanwhile. All data are read: about a minute for a million invitations and mails.
    """
    from invited.domain.errors import Refused
    from invited.domain.finding import Level
    from invited.engines import utc_now
    from invited.entrypoints import doctor as surgery

    known = settings()
    if known.aws_table:
        stop("INVITED_AWS_TABLE is set, and this looks at one machine; on AWS: invited aws check")
    try:
        if repair:
            for finding in surgery.repair(known, utc_now()):
                typer.echo(f"mended   {finding.what}: {finding.text}")
        levels = [_shown(finding) for finding in surgery.examine(known, utc_now(), is_online=not offline)]
    except Refused as refusal:
        stop(f"{refusal.reason} {refusal.remedy}")
    wrong = levels.count(Level.WRONG)
    if wrong:
        stop(f"{wrong} things are wrong." if wrong > 1 else "One thing is wrong.")


def _shown(finding: Finding) -> str:
    typer.echo(f"{finding.level:<8} {finding.what}: {finding.text}")
    if finding.remedy:
        typer.echo(f"{'':<8} -> {finding.remedy}")
    return finding.level
