"""A Postfix of our own on loopback, with the configuration of deploy/one-machine: the system's is never touched."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

SHIPPED = Path(__file__).parents[2] / "deploy" / "one-machine" / "postfix"
BINARY = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PATIENCE = 60

MASTER = """
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


def why_not() -> str:
    """Why it cannot be tested here, "" where it can."""
    if BINARY is None:
        return "there is no Postfix; on Debian: apt install postfix"
    if os.geteuid() != 0:
        return "Postfix's master must be started by root"
    try:
        pwd.getpwnam("postfix"), grp.getgrnam("postdrop")
    except KeyError:
        return "there is no user postfix or group postdrop"
    return ""


@contextmanager
def postfix(*, port: int, submission: int, lmtp: int, domain: str, out: int):
    """Run it: mail comes in at `port`, goes to `lmtp`, is taken from us at `submission`, and leaves to the port `out`.

    Changed of what is shipped: the domain, the ports, the folders, and the way out.
    """
    with tempfile.TemporaryDirectory(prefix="invited-postfix-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("etc", "queue", "data"):
            (folder / part).mkdir()
        shutil.chown(folder / "data", "postfix")
        _configure(folder, port=port, submission=submission, lmtp=lmtp, domain=domain, out=out)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [BINARY, "-c", str(folder / "etc"), "start-fg"],
                stdout=log,
                stderr=log,
            )
            try:
                _wait(process, port, folder / "log")
                _wait(process, submission, folder / "log")
                yield folder / "log"
            finally:
                # Its master is a daemon in a session of its own; Postfix finds it by our folder, and ours alone.
                stop = [BINARY, "-c", str(folder / "etc"), "stop"]
                subprocess.run(stop, stdout=log, stderr=log, timeout=PATIENCE, check=False)
                process.wait(PATIENCE)


def _configure(folder: Path, *, port: int, submission: int, lmtp: int, domain: str, out: int) -> None:
    def ours(name: str) -> str:
        text = (SHIPPED / name).read_text(encoding="utf-8").replace("invites.example.org", domain)
        text = text.replace(r"invites\.example\.org", domain.replace(".", r"\."))
        text = text.replace("127.0.0.1:2525", f"127.0.0.1:{lmtp}").replace("127.0.0.1:587", f"127.0.0.1:{submission}")
        text = text.replace("/etc/postfix/", f"{folder}/etc/")
        # There is no certificate here.
        return "\n".join(line for line in text.splitlines() if not line.startswith("smtpd_tls_"))

    more = [
        "compatibility_level = 3.6",
        "inet_interfaces = 127.0.0.1",
        "inet_protocols = ipv4",
        f"queue_directory = {folder}/queue",
        f"data_directory = {folder}/data",
        "maillog_file = /dev/stdout",
        f"relayhost = [127.0.0.1]:{out}",
        "smtp_tls_security_level = none",
        "smtp_host_lookup = native",
        "disable_dns_lookups = yes",
        "alias_maps =",
        "minimal_backoff_time = 1s",
        "queue_run_delay = 1s",
    ]
    etc = folder / "etc"
    (etc / "main.cf").write_text(ours("main.cf") + "\n" + "\n".join(more) + "\n", encoding="utf-8")
    (etc / "master.cf").write_text(ours("master.cf") + MASTER.format(port=f"127.0.0.1:{port}"), encoding="utf-8")
    (etc / "invited-mailboxes").write_text(ours("invited-mailboxes") + "\n", encoding="utf-8")


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(errors="replace")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text(errors="replace"))
