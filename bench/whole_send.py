"""How fast a list in the store becomes mail: claimed, built, accepted by smtp-sink and durably marked as sent.

    make bench-whole-send, or .venv/bin/python -m bench.whole_send [--mails 100000] [--rounds 5] [--json FILE]

Beside it in every round: Postfix's smtp-source over 10 kept connections as the limit, which sends mails of the same
size that nobody built and nobody remembers; and what a script would do, smtplib and the libraries of bench/build.py,
one guest after the other. Needs smtp-sink and smtp-source (Debian: postfix, which need not run).
"""

from __future__ import annotations

import argparse
import json
import logging
import smtplib
import sys
import tempfile
import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog

from bench.build import by_libraries, pieces
from bench.sending import CONNECTIONS, LIMIT, SENDER, show, sink, smtp_source, summary, timed
from invited.domain import addresses
from invited.domain.event import Component, Event, Stamp
from invited.domain.invitation import Invitation
from invited.domain.moment import Moment
from invited.engines import EmbeddedEngine, open_embedded
from invited.entrypoints.worker import work_off
from invited.messages import deliveries
from invited.settings import Settings

OURS, SCRIPT = "invited: claim, build, send, mark", "a script: libraries, smtplib, remembers nothing (the baseline)"
BATCH = 500
"""People admitted at a time, as from a list."""

SLOW = 100
"""The script sends so much less, or the bench would take hours."""

OCTETS = 6144
BAR_LIMIT, BAR_SCRIPT = 1.0, 40.0
"""Times as fast as smtp-source, and as the script, that the whole send is meant to be."""

CHANGED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def main() -> None:
    """Run all rounds, print them, and fail below a bar."""
    options = _options()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    rounds: dict[str, list[tuple[float, float]]] = {LIMIT: [], OURS: [], SCRIPT: []}
    with sink() as port:
        for _ in range(options.rounds):
            rounds[LIMIT].append(timed(partial(smtp_source, port, options.mails, OCTETS), options.mails))
            rounds[OURS].append(_whole_send(port, options.mails, options.threads))
            few = max(1, options.mails // SLOW)
            rounds[SCRIPT].append(timed(partial(_script, port, few), few))
    report = {name: summary(results) for name, results in rounds.items()}
    show(report)
    rate = report[OURS]["per_second"]
    times = {"limit": rate / report[LIMIT]["per_second"], "script": rate / report[SCRIPT]["per_second"]}
    if options.json:
        figures = {"bench": "whole_send", "mails": options.mails, "rounds": options.rounds, "results": report}
        Path(options.json).write_text(json.dumps(figures | {"times": times}, indent=2), encoding="utf-8")
    if times["limit"] < BAR_LIMIT or times["script"] < BAR_SCRIPT:
        sys.exit(f"below the bar: {BAR_LIMIT} of smtp-source and {BAR_SCRIPT} of the script are meant")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mails", type=int, default=100_000, choices=range(1_000, 200_001), metavar="1000..200000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=Settings().threads, help="as INVITED_THREADS")
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def _whole_send(port: int, mails: int, threads: int) -> tuple[float, float]:
    """One list of a new server; what is timed begins when all of it is in the store and due."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            domain="invites.example",  # type: ignore[arg-type]
            data_dir=Path(folder),
            relay=f"smtp://127.0.0.1:{port}",  # type: ignore[arg-type]
            relay_connections=CONNECTIONS,
        )
        with open_embedded(settings) as engine:
            event_id = _listed(engine, mails)
            rate = timed(partial(_worked_off, engine, threads), mails)
            figures = engine.ports.store.statistics(event_id)
            if figures.sent != mails or figures.queued or figures.failed:
                sys.exit(f"not everything was sent: {figures}")
    return rate


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


def _worked_off(engine: EmbeddedEngine, threads: int) -> None:
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
