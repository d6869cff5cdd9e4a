"""`invited webhooks`: who is called when something happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from invited.commands.terminal import engine, event_of, stop
from invited.commands.terminal import note as write_down

if TYPE_CHECKING:
    from invited.domain.hook import Hook
    from invited.engines import Opened

app = typer.Typer(no_args_is_help=True, help="Webhooks: list, add, remove, ping, log.")


@app.command("list")
def list_webhooks(
    organizer: Annotated[str, typer.Option(help="Those of this organizer; default: the domain's.")] = "",
) -> None:
    """List webhooks and how they fare."""
    with engine() as opened:
        for hook in opened.ports.store.hooks(organizer.lower()):
            state = f"disabled: {hook.disabled}" if hook.disabled else f"{hook.health.failures} failures in a row"
            kinds = " ".join(hook.kinds) or "everything"
            typer.echo(f"{hook.id}  {hook.url}  {kinds}  {state}, {hook.waiting} waiting  {hook.note}")


@app.command("add")
def add_webhook(
    url: Annotated[str, typer.Argument(help="An https:// address.")],
    *,
    organizer: Annotated[str, typer.Option(help="For the events of this organizer; default: all.")] = "",
    kind: Annotated[list[str] | None, typer.Option(help="What to listen to; may be repeated. Default: all.")] = None,
    event: Annotated[str, typer.Option(help="For this event alone.")] = "",
    addresses: Annotated[bool, typer.Option("--addresses", help="Tell addresses of attendees, too.")] = False,
    note: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Have an address called; the secret that signs the calls is shown this once."""
    from invited import hooks
    from invited.domain.errors import LimitReached, Refused

    with engine() as opened:
        if event:
            event_of(opened.ports, event)
        try:
            hook = hooks.new_hook(
                opened.ports, url, organizer, kinds=kind or (), event_id=event, note=note, addresses=addresses
            )
            opened.ports.store.add_hook(hook, opened.ports.settings.webhook_limit)
        except Refused as refusal:
            stop(f"{refusal.reason} {refusal.remedy}")
        except (ValueError, LimitReached) as reason:
            stop(str(reason))
        write_down(opened.ports, "webhook.add", f"webhook {hook.id}", event_id=event)
        typer.echo(f"{hook.id}  {hooks.secret(opened.ports, hook.id, hook.generation)}")


@app.command("remove")
def remove_webhook(hook_id: Annotated[str, typer.Argument(metavar="WEBHOOK", help="Its id, as listed.")]) -> None:
    """Call it no more, and forget its log."""
    with engine() as opened:
        opened.ports.store.remove_hook(_webhook(opened, hook_id).id)
        write_down(opened.ports, "webhook.remove", f"webhook {hook_id}")


@app.command("ping")
def ping_webhook(hook_id: Annotated[str, typer.Argument(metavar="WEBHOOK", help="Its id, as listed.")]) -> None:
    """Have it called for a test by the running server; see its log."""
    from invited import hooks

    with engine() as opened:
        hook = _webhook(opened, hook_id)
        if hook.disabled:
            stop(f"it is disabled: {hook.disabled}; enable it by PATCH /api/v1/webhooks/{hook.id}")
        typer.echo(hooks.ping(opened.ports, hook).id)


@app.command("log")
def log_webhook(
    hook_id: Annotated[str, typer.Argument(metavar="WEBHOOK", help="Its id, as listed.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
) -> None:
    """Show what became of its latest calls, newest first."""
    with engine() as opened:
        hook = _webhook(opened, hook_id)
        for call in opened.ports.store.calls(hook.id, opened.ports.now(), limit=limit):
            typer.echo(f"{call.id}  {call.created:%Y-%m-%d %H:%M:%S}  {call.kind}  {call.state}")
            for attempt in call.attempts:
                typer.echo(f"    {attempt.at:%Y-%m-%d %H:%M:%S}  {attempt.status}  {attempt.seconds}s  {attempt.text}")


def _webhook(opened: Opened, hook_id: str) -> Hook:
    hook = opened.ports.store.hook(hook_id)
    if hook is None:
        stop(f"there is no webhook {hook_id}; `invited webhooks list` shows those there are")
    return hook
