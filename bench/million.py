"""A list of a million people, end to end: uploaded, read, admitted, built, taken by smtp-sink and marked as sent.

    make bench-million, or .venv/bin/python -m bench.million [--rows 1000000] [--small 10000] [--json FILE]

A real `invited serve` on 127.0.0.1 with its database on the disk. Small lists first, five of them, for the rate that
the large one is held against; then the large one; then the large one again, of which nothing may go out. Every process
of the server is watched for the most memory it ever holds. Needs smtp-sink (Debian: postfix, which need not run).
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.sending import sink, taken

SMALL_RUNS = 5
LOOK = 0.5
"""Seconds between two looks at the job and the memory."""

PATIENCE = 3600.0
"""Seconds after which a job is given up."""

NOTICES = 2
"""Mails to the organizer that may fall into a run: that the event is ready, and the report on the list."""

BAR_RATE = 0.8
"""The rate of the large list in terms of the small ones'."""

BAR_MEMORY = 200
"""MB (of 1,000,000 octets) that no process may exceed."""

EVENT = """BEGIN:VCALENDAR\r
PRODID:-//bench//EN\r
VERSION:2.0\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
UID:{uid}@club.example\r
DTSTAMP:20261101T090000Z\r
DTSTART:20300601T180000Z\r
DTEND:20300601T200000Z\r
SUMMARY:Ball\r
ORGANIZER:mailto:ann@club.example\r
END:VEVENT\r
END:VCALENDAR\r
"""


@dataclass(slots=True)
class Server:
    """A running server: where it listens, its key, and the resident memory in octets of each look at its processes."""

    port: int
    process: subprocess.Popen[bytes]
    env: dict[str, str]
    key: str = ""
    memory: list[int] = field(default_factory=list)

    def command(self, *words: str) -> str:
        """What an `invited` command says."""
        ran = subprocess.run([sys.executable, "-m", "invited", *words], env=self.env, capture_output=True, check=True)
        return ran.stdout.decode()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the API and its JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "text/csv"}
        connection.request(method, path, body, headers, encode_chunked=body is not None)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 400:
            sys.exit(f"{method} {path}: {answer.status} {text[:500]!r}")
        return json.loads(text)

    def look(self) -> None:
        """Note how much the largest of its processes holds now."""
        self.memory.append(max(_resident(pid) for pid in _family(self.process.pid)))

    @property
    def peak(self) -> int:
        """The most that any of its processes ever held, as the kernel remembers it."""
        return max(_resident(pid, "VmHWM") for pid in _family(self.process.pid))


def main() -> None:
    """Run it all, print the figures, and fail below a bar."""
    options = _options()
    with _folder() as folder, sink(folder / "counts") as relay, _server(folder, relay, options.workers) as server:
        rates = [_send(server, _event(server, f"small{n}"), options.small) for n in range(SMALL_RUNS)]
        event, before = _event(server, "large"), taken(folder / "counts")
        server.memory.clear()
        rate = _send(server, event, options.rows)
        flat, sent = _flatness(server.memory), taken(folder / "counts") - before
        _send(server, event, options.rows)
        report = {
            "bench": "million",
            "rows": options.rows,
            "workers": options.workers,
            "per_second": round(rate),
            "small_rows": options.small,
            "small_per_second": sorted(map(round, rates)),
            "ratio": round(rate / statistics.median(rates), 2),
            "mails": sent,
            "mails_of_the_second_run": taken(folder / "counts") - before - sent,
            "peak_mb": round(server.peak / 1e6),
            "late_over_early": flat,
        }
    _tell(report)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2), encoding="utf-8")
    is_exact = 0 <= report["mails"] - options.rows <= NOTICES and report["mails_of_the_second_run"] <= NOTICES
    if report["ratio"] < BAR_RATE or report["peak_mb"] > BAR_MEMORY or not is_exact:
        sys.exit(f"below the bar: ratio {BAR_RATE}, {BAR_MEMORY} MB, each mail once and none in the second run")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--rows", type=int, default=1_000_000, choices=range(10_000, 1_000_001), metavar="10000..1000000"
    )
    parser.add_argument("--small", type=int, default=10_000, choices=range(1_000, 100_001), metavar="1000..100000")
    parser.add_argument("--workers", type=int, default=0, help="as `invited serve --workers`")
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


