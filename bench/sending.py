"""What the benches of sending share: a sink, the fastest sender there is as the limit, and how rates are told."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

CONNECTIONS = 10
SENDER = "rsvp@invites.example"
LIMIT = "smtp-source, 10 kept connections (the limit)"


@contextmanager
def sink(counts: Path | None = None) -> Iterator[int]:
    """Postfix's smtp-sink on a free port of 127.0.0.1, which keeps no mail and writes to `counts` how many came."""
    program = _program("smtp-sink")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
    words = [program, *as_nobody, *(["-c"] if counts else []), f"127.0.0.1:{port}", "1024"]
    with open(counts or os.devnull, "wb") as told:  # noqa: PTH123 - the null device is no Path of ours
        process = subprocess.Popen(words, stdout=told)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def taken(counts: Path) -> int:
    """How many mails a counting sink has taken so far."""
    with counts.open("rb") as told:
        told.seek(max(0, counts.stat().st_size - 200))
        return int(told.read().rpartition(b"mesg=")[2])


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit("smtp-sink does not answer")


def smtp_source(port: int, mails: int, octets: int) -> None:
    """Send so many mails of so many octets as fast as Postfix's own load generator can, over kept connections."""
    kept, many = "-d", ["-m", str(mails), "-s", str(CONNECTIONS), "-l", str(octets)]
    addresses = ["-f", SENDER, "-t", "guest@guests.example", f"127.0.0.1:{port}"]
    subprocess.run([_program("smtp-source"), kept, *many, *addresses], check=True)


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        sys.exit(f"{name} is not there: install Debian's postfix package (it need not run)")
    return found


def timed(send: Callable[[], object], mails: int) -> tuple[float, float]:
    """Mails a second, and microseconds of CPU that this process spent on each."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    send()
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return mails / seconds, busy / mails * 1e6


def summary(results: Sequence[tuple[float, float]]) -> dict[str, float]:
    """The median of what was timed, the least and the most, and the median of the CPU."""
    rates = [rate for rate, _ in results]
    cpu = statistics.median(busy for _, busy in results)
    return {
        "per_second": round(statistics.median(rates)),
        "least": round(min(rates)),
        "most": round(max(rates)),
        "cpu_us": round(cpu, 1),
    }


def show(report: Mapping[str, Mapping[str, float]]) -> None:
    """The table of a report whose first line is the limit and whose last is the baseline."""
    limit, baseline = next(iter(report.values()))["per_second"], list(report.values())[-1]["per_second"]
    print(f"{'':58}{'mails/s':>9}{'least':>9}{'most':>9}{'x limit':>9}{'x base':>9}{'CPU µs':>9}")
    for name, figures in report.items():
        rate = figures["per_second"]
        ratios = f"{rate / limit:>9.2f}{rate / baseline:>9.1f}"
        cpu = "" if name == LIMIT else f"{figures['cpu_us']:.1f}"
        print(f"{name:58}{rate:>9,}{figures['least']:>9,}{figures['most']:>9,}{ratios}{cpu:>9}")
