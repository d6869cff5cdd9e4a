"""How fast mail leaves: the bulk client beside smtplib, each against Postfix's smtp-sink, and smtp-source as the limit.

    make bench-send, or .venv/bin/python -m bench.send [--mails 20000] [--rounds 5] [--json FILE]

Needs smtp-sink and smtp-source (Debian: postfix, which need not run). All on 127.0.0.1. Every round runs each
contestant once, so that what else the machine does falls on all; the figure is the median, with the least and the most.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import smtplib
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

from invited.engines.embedded.relay import parse
from invited.engines.embedded.smtp_client import BulkClient
from invited.ports import Letter, Sent

SIZE = 6144
CONNECTIONS = 10
RAW = b"Subject: bench\r\n\r\n" + (b"A" * 76 + b"\r\n") * (SIZE // 78 - 1)
SENDER = "rsvp@invites.example"
SLOW = 10
"""A contestant that waits for every answer sends so much less, or the bench would take minutes."""


def main() -> None:
    """Run all rounds and print them."""
    options = _options()
    contestants: dict[str, tuple[Callable[[int, int], None], int]] = {
        "smtp-source, 10 kept connections (the limit)": (_smtp_source, options.mails),
        "bulk client, 10 connections, one batch": (_one_batch, options.mails),
        "bulk client, 10 connections, batches of 100 by 4 threads": (_small_batches, options.mails),
        "bulk client, 1 connection": (_one_connection, options.mails // 2),
        "smtplib, 1 kept connection (the baseline)": (_smtplib, options.mails // SLOW),
    }
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    with _sink() as port:
        for _ in range(options.rounds):
            for name, (send, mails) in contestants.items():
                rounds[name].append(_timed(send, port, mails))
    report = {name: _summary(results) for name, results in rounds.items()}
    _print(report)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:  # noqa: PTH123
            json.dump({"mail_octets": len(RAW), "rounds": options.rounds, "results": report}, file, indent=2)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--mails", type=int, default=20_000, choices=range(1_000, 20_001), metavar="1000..20000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


@contextmanager
def _sink() -> Iterator[int]:
    """A smtp-sink on a free port."""
    sink = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if sink is None:
        sys.exit("smtp-sink is not there: install Debian's postfix package (it need not run)")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([sink, *as_nobody, f"127.0.0.1:{port}", "1024"])
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit("smtp-sink does not answer")


def _timed(send: Callable[[int, int], None], port: int, mails: int) -> tuple[float, float]:
    """Mails a second, and microseconds of CPU that this process spent on each."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    send(port, mails)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return mails / seconds, busy / mails * 1e6


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
    program = shutil.which("smtp-source", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    kept, many = "-d", ["-m", str(mails), "-s", str(CONNECTIONS), "-l", str(len(RAW))]
    addresses = ["-f", SENDER, "-t", "guest@guests.example", f"127.0.0.1:{port}"]
    subprocess.run([str(program), kept, *many, *addresses], check=True)


def _check(results: list[Sent]) -> None:
    if any(result != Sent() for result in results):
        sys.exit(f"not every mail was taken: {next(result for result in results if result != Sent())}")


def _summary(results: list[tuple[float, float]]) -> dict[str, float]:
    rates = [rate for rate, _ in results]
    cpu = statistics.median(busy for _, busy in results)
    return {
        "per_second": round(statistics.median(rates)),
        "least": round(min(rates)),
        "most": round(max(rates)),
        "cpu_us": round(cpu, 1),
    }


def _print(report: dict[str, dict[str, float]]) -> None:
    limit, baseline = next(iter(report.values()))["per_second"], list(report.values())[-1]["per_second"]
    print(f"{'':58}{'mails/s':>9}{'least':>9}{'most':>9}{'x limit':>9}{'x base':>9}{'CPU µs':>9}")
    for name, figures in report.items():
        rate = figures["per_second"]
        ratios = f"{rate / limit:>9.2f}{rate / baseline:>9.1f}"
        cpu = "" if name.startswith("smtp-source") else f"{figures['cpu_us']:.1f}"
        print(f"{name:58}{rate:>9,}{figures['least']:>9,}{figures['most']:>9,}{ratios}{cpu:>9}")


if __name__ == "__main__":
    main()
