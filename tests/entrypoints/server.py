"""A real `invited serve` in a process of its own, for tests that go through its doors."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

PATIENCE = 90
"""Seconds; much, for machines that are busy. Nothing waits longer than it must."""


class Server:
    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.smtp_port, self.http_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.http_port}"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("INVITED_")},
            "INVITED_DATA_DIR": str(data_dir),
            "INVITED_SMTP_LISTEN": f"127.0.0.1:{self.smtp_port}",
            "INVITED_HTTP_LISTEN": f"127.0.0.1:{self.http_port}",
            "INVITED_INBOUND_AUTH": "trust",
            "INVITED_DOMAIN": "invites.test",
            **{f"INVITED_{name.upper()}": value for name, value in settings.items()},
        }
        self.key = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        command = [sys.executable, "-m", "invited", "serve", *options]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, env=self.env, stdout=quiet, stderr=quiet)
        self.until(self.is_ready, "the server")

    def is_ready(self) -> bool:
        assert self.process.poll() is None, "the server ended"
        try:
            return self.get("/readyz") is not None
        except OSError:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "invited", *words],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def mail(self, sender: str, mailbox: str, raw: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=PATIENCE) as client:
            client.sendmail(sender, [f"{mailbox}@invites.test"], raw)

    def get(self, path: str):
        return self.call("GET", path)

    def call(self, method: str, path: str, body: object = None):
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            text = answer.read()
        return json.loads(text) if text[:1] in b"{[" else text

    def until(self, look, what: str):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = look()
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"waited {PATIENCE} s for {what}")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
