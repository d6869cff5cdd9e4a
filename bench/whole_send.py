"""How fast a list in the store becomes mail: claimed, built, accepted by smtp-sink and durably marked as sent.

    make bench-whole-send, or .venv/bin/python -m bench.whole_send [--mails 100000] [--rounds 5] [--workers 2] …

Once by the threads of one process, as `invited serve` does it, and once by worker processes, as `invited serve
--workers 2` does; over 10 connections either way. Beside it in every round: Postfix's smtp-source over 10 kept
connections as the limit, which sends mails of the same size that nobody built and nobody remembers; and what a script
would do, smtplib and the libraries of bench/build.py, one guest after the other. Needs smtp-sink and smtp-source
(Debian: postfix, which need not run).
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import smtplib
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

import structlog

from bench.build import by_libraries, pieces
from bench.sending import CONNECTIONS, LIMIT, SENDER, show, sink, smtp_source, summary, timed
from invited.domain import addresses
from invited.domain.event import Component, Event, Stamp
from invited.domain.invitation import Invitation
from invited.domain.moment import Moment
from invited.engines import open_embedded
from invited.engines.embedded.engine import EmbeddedEngine
from invited.entrypoints.worker import work_off
from invited.invites import catching_up, filled
from invited.messages import deliveries
from invited.settings import Settings

OURS, WORKERS = "invited in one process: claim, build, send, mark", "invited in {} worker processes"
SCRIPT = "a script: libraries, smtplib, remembers nothing (the baseline)"
BATCH = 500
"""People admitted at a time, as from a list."""

SLOW = 100
"""The script sends so much less, or the bench would take hours."""

BAR_LIMIT, BAR_SCRIPT = 1.0, 40.0
"""Times as fast as smtp-source, and as the script, that the whole send is meant to be."""

CHANGED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def main() -> None:
    """Run all rounds, print them, and fail below a bar."""
    options = _options()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    workers = WORKERS.format(options.workers)
    rounds: dict[str, list[tuple[float, float]]] = {LIMIT: [], OURS: [], workers: [], SCRIPT: []}
    few, octets = max(1, options.mails // SLOW), _octets()
    with sink() as port:
        for _ in range(options.rounds):
            rounds[LIMIT].append(timed(partial(smtp_source, port, options.mails, octets), options.mails))
            rounds[OURS].append(_whole_send(port, options.mails, partial(_by_threads, options.threads)))
            rounds[workers].append(_whole_send(port, options.mails, partial(_by_workers, options.workers)))
            rounds[SCRIPT].append(timed(partial(_script, port, few), few))
    report = {name: summary(results) for name, results in rounds.items()}
    print(f"{options.mails:,} mails of {octets:,} octets, {options.rounds} rounds")
    show(report)
    rate = max(report[OURS]["per_second"], report[workers]["per_second"])
    times = {"limit": rate / report[LIMIT]["per_second"], "script": rate / report[SCRIPT]["per_second"]}
    if options.json:
        figures = {"bench": "whole_send", "mails": options.mails, "octets": octets, "rounds": options.rounds}
        Path(options.json).write_text(json.dumps(figures | {"results": report, "times": times}, indent=2))
    if times["limit"] < BAR_LIMIT or times["script"] < BAR_SCRIPT:
        sys.exit(f"below the bar: {BAR_LIMIT} of smtp-source and {BAR_SCRIPT} of the script are meant")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mails", type=int, default=100_000, choices=range(1_000, 200_001), metavar="1000..200000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=Settings().threads, help="as INVITED_THREADS")
    parser.add_argument("--workers", type=int, default=2, help="as `invited serve --workers`")
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def _octets() -> int:
    """How large the mails are."""
    with tempfile.TemporaryDirectory() as folder, open_embedded(_settings(Path(folder), 25)) as engine:
        event_id = _listed(engine, 1)
        event, (guest,) = engine.ports.store.event(event_id), engine.ports.store.invitations(event_id)
        if event is None:
            sys.exit("the event is gone")
        (letter,) = filled(engine.ports, event, guest, catching_up(engine.ports, event, -1))
        return len(letter.raw)


Way: TypeAlias = Callable[[EmbeddedEngine, int], tuple[float, float]]
"""Works all off; the mails a second and the CPU of each, as `timed` has them, of so many."""


def _whole_send(port: int, mails: int, way: Way) -> tuple[float, float]:
    """One list of a new server; what is timed begins when all of it is in the store and due."""
    with tempfile.TemporaryDirectory() as folder, open_embedded(_settings(Path(folder), port)) as engine:
        event_id = _listed(engine, mails)
        rate = way(engine, mails)
        figures = engine.ports.store.statistics(event_id)
        if figures.sent != mails or figures.queued or figures.failed:
            sys.exit(f"not everything was sent: {figures}")
    return rate


def _settings(folder: Path, port: int) -> Settings:
    return Settings(
        domain="invites.example",  # type: ignore[arg-type]
        data_dir=folder,
        relay=f"smtp://127.0.0.1:{port}",  # type: ignore[arg-type]
        relay_connections=CONNECTIONS,
    )


def _listed(engine: EmbeddedEngine, mails: int) -> str:
    """An event with so many people admitted, whose mails are due; its id."""
    store, secret = engine.ports.store, engine.ports.secret
    event = _event()
    store.add_event(event, 1)
    for begin in range(0, mails, BATCH):
        people = [f"guest{number}@guests.example" for number in range(begin, min(begin + BATCH, mails))]
        named = [(addresses.token(secret, event.id, address), address) for address in people]
        admitted = store.admit(
            event.id,
            [Invitation(event.id, token, a, a.partition("@")[0], "list", "j", CHANGED) for token, a in named],
            mails,
        )
        engine.ports.queue.publish(deliveries(event.id, admitted.added))
    return event.id


def _event() -> Event:
    component = Component(
        start=Moment(datetime(2026, 12, 24, 18), "Europe/Paris"),
        stamp=Stamp(0, CHANGED, CHANGED),
        end=Moment(datetime(2026, 12, 24, 20, 30), "Europe/Paris"),
        summary="Größe, Spiel & Spaß",
        location="Große Halle; Tor 3, Köln",
        description="Doors open at six; the first dance is at seven.\n" * 20,
    )
    return Event(
        id=addresses.new_id(),
        domain="invites.example",
        organizer="ann@club.example",
        organizer_name="Ann Müller",
        origin_uid="1@club.example",
        created=CHANGED,
        changed=CHANGED,
        components=(component,),
    )


def _by_threads(threads: int, engine: EmbeddedEngine, mails: int) -> tuple[float, float]:
    """By so many threads of this process."""
    return timed(partial(worked_off, engine, threads), mails)


def _by_workers(workers: int, engine: EmbeddedEngine, mails: int) -> tuple[float, float]:
    """By processes of their own, which share the connections; what they need to start is not timed."""
    environment = os.environ | {
        "INVITED_DOMAIN": "invites.example",
        "INVITED_DATA_DIR": str(engine.ports.settings.data_dir),
        "INVITED_RELAY": engine.ports.settings.relay.get_secret_value() if engine.ports.settings.relay else "",
        "INVITED_RELAY_CONNECTIONS": str(max(1, CONNECTIONS // workers)),
    }
    command = [sys.executable, "-m", "bench.worker"]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) for _ in range(workers)]
    for process in processes:
        _said(process)
    start = perf_counter()
    for process in processes:
        print(file=process.stdin, flush=True)
    busy = sum(float(_said(process)) for process in processes)
    seconds = perf_counter() - start
    for process in processes:
        process.communicate()
    return mails / seconds, busy / mails * 1e6


def _said(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    return line or sys.exit("a worker process died")


def worked_off(engine: EmbeddedEngine, threads: int) -> None:
    """All that is due, by so many threads, as a server's workers do it."""

    def run() -> None:
        while work_off(engine.ports, engine.queue):
            pass

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def _script(port: int, mails: int) -> None:
    work = pieces()
    with smtplib.SMTP("127.0.0.1", port, "bench.example") as client:
        for number in range(mails):
            piece = work[number % len(work)]
            client.sendmail(SENDER, piece.copy.address, by_libraries(piece))


if __name__ == "__main__":
    main()
