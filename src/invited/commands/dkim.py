"""`invited dkim` and `invited dns`: the keys that sign mail, and what to publish."""

from __future__ import annotations

from typing import Annotated

import typer

from invited.commands.terminal import settings, stop

app = typer.Typer(no_args_is_help=True, help="DKIM keys, which sign every mail that goes out.")


@app.command("create")
def create_dkim(
    domain: Annotated[str | None, typer.Option(help="Of which domain; default: the first one served.")] = None,
    selector: Annotated[str, typer.Option(help="The key's name in DNS.")] = "invited",
    kind: Annotated[str, typer.Option("--type", help="rsa, which all understand, or ed25519.")] = "rsa",
) -> None:
    """Make a key and print the DNS record that publishes it; the server signs with it from its next start."""
    from invited.domain.errors import Refused
    from invited.engines.embedded.folder import made
    from invited.engines.embedded.signing import add_key

    known = settings()
    try:
        name, value = add_key(made(known.data_dir), domain or known.domain[0], selector, kind)
    except Refused as refusal:
        stop(f"{refusal.reason} {refusal.remedy}")
    except ValueError as fault:
        stop(str(fault))
    typer.echo(f"{name} TXT {value}")


def dns() -> None:
    """Print the DNS records to publish: where mail comes in, and who may send it."""
    from invited.dns import records
    from invited.engines.embedded.signing import record, signers

    known = settings()
    for name, kind, value in records(known, [record(signer) for signer in signers(known.data_dir)]):
        typer.echo(f"{name} {kind} {value}")
