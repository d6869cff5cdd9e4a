"""The `invited` command. Each command imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from invited.commands import aws, dead_letters, jobs, organizers, suppression
from invited.commands.audit import audit
from invited.commands.terminal import engine as _engine
from invited.commands.terminal import event_of
from invited.commands.terminal import note as _note
from invited.commands.terminal import settings as _settings
from invited.commands.terminal import stop as _stop

if TYPE_CHECKING:
    from invited.domain.hook import Hook
    from invited.engines import Opened
    from invited.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
keys = typer.Typer(no_args_is_help=True, help="API keys: create, list, remove.")
lists = typer.Typer(no_args_is_help=True, help="Lists of people: send.")
dkim = typer.Typer(no_args_is_help=True, help="DKIM keys, which sign every mail that goes out.")
templates = typer.Typer(no_args_is_help=True, help="The mails' templates: list, preview, export, check.")
dead = typer.Typer(no_args_is_help=True, help="Messages that could not be handled: list, show, replay.")
webhooks = typer.Typer(no_args_is_help=True, help="Webhooks: list, add, remove, ping, log.")
app.add_typer(keys, name="keys")
app.add_typer(webhooks, name="webhooks")
app.add_typer(lists, name="list")
app.add_typer(templates, name="templates")
app.add_typer(dkim, name="dkim")
app.add_typer(jobs.app, name="jobs")
app.add_typer(organizers.app, name="organizers")
app.add_typer(suppression.app, name="suppression")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(aws.app, name="aws")
app.command()(audit)


def main() -> None:
    """Run the command line."""
    app()


@app.command()
def serve(
    workers: Annotated[int, typer.Option(min=0, max=64, help="Processes for the work; 0: within this one.")] = 0,
) -> None:
    """Run the server: mail in, mail out, the API and the pages."""
    from invited.domain.errors import Refused
    from invited.entrypoints import logs
    from invited.entrypoints.serve import serve as run

    settings = _settings()
    _check_templates(settings)
    logs.set_up()
    try:
        run(settings, workers, _announce)
    except Refused as refusal:
        _stop(f"{refusal.reason} {refusal.remedy}")
    except OSError as trouble:
        _stop(f"cannot listen: {trouble}")


def _check_templates(settings: Settings) -> None:
    """Stop where mails could not be made from the operator's own templates."""
    from invited.mails.faults import faults

    if settings.templates_dir and (found := faults(settings.templates_dir)):
        _stop("\n".join(found))


@app.command(hidden=True)
def worker() -> None:
    """A worker process of `serve --workers`."""
    import signal

    from invited.entrypoints import logs
    from invited.entrypoints.serve import run_worker

    # Ctrl-C at a terminal reaches every process; the server tells its workers when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logs.set_up()
    run_worker(_settings())


@app.command()
def demo() -> None:
    """Play the whole loop against the running server in ten seconds."""
    from invited.demo import Unplayable, play
    from invited.domain.errors import Refused

    try:
        play(_settings())
    except Unplayable as reason:
        _stop(str(reason))
    except Refused as refusal:
        _stop(f"{refusal.reason} {refusal.remedy}")


@app.command()
def inject(
    files: Annotated[list[Path], typer.Argument(help="Mails (.eml) or calendar objects (.ics).", exists=True)],
    to: Annotated[str, typer.Option(help="The mailbox: create, rsvp, list or report.")] = "create",
) -> None:
    """Take mails from files, as if they had come by SMTP."""
    from invited.entrypoints.inject import inject as take

    with _engine() as engine:
        for file in files:
            key = take(engine.ports, file.read_bytes(), to)
            typer.echo(f"{file}: taken as {key}")


@app.command()
def send(
    event_id: Annotated[str, typer.Argument(metavar="EVENT", help="The event's id.")],
    addresses: Annotated[list[str], typer.Argument(help="Whom to invite.")],
) -> None:
    """Invite people to an event."""
    from invited.admission import request_send
    from invited.messages import Attendee

    with _engine() as engine:
        event = event_of(engine.ports, event_id)
        job, admission = request_send(engine.ports, event, [Attendee(a) for a in addresses], "api")
        detail = f"job {job}: {len(admission.added)} of {len(addresses)} added"
        _note(engine.ports, "event.send", f"event {event.id}", event_id=event.id, detail=detail)
    typer.echo(f"job {job}: {len(admission.added)} added, {admission.already} already invited")
    for address, why in (*admission.suppressed, *admission.invalid):
        typer.echo(f"not invited: {address}: {why}", err=True)


