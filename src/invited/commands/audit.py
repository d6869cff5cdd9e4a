"""`invited audit`: who did what."""

from __future__ import annotations

from typing import Annotated

import typer

from invited.commands.terminal import engine


def audit(
    *,
    event: Annotated[str, typer.Option(help="Of this event alone.")] = "",
    actor: Annotated[str, typer.Option(help="By this actor alone, as they are listed: 'key …', 'cli …'.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
) -> None:
    """Tell who did what, newest first."""
    with engine() as opened:
        found = opened.ports.store.audit(event_id=event, actor=actor, limit=limit)
    for entry in found:
        detail = f"  {entry.detail}" if entry.detail else ""
        typer.echo(f"{entry.at:%Y-%m-%d %H:%M:%S}  {entry.actor}  {entry.action}  {entry.about}{detail}")
