"""How soon `invited --help` answers and `invited serve` is ready, and what an idle server holds, each beside its limit.

Baselines in the same run: Python that does nothing, and an empty FastAPI application under uvicorn. Wall clock, medians
of 5 with the spread; on a busy machine the ratio to the baseline and the CPU seconds say more than the time.
"""

from __future__ import annotations

import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

RUNS = 5
PATIENCE = 120.0
HELP_SECONDS, READY_SECONDS, IDLE_MB = 0.150, 1.5, 120.0

EMPTY = """
import sys, uvicorn, fastapi
app = fastapi.FastAPI()
app.get("/readyz")(lambda: {})
uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
"""


def main() -> None:
    """Print the table."""
    invited = [sys.executable, "-m", "invited"]
    _run([*invited, "--help"])  # once for the files to be read from memory
    rows = [
        ("python -c pass", *_told([_run([sys.executable, "-c", "pass"]) for _ in range(RUNS)]), ""),
        ("invited --help", *_told([_run([*invited, "--help"]) for _ in range(RUNS)]), f"{HELP_SECONDS} s"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        empty = [_ready([sys.executable, "-c", EMPTY, "{port}"], Path(folder) / str(n)) for n in range(RUNS)]
        server = [_ready([*invited, "serve"], Path(folder) / f"s{n}") for n in range(RUNS)]
    rows.append(("empty FastAPI, ready", *_told([(wall, cpu) for wall, cpu, _ in empty]), ""))
    rows.append(("invited serve, ready", *_told([(wall, cpu) for wall, cpu, _ in server]), f"{READY_SECONDS} s"))
    print(f"{'':<24}{'median':>9}{'spread':>17}{'CPU':>9}   limit")
    for name, wall, spread, cpu, limit in rows:
        print(f"{name:<24}{wall:>9}{spread:>17}{cpu:>9}   {limit}")
    held = statistics.median(memory for _, _, memory in server)
    print(f"{'idle serve holds':<24}{held:>6.0f} MB{'':>26}   {IDLE_MB:.0f} MB")
    print(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _told(times: Sequence[tuple[float, float]]) -> tuple[str, str, str]:
    walls = [wall for wall, _ in times]
    cpu = statistics.median(used for _, used in times)
    return f"{statistics.median(walls):.3f} s", f"{min(walls):.3f}-{max(walls):.3f} s", f"{cpu:.2f} s"


def _run(command: Sequence[str]) -> tuple[float, float]:
    """(wall, CPU) seconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _ready(command: Sequence[str], folder: Path) -> tuple[float, float, float]:
    """Seconds until /readyz answers, CPU seconds until then, and the megabytes held a second later."""
    http, smtp = _free(), _free()
    env = {name: value for name, value in os.environ.items() if not name.startswith("INVITED_")}
    env |= {"INVITED_DATA_DIR": str(folder), "INVITED_HTTP_LISTEN": f"127.0.0.1:{http}"}
    env |= {"INVITED_SMTP_LISTEN": f"127.0.0.1:{smtp}", "INVITED_INBOUND_AUTH": "trust"}
    words = [word.format(port=http) if word == "{port}" else word for word in command]
    began = time.perf_counter()
    with subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not _answers(f"http://127.0.0.1:{http}/readyz"):
                if process.poll() is not None or time.perf_counter() - began > PATIENCE:
                    raise SystemExit(f"{' '.join(words[:4])} does not start")
                time.sleep(0.005)
            wall = time.perf_counter() - began
            fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            time.sleep(1)
            status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            memory = next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024
        finally:
            process.terminate()
    return wall, cpu, memory


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE):
            return True
    except OSError:
        return False


def _free() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