@lists.command("send")
def send_list(
    event_id: Annotated[str, typer.Argument(metavar="EVENT", help="The event's id.")],
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="CSV or text; - for standard input.")],
    *,
    start: Annotated[datetime | None, typer.Option(help="Send nothing before; local time.")] = None,
    follow: Annotated[bool, typer.Option(help="Show how it comes along. Ctrl-C lets it go on alone.")] = True,
) -> None:
    """Invite everybody on a list, of any length."""
    from invited.domain.addresses import new_id
    from invited.jobs import Plan, begin

    with _engine() as engine:
        plan = Plan(new_id(), "list", start.astimezone() if start else None)
        event = event_of(engine.ports, event_id)
        begin(engine.ports, event, plan, iter(lambda: file.read(65_536), b""))
        _note(engine.ports, "event.list", f"event {event.id}", event_id=event.id, detail=f"job {plan.id}")
        typer.echo(f"job {plan.id}")
        if follow:
            _follow(engine, plan.id)


def _follow(engine: Opened, job_id: str) -> None:
    from rich.console import Console

    from invited.engines.embedded.lock import is_held
    from invited.entrypoints.follow import follow, summary

    settings = engine.ports.settings
    if not settings.aws_table and not is_held(settings.data_dir):
        typer.echo("No server is running here; the list is sent as soon as one is: invited serve")
        return
    with suppress(KeyboardInterrupt):
        for line in summary(follow(engine.ports, job_id, Console(stderr=True))):
            typer.echo(line)


@app.command()
def report(event_id: Annotated[str, typer.Argument(metavar="EVENT", help="The event's id.")]) -> None:
    """Print who was invited and what they answered, as CSV."""
    from invited.report import report as lines

    with _engine() as engine:
        for line in lines(engine.ports.store, event_of(engine.ports, event_id).id):
            sys.stdout.write(line)


@app.command()
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
        _stop("name at least one file")
    report, is_bad = linting.report(checked, strict=strict, as_json=as_json)
    typer.echo(report)
    raise typer.Exit(int(is_bad))


@app.command()
def replay(
    event_id: Annotated[str, typer.Argument(metavar="[EVENT]", help="The event's id.")] = "",
    *,
    every: Annotated[bool, typer.Option("--all", help="All events.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Store what the archive says; else only compare.")] = False,
) -> None:
    """Work the answers out anew from the archived mail; exit code 1 where they differ from what is stored."""
    from invited.entrypoints.replay import every_event, told
    from invited.entrypoints.replay import replay as run

    if bool(event_id) == every:
        _stop("name one EVENT, or give --all")
    with _engine() as engine:
        events = list(every_event(engine.ports.store)) if every else [event_of(engine.ports, event_id)]
        found = run(engine.ports, events, lambda line: typer.echo(line, err=True), is_applied=apply)
        for comparison in found if apply else ():
            if not comparison.is_same:
                changed = comparison.event.id
                _note(engine.ports, "event.replay", f"event {changed}", event_id=changed)
    for comparison in found:
        typer.echo("\n".join(told(comparison)))
    if not apply and not all(comparison.is_same for comparison in found):
        _stop("What differs is stored with --apply.")


@app.command()
def settings(
    *, markdown: Annotated[bool, typer.Option("--markdown", help="The table of docs/settings.md.")] = False
) -> None:
    """Show every setting, its value and where it came from."""
    from invited.settings import described, documented

    if markdown:
        typer.echo(documented())
        return
    for name, value, source, about in described(_settings()):
        typer.echo(f"{name}={value}  ({source})\n    {about}")


@app.command()
def openapi() -> None:
    """Print the API's description, OpenAPI 3.1, without a server."""
    import json

    from invited.api.app import create_app
    from invited.engines import open_embedded
    from invited.settings import Settings

    with open_embedded(Settings(), memory=True) as engine:
        described = create_app(engine.ports, lab=engine.lab, mail_in=lambda *_: None).openapi()
    typer.echo(json.dumps(described, indent=1))


