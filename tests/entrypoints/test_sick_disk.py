"""A disk that is full, read-only, locked or slow: no mail is accepted that is not kept; then all goes on."""

import resource
import smtplib
import sqlite3
import threading
from contextlib import contextmanager

import pytest

from invited.engines import open_engine
from invited.engines.embedded import database
from invited.entrypoints.serve import _acceptor
from invited.entrypoints.worker import work_off
from invited.settings import Settings
from tests.entrypoints.conftest import House
from tests.entrypoints.server import Server
from tests.entrypoints.test_serve import ANN, events, figures, invite, send
from tests.facts import Clock

pytestmark = pytest.mark.timeout(300)


class Home(House):
    """A door before a store on disk."""

    def __init__(self, folder):
        self.settings = Settings(domain="invites.example", data_dir=folder, inbound_auth="trust", _env_file=None)
        self.engine = open_engine(self.settings, now=Clock())
        super().__init__(inbound_auth="trust", data_dir=folder)

    async def accept(self, raw, envelopes):
        await _acceptor(self.engine)(raw, envelopes)

    def close(self):
        super().close()
        self.engine.close()

    def deliver(self, client, number):
        client.begin(sender=ANN)
        client.send(invite(uid=f"uid-{number}") + b"\r\n.\r\n")
        return client.reply()

    def work(self):
        while work_off(self.engine.ports, self.engine.queue):
            pass

    def on_writers(self, statement):
        """To be called while they are idle."""
        for of in (self.engine.queue, self.engine.archive):
            of._database._writing.execute(statement)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    home = Home(tmp_path / "data")
    yield home
    home.close()


@contextmanager
def read_only(home):
    home.on_writers("PRAGMA query_only = ON")
    yield
    home.on_writers("PRAGMA query_only = OFF")


@contextmanager
def locked(home, name):
    other = sqlite3.connect(home.settings.data_dir / name, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


TROUBLES = {
    "read-only": read_only,
    "the archive locked": lambda home: locked(home, "archive.db"),
    "the facts locked": lambda home: locked(home, "invited.db"),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_the_client_keeps_its_mail_until_it_can_be_kept_here(home, trouble):
    with home.client() as client:
        assert home.deliver(client, 1).startswith("250")
        with trouble(home):
            assert home.deliver(client, 2).startswith("451")
            assert home.deliver(client, 3).startswith("451")
        assert home.deliver(client, 2).startswith("250")
    home.work()
    kept = home.engine.ports.store.events()
    assert {event.origin_uid for event in kept} == {"uid-1", "uid-2"}
    assert home.engine.ports.dead_letters.page() == []


def test_while_the_disk_is_slow_nothing_is_promised(home):
    started, go_on = threading.Event(), threading.Event()
    home.engine.archive._database.submit(lambda _: (started.set(), go_on.wait(60)))
    assert started.wait(20)
    with home.client() as client:
        client.begin(sender=ANN)
        client.send(invite() + b"\r\n.\r\n")
        client.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.socket.recv(100)
        client.socket.settimeout(20)
        go_on.set()
        assert client.socket.recv(100).startswith(b"250")


def answer(server, raw):
    """What the door says to a mail."""
    try:
        server.mail(ANN, "create", raw)
    except smtplib.SMTPResponseException as refused:
        return refused.smtp_code
    return 250


def room(server, octets):
    """Let no file of the server grow beyond so many octets more than the largest is; None for no limit."""
    largest = max(path.stat().st_size for path in (server.data_dir).iterdir())
    limit = resource.RLIM_INFINITY if octets is None else largest + octets
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def test_a_server_whose_disk_fills_up_refuses_and_recovers(tmp_path):
    server = Server(tmp_path / "data")
    server.data_dir = tmp_path / "data"
    server.start()
    try:
        server.key = server.command("keys", "create", "--admin").stdout.strip()
        server.mail(ANN, "create", invite("uid-0"))
        event = server.until(lambda: events(server), "the event")[0]
        room(server, 20_000)
        accepted, refused = ["uid-0"], []
        large = b"X-Filler: " + b"\r\n ".join([b"x" * 900] * 60) + b"\r\n"
        for number in range(1, 200):
            uid = f"uid-{number}"
            code = answer(server, large + invite(uid))
            assert code in (250, 451)
            (accepted if code == 250 else refused).append(uid)
            if len(refused) == 5:
                break
        assert len(refused) == 5, "it never filled up"
        assert server.is_ready()
        room(server, None)
        for uid in refused:
            server.mail(ANN, "create", large + invite(uid))
        server.until(lambda: len(events(server)) == len(accepted) + len(refused), "all that was accepted")
        send(server, event, ["bob@fan.test"])
        server.until(lambda: figures(server, event)["sent"] == 1, "the invite")
        assert server.command("dead-letters", "list").stdout == ""
    finally:
        assert server.stop() == 0


def test_a_folder_that_cannot_be_written_is_said_at_the_start():
    # Nobody can make anything there, not even root.
    told = Server("/proc/invited").command("serve")
    assert told.returncode == 1
    assert "cannot be made" in told.stderr
    assert "INVITED_DATA_DIR" in told.stderr
    assert "Traceback" not in told.stderr
