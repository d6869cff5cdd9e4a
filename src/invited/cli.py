"""The `invited` command. Each command imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import typer

from invited.commands import (
    answers,
    aws,
    dead_letters,
    describing,
    dkim,
    inviting,
    jobs,
    keys,
    linting,
    organizers,
    running,
    suppression,
    templates,
    webhooks,
)
from invited.commands.audit import audit
from invited.commands.backup import backup, restore
from invited.commands.doctor import doctor

# Help in plain text: the library that would frame it takes longer to load than everything else together.
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 140},
    help="The calendar invite server: mail in an invite, send it to anybody, count the answers.",
)

app.command()(running.serve)
app.command(hidden=True)(running.worker)
app.command()(running.demo)
app.command()(inviting.inject)
app.command()(inviting.send)
app.command()(answers.report)
app.command()(linting.lint)
app.command()(answers.replay)
app.command("settings")(describing.show_settings)
app.command()(describing.openapi)
app.command()(dkim.dns)
app.command()(audit)
app.command()(doctor)
app.command()(backup)
app.command()(restore)
for name, group in (
    ("keys", keys.app),
    ("webhooks", webhooks.app),
    ("list", inviting.lists),
    ("templates", templates.app),
    ("dkim", dkim.app),
    ("jobs", jobs.app),
    ("organizers", organizers.app),
    ("suppression", suppression.app),
    ("dead-letters", dead_letters.app),
    ("aws", aws.app),
):
    app.add_typer(group, name=name)


def main() -> None:
    """Run the command line."""
    app()