@keys.command("create")
def create_key(
    *,
    admin: Annotated[bool, typer.Option("--admin", help="For the whole domain.")] = False,
    organizer: Annotated[str | None, typer.Option(help="For the events of this organizer alone.")] = None,
    note: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Days for which it is good; default: no end.")
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What alone it may do, such as events:read; may be repeated. Default: all but addresses."),
    ] = None,
    addresses: Annotated[
        bool, typer.Option("--addresses", help="Let it read whole addresses: attendees:read.")
    ] = False,
) -> None:
    """Make a key; it is shown this once."""
    from invited.credentials import new_key
    from invited.domain.principal import USUAL, Scope

    with _engine() as engine:
        try:
            scopes = {Scope(name) for name in scope} if scope else USUAL
        except ValueError as reason:
            _stop(f"{reason}; there are {', '.join(Scope)}")
        try:
            held = scopes | ({Scope.ATTENDEES_READ} if addresses else set())
            now = engine.ports.now()
            key, text = new_key(
                admin, organizer, now, note, scopes=held, expires=now + timedelta(days) if days else None
            )
        except ValueError as reason:
            _stop(f"{reason}: give --admin or --organizer ADDRESS")
        engine.ports.store.add_key(key)
        _note(engine.ports, "key.create", f"key {key.id}", detail=f"for {key.organizer or 'the domain'}")
    typer.echo(text)


@keys.command("list")
def list_keys() -> None:
    """List the keys, never their secrets."""
    with _engine() as engine:
        page = engine.ports.store.keys()
        while page:
            for key in page:
                whose = "admin" if key.is_admin else key.organizer
                used = f"used {key.used:%Y-%m-%d}" if key.used else "never used"
                ends = f"  until {key.expires:%Y-%m-%d}" if key.expires else ""
                scopes = " ".join(sorted(key.scopes))
                typer.echo(f"{key.id}  {whose}  {key.created:%Y-%m-%d}  {used}{ends}  {scopes}  {key.note}")
            page = engine.ports.store.keys(after=page[-1].id)


@keys.command("remove")
def remove_key(key_id: Annotated[str, typer.Argument(metavar="KEY", help="Its id, as listed.")]) -> None:
    """Take a key back: it opens nothing any more."""
    with _engine() as engine:
        if not engine.ports.store.remove_key(key_id):
            _stop(f"there is no key {key_id}; `invited keys list` shows those there are")
        _note(engine.ports, "key.remove", f"key {key_id}")


@webhooks.command("list")
def list_webhooks(
    organizer: Annotated[str, typer.Option(help="Those of this organizer; default: the domain's.")] = "",
) -> None:
    """List webhooks and how they fare."""
    with _engine() as engine:
        for hook in engine.ports.store.hooks(organizer.lower()):
            state = f"disabled: {hook.disabled}" if hook.disabled else f"{hook.health.failures} failures in a row"
            kinds = " ".join(hook.kinds) or "everything"
            typer.echo(f"{hook.id}  {hook.url}  {kinds}  {state}, {hook.waiting} waiting  {hook.note}")


@webhooks.command("add")
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

    with _engine() as engine:
        if event:
            event_of(engine.ports, event)
        try:
            hook = hooks.new_hook(
                engine.ports, url, organizer, kinds=kind or (), event_id=event, note=note, addresses=addresses
            )
            engine.ports.store.add_hook(hook, engine.ports.settings.webhook_limit)
        except Refused as refusal:
            _stop(f"{refusal.reason} {refusal.remedy}")
        except (ValueError, LimitReached) as reason:
            _stop(str(reason))
        _note(engine.ports, "webhook.add", f"webhook {hook.id}", event_id=event)
        typer.echo(f"{hook.id}  {hooks.secret(engine.ports, hook.id, hook.generation)}")


@webhooks.command("remove")
def remove_webhook(hook_id: Annotated[str, typer.Argument(metavar="WEBHOOK", help="Its id, as listed.")]) -> None:
    """Call it no more, and forget its log."""
    with _engine() as engine:
        engine.ports.store.remove_hook(_webhook(engine, hook_id).id)
        _note(engine.ports, "webhook.remove", f"webhook {hook_id}")


@webhooks.command("ping")
def ping_webhook(hook_id: Annotated[str, typer.Argument(metavar="WEBHOOK", help="Its id, as listed.")]) -> None:
    """Have it called for a test by the running server; see its log."""
    from invited import hooks

    with _engine() as engine:
        hook = _webhook(engine, hook_id)
        if hook.disabled:
            _stop(f"it is disabled: {hook.disabled}; enable it by PATCH /api/v1/webhooks/{hook.id}")
        typer.echo(hooks.ping(engine.ports, hook).id)