@contextmanager
def _server(folder: Path, relay: int, workers: int) -> Iterator[Server]:
    port, smtp = _free_port(), _free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("INVITED_")} | {
        "INVITED_DATA_DIR": str(folder / "data"),
        "INVITED_DOMAIN": "invites.example",
        "INVITED_HTTP_LISTEN": f"127.0.0.1:{port}",
        "INVITED_SMTP_LISTEN": f"127.0.0.1:{smtp}",
        "INVITED_INBOUND_AUTH": "trust",
        "INVITED_RELAY": f"smtp://127.0.0.1:{relay}",
    }
    words = [sys.executable, "-m", "invited", "serve", "--workers", str(workers)]
    process = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Server(port, process, env)
    try:
        _until_ready(server)
        server.key = server.command("keys", "create", "--admin").split()[-1]
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _until_ready(server: Server) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", server.port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the server does not start")


def _event(server: Server, uid: str) -> str:
    """A new event, mailed in by its organizer; its id."""
    known = {event["id"] for event in server.call("GET", "/api/v1/domain/events")["events"]}
    with tempfile.NamedTemporaryFile("w", suffix=".ics", newline="") as file:
        file.write(EVENT.format(uid=uid))
        file.flush()
        server.command("inject", file.name)
    for _ in range(200):
        made = {event["id"] for event in server.call("GET", "/api/v1/domain/events")["events"]} - known
        if made:
            return str(made.pop())
        time.sleep(0.1)
    sys.exit("the event is not made")


def _send(server: Server, event: str, rows: int) -> float:
    """Send the event to so many people; rows a second, from the first octet of the list to the last state."""
    begin = time.perf_counter()
    job = server.call("POST", f"/api/v1/events/{event}/lists", _list(rows))["job"]
    while time.perf_counter() - begin < PATIENCE:
        found = server.call("GET", f"/api/v1/jobs/{job}")
        server.look()
        if found["state"] == "done":
            return rows / (time.perf_counter() - begin)
        time.sleep(min(LOOK, rows / 100_000))
    sys.exit("the job does not end")


def _list(rows: int) -> Iterator[bytes]:
    yield b"name,email\r\n"
    for begin in range(0, rows, 1000):
        people = range(begin, min(begin + 1000, rows))
        yield b"".join(b"Guest %d,guest%d@fans%d.example\r\n" % (n, n, n % 50) for n in people)


def _family(pid: int) -> list[int]:
    """A process and its children."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [pid, *(int(child) for task in tasks for child in task.read_text().split())]


def _resident(pid: int, name: str = "VmRSS") -> int:
    """Octets of resident memory; 0 for a process that has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith(f"{name}:")), "x: 0")
    return int(line.split()[1]) * 1024


def _flatness(memory: list[int]) -> float:
    """The median memory of the last tenth of a run in terms of that of its second tenth: 1 is flat."""
    tenth = max(1, len(memory) // 10)
    return round(statistics.median(memory[-tenth:]) / statistics.median(memory[tenth : 2 * tenth] or memory), 2)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _tell(report: dict[str, Any]) -> None:
    small: list[int] = report["small_per_second"]
    median = statistics.median(small)
    print(f"{report['small_rows']:>9,} rows: {median:,}/s, median of {len(small)} ({small[0]:,} to {small[-1]:,})")
    print(f"{report['rows']:>9,} rows: {report['per_second']:,}/s, {report['ratio']} times that")
    print(
        f"mails: {report['mails']:,}; once more the same list: {report['mails_of_the_second_run']:,} (the organizer's)"
    )
    print(f"peak resident set of any process: {report['peak_mb']} MB; late over early: {report['late_over_early']}")


if __name__ == "__main__":
    main()
