"""`invited serve`: the SMTP door, the HTTP door and the workers of one machine, started and stopped together."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import structlog
import uvicorn

from invited.api.app import create_app
from invited.engines import open_embedded
from invited.engines.embedded.engine import EmbeddedEngine
from invited.engines.embedded.lock import hold
from invited.entrypoints.smtp import Accept, Arrival, SmtpDoor
from invited.entrypoints.worker import ALL_BUT_BULK, ALL_BUT_CALLS, call, work
from invited.messages import Mail, MailArrived
from invited.settings import Settings

GRACE = 20.0
"""Seconds that open connections and running messages have to finish when the server is told to stop."""

CALLERS = 4
"""Webhooks that one process calls at a time."""

log = structlog.get_logger()


def serve(settings: Settings, workers: int, announce: Callable[[Settings], None]) -> None:
    """Run until SIGTERM or SIGINT. `workers` processes work the queue off; with 0, this one does.

    Raises Refused where another server has the data folder, OSError where an address is taken.
    """
    with hold(settings.data_dir) as lock, open_embedded(settings) as engine:
        engine.recover()
        asyncio.run(_serve(engine, workers, lock, announce))


def run_worker(settings: Settings) -> None:
    """A worker process: works the queue off until its standard input, the server's end of a pipe, closes."""
    with open_embedded(settings) as engine, _working(engine):
        sys.stdin.buffer.read()


async def _serve(engine: EmbeddedEngine, workers: int, lock: int, announce: Callable[[Settings], None]) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    door = SmtpDoor(engine.ports.settings, _acceptor(engine))
    await door.start()
    http = _Http(_http_config(engine))
    with _listening(engine.ports.settings.http_listen) as listener, _workforce(engine, workers, lock):
        serving = asyncio.create_task(http.serve([listener]))
        announce(engine.ports.settings)
        await asyncio.wait({serving, asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
        log.info("stopping")
        http.should_exit = True
        await asyncio.gather(door.stop(), serving)


class _Http(uvicorn.Server):
    """The server leaves the signals to us: both doors and the workers stop together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _http_config(engine: EmbeddedEngine) -> uvicorn.Config:
    app = create_app(engine.ports, lab=engine.lab, mail_in=_mailer(engine.ports.settings))
    return uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=int(GRACE)
    )


def _listening(listen: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host.strip("[]"), int(port)), family=family, backlog=2048)


def _acceptor(engine: EmbeddedEngine) -> Accept:
    """Make a mail durable: first its bytes, then the word that it is here."""

    async def accept(raw: bytes, arrivals: Sequence[Arrival]) -> None:
        received = engine.ports.now()
        mails = [
            Mail("", a.mailbox, a.recipient, a.domain, a.envelope_from, received, a.peer, a.helo) for a in arrivals
        ]
        key = await asyncio.wrap_future(engine.archive.submit(raw, mails))
        await asyncio.wrap_future(engine.queue.submit([MailArrived(replace(mail, key=key)) for mail in mails]))

    return accept


def _mailer(settings: Settings) -> Callable[[str, str, bytes], None]:
    """How the lab's answers travel: by mail, to our own door."""
    host, _, port = settings.smtp_listen.rpartition(":")
    connect = smtplib.LMTP if settings.smtp_lmtp else smtplib.SMTP

    def mail_in(envelope_from: str, envelope_to: str, raw: bytes) -> None:
        with connect(host.strip("[]"), int(port)) as client:
            client.sendmail(envelope_from, [envelope_to], raw)

    return mail_in


@contextlib.contextmanager
def _workforce(engine: EmbeddedEngine, workers: int, lock: int) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        if workers == 0:
            stack.enter_context(_working(engine))
        for _ in range(workers):
            stack.enter_context(_worker_process(engine, lock))
        yield


@contextlib.contextmanager
def _working(engine: EmbeddedEngine) -> Iterator[None]:
    """Threads that work the queue off, until the block ends; what they have in hand is finished."""
    stop = threading.Event()
    count = engine.ports.settings.threads
    threads = [
        threading.Thread(
            target=work,
            args=(engine.ports, engine.queue, stop, ALL_BUT_BULK if n == 0 and count > 1 else ALL_BUT_CALLS),
            name=f"worker-{n}",
        )
        for n in range(count)
    ]
    threads += [
        threading.Thread(target=call, args=(engine.ports, engine.queue, stop), name=f"caller-{n}")
        for n in range(CALLERS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@contextlib.contextmanager
def _worker_process(engine: EmbeddedEngine, lock: int) -> Iterator[None]:
    """A worker process that is started again whenever it dies, and ends with us, even if we are killed.

    What a dead one had in hand goes on at once.

    It inherits the lock on the data folder, so that no second server starts while it still runs.
    """
    stopping = threading.Event()
    current: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not stopping.is_set():
            process = subprocess.Popen(
                [sys.executable, "-m", "invited", "worker"], stdin=subprocess.PIPE, pass_fds=(lock,)
            )
            current[:] = [process]
            if stopping.is_set() and process.stdin:
                process.stdin.close()
            process.wait()
            engine.recover(process.pid)
            if not stopping.wait(1):
                log.error("worker died", code=process.returncode)

    keeper = threading.Thread(target=keep, name="worker-keeper")
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        if current and current[0].stdin:
            current[0].stdin.close()
        keeper.join()
