"""How fast mail leaves: the bulk client beside smtplib, each against Postfix's smtp-sink, and smtp-source as the limit.

    make bench-send, or .venv/bin/python -m bench.send [--mails 20000] [--rounds 5] [--json FILE]

Needs smtp-sink and smtp-source (Debian: postfix, which need not run). All on 127.0.0.1. Every round runs each
contestant once, so that what else the machine does falls on all; the figure is the median, with the least and the most.
"""

from __future__ import annotations

import argparse
import json
import smtplib
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

from bench.sending import CONNECTIONS, LIMIT, SENDER, show, sink, smtp_source, summary, timed
from invited.engines.embedded.relay import parse
from invited.engines.embedded.smtp_client import BulkClient
from invited.ports import Letter, Sent

SIZE = 6144
RAW = b"Subject: bench\r\n\r\n" + (b"A" * 76 + b"\r\n") * (SIZE // 78 - 1)
SLOW = 10
"""A contestant that waits for every answer sends so much less, or the bench would take minutes."""


def main() -> None:
    """Run all rounds and print them."""
    options = _options()
    contestants: dict[str, tuple[Callable[[int, int], None], int]] = {
        LIMIT: (_smtp_source, options.mails),
        "bulk client, 10 connections, one batch": (_one_batch, options.mails),
        "bulk client, 10 connections, batches of 100 by 4 threads": (_small_batches, options.mails),
        "bulk client, 1 connection": (_one_connection, options.mails // 2),
        "smtplib, 1 kept connection (the baseline)": (_smtplib, options.mails // SLOW),
    }
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    with sink() as port:
        for _ in range(options.rounds):
            for name, (send, mails) in contestants.items():
                rounds[name].append(timed(partial(send, port, mails), mails))
    report = {name: summary(results) for name, results in rounds.items()}
    show(report)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:  # noqa: PTH123
            json.dump({"mail_octets": len(RAW), "rounds": options.rounds, "results": report}, file, indent=2)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--mails", type=int, default=20_000, choices=range(1_000, 20_001), metavar="1000..20000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def _letters(mails: int) -> list[Letter]:
    return [Letter(SENDER, f"guest{n}@guests.example", RAW) for n in range(mails)]


def _client(port: int, connections: int) -> BulkClient:
    return BulkClient(parse(f"smtp://127.0.0.1:{port}", "bench.example", 30), connections, lambda: datetime.now(UTC))


def _one_batch(port: int, mails: int, connections: int = CONNECTIONS) -> None:
    client = _client(port, connections)
    _check(client.send(_letters(mails)))
    client.close()


def _one_connection(port: int, mails: int) -> None:
    _one_batch(port, mails, 1)


def _small_batches(port: int, mails: int) -> None:
    client, letters = _client(port, CONNECTIONS), _letters(mails)
    with ThreadPoolExecutor(4) as pool:
        for results in pool.map(client.send, (letters[at : at + 100] for at in range(0, mails, 100))):
            _check(results)
    client.close()


def _smtplib(port: int, mails: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, "bench.example") as client:
        for letter in _letters(mails):
            client.sendmail(letter.envelope_from, letter.to, letter.raw)


def _smtp_source(port: int, mails: int) -> None:
    smtp_source(port, mails, len(RAW))


def _check(results: list[Sent]) -> None:
    if any(result != Sent() for result in results):
        sys.exit(f"not every mail was taken: {next(result for result in results if result != Sent())}")


if __name__ == "__main__":
    main()
