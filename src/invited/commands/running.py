"""`invited serve` and its worker processes, and `invited demo`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from invited.commands.templates import must_be_usable
from invited.commands.terminal import settings, stop

if TYPE_CHECKING:
    from invited.settings import Settings


def serve(
    workers: Annotated[int, typer.Option(min=0, max=64, help="Processes for the work; 0: within this one.")] = 0,
) -> None:
    """Run the server: mail in, mail out, the API and the pages."""
    from invited.domain.errors import Refused

    known = settings()
    must_be_usable(known)
    try:
        with _counting_together(workers):
            # Only now: how they count is decided when they are imported.
            with _uncollected():
                from invited.entrypoints import logs
                from invited.entrypoints.serve import serve as run

            logs.set_up(known.log_format)
            run(known, workers, _announce)
    except Refused as refusal:
        stop(f"{refusal.reason} {refusal.remedy}")
    except OSError as trouble:
        stop(f"cannot listen: {trouble}")


@contextmanager
def _counting_together(workers: int) -> Iterator[None]:
    """Have worker processes keep their counts where this one finds them (metrics.py)."""
    import os
    import tempfile

    if not workers:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="invited-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


@contextmanager
def _uncollected() -> Iterator[None]:
    """Import without looking for garbage, of which there is none: a sixth of the start. What is there then stays."""
    import gc

    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def worker() -> None:
    """A worker process of `serve --workers`."""
    import signal

    from invited.entrypoints import logs
    from invited.entrypoints.serve import run_worker

    # Ctrl-C at a terminal reaches every process; the server tells its workers when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    known = settings()
    logs.set_up(known.log_format)
    run_worker(known)


def demo() -> None:
    """Play the whole loop against the running server in ten seconds."""
    from invited.demo import Unplayable, play
    from invited.domain.errors import Refused

    try:
        play(settings())
    except Unplayable as reason:
        stop(str(reason))
    except Refused as refusal:
        stop(f"{refusal.reason} {refusal.remedy}")


def _announce(settings: Settings) -> None:
    where = "sent on by the relay" if settings.relay else f"kept to look at: {settings.url}/lab"
    typer.echo(
        f"invited is running. Ctrl-C stops it.\n\n"
        f"  Mail an invite to  {settings.address('create')}   (SMTP at {settings.smtp_listen})\n"
        f"  What it sends is   {where}\n"
        f"  The API            {settings.url}/api/v1/openapi.json   (a key: invited keys create --admin)\n"
        f"  See the whole loop invited demo   (in another terminal)\n"
    )