@webhooks.command("log")
def log_webhook(
    hook_id: Annotated[str, typer.Argument(metavar="WEBHOOK", help="Its id, as listed.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
) -> None:
    """Show what became of its latest calls, newest first."""
    with _engine() as engine:
        hook = _webhook(engine, hook_id)
        for call in engine.ports.store.calls(hook.id, engine.ports.now(), limit=limit):
            typer.echo(f"{call.id}  {call.created:%Y-%m-%d %H:%M:%S}  {call.kind}  {call.state}")
            for attempt in call.attempts:
                typer.echo(f"    {attempt.at:%Y-%m-%d %H:%M:%S}  {attempt.status}  {attempt.seconds}s  {attempt.text}")


@templates.command("list")
def list_templates() -> None:
    """List every mail, and which of its templates are your own."""
    from invited.mails.templates import names, own_files

    folder = _settings().templates_dir
    for name in names():
        typer.echo(f"{name}  {' '.join(own_files(folder, name)) or 'as it comes'}")


@templates.command("check")
def check_templates() -> None:
    """Try your own templates; exits with 1 where a mail could not be made."""
    settings = _settings()
    if settings.templates_dir is None:
        _stop("INVITED_TEMPLATES_DIR names no folder, so all templates are as they come")
    _check_templates(settings)


@templates.command("export")
def export_templates(folder: Annotated[Path, typer.Argument(help="Where to; for INVITED_TEMPLATES_DIR.")]) -> None:
    """Write all mail templates into FOLDER/mail, to change and keep those that you need; what is there stays."""
    from invited.mails.files import export

    for file in export(folder):
        typer.echo(file)


@templates.command("preview")
def preview_template(
    name: Annotated[str, typer.Argument(help="The mail, as listed.")],
    *,
    kind: Annotated[str, typer.Option(help="Of an invite: invitation, reminder, updated, cancelled.")] = "invitation",
    output: Annotated[Path, typer.Option(help="The folder for NAME.html, .txt and .eml.")] = Path(),
    send_to_lab: Annotated[bool, typer.Option("--send-to-lab", help="Into the mail lab instead.")] = False,
) -> None:
    """Make a mail with an example's values, as it would be sent."""
    from invited.engines import EmbeddedEngine
    from invited.mails.files import written
    from invited.notices import example

    with _engine() as engine:
        domain = engine.ports.settings.domain[0]
        try:
            letter = example(engine.ports, domain, name, f"preview@{domain}", kind)
        except KeyError as unknown:
            _stop(f"there is no {unknown}; `invited templates list` names every mail")
        if send_to_lab:
            lab = engine.lab if isinstance(engine, EmbeddedEngine) else None
            if lab is None:
                _stop("there is no lab: INVITED_RELAY or INVITED_AWS_TABLE is set")
            lab.send([letter])
            typer.echo(f"{engine.ports.settings.url}/lab")
            return
    for file in written(letter.raw, output, name):
        typer.echo(file)


@dkim.command("create")
def create_dkim(
    domain: Annotated[str | None, typer.Option(help="Of which domain; default: the first one served.")] = None,
    selector: Annotated[str, typer.Option(help="The key's name in DNS.")] = "invited",
    kind: Annotated[str, typer.Option("--type", help="rsa, which all understand, or ed25519.")] = "rsa",
) -> None:
    """Make a key and print the DNS record that publishes it; the server signs with it from its next start."""
    from invited.domain.errors import Refused
    from invited.engines.embedded.folder import made
    from invited.engines.embedded.signing import add_key

    settings = _settings()
    try:
        name, value = add_key(made(settings.data_dir), domain or settings.domain[0], selector, kind)
    except Refused as refusal:
        _stop(f"{refusal.reason} {refusal.remedy}")
    except ValueError as fault:
        _stop(str(fault))
    typer.echo(f"{name} TXT {value}")


@app.command()
def dns() -> None:
    """Print the DNS records to publish: where mail comes in, and who may send it."""
    from invited.dns import records
    from invited.engines.embedded.signing import record, signers

    settings = _settings()
    for name, kind, value in records(settings, [record(signer) for signer in signers(settings.data_dir)]):
        typer.echo(f"{name} {kind} {value}")


def _webhook(engine: Opened, hook_id: str) -> Hook:
    hook = engine.ports.store.hook(hook_id)
    if hook is None:
        _stop(f"there is no webhook {hook_id}; `invited webhooks list` shows those there are")
    return hook


def _announce(settings: Settings) -> None:
    where = "sent on by the relay" if settings.relay else f"kept to look at: {settings.url}/lab"
    typer.echo(
        f"invited is running. Ctrl-C stops it.\n\n"
        f"  Mail an invite to  {settings.address('create')}   (SMTP at {settings.smtp_listen})\n"
        f"  What it sends is   {where}\n"
        f"  The API            {settings.url}/api/v1/openapi.json   (a key: invited keys create --admin)\n"
        f"  See the whole loop invited demo   (in another terminal)\n"
    )
