"""A door in its own thread, and clients that talk to it by plain sockets."""

import asyncio
import socket
import ssl
import struct
import threading
from contextlib import contextmanager

import pytest
import structlog
import trustme

from invited.entrypoints.smtp import SmtpDoor
from invited.settings import Settings


class House:
    """A running door and all that came through it. `fails_with` is what storing a mail raises."""

    def __init__(self, **settings):
        settings = {"smtp_listen": "127.0.0.1:0", "smtp_timeout": 20, "domain": "invites.example"} | settings
        self.settings = Settings(**settings)
        self.mails = []
        self.fails_with = None
        self.is_storing = threading.Event()
        self.may_store = threading.Event()
        self.may_store.set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.door = SmtpDoor(self.settings, self.accept)
        self.run(self.door.start())

    async def accept(self, mail_raw, envelopes):
        self.is_storing.set()
        await asyncio.to_thread(self.may_store.wait, 20)
        if self.fails_with:
            raise self.fails_with
        self.mails.append((mail_raw, list(envelopes)))

    def start(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def run(self, coroutine):
        return self.start(coroutine).result(20)

    @contextmanager
    def client(self, greeting="220"):
        client = Client(self.door.port)
        try:
            assert client.reply().startswith(greeting)
            yield client
        finally:
            client.close()

    def close(self):
        self.may_store.set()
        self.run(self.door.stop())
        self.run(self.loop.shutdown_default_executor())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(20)
        self.loop.close()


class Client:
    """Says lines and reads replies."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.lines = self.socket.makefile("rb")

    def close(self):
        self.lines.close()
        self.socket.close()

    def reset(self):
        """Leave without a word: what follows is a TCP reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def send(self, data):
        self.socket.sendall(data)

    def reply(self):
        """The next whole reply; "" when the server has hung up."""
        text = ""
        while True:
            try:
                line = self.lines.readline().decode()
            except ConnectionResetError:
                line = ""
            text += line
            if line[3:4] != "-":
                return text

    def say(self, line):
        self.send(line.encode() + b"\r\n")
        return self.reply()

    def all_replies(self):
        """Every reply until the server hangs up."""
        replies = []
        while reply := self.reply():
            replies.append(reply)
        return replies

    def wait_for_the_end(self):
        """Until the server hangs up, whatever it says before."""
        try:
            while self.socket.recv(1000):
                pass
        except ConnectionResetError:
            pass

    def begin(self, *recipients, sender="joe@there.example", hello="EHLO", name="client.example"):
        """As far as the 354 of DATA."""
        assert self.say(f"{hello} {name}").startswith("250")
        assert self.say(f"MAIL FROM:<{sender}>").startswith("250")
        for recipient in recipients or ("create@invites.example",):
            assert self.say(f"RCPT TO:<{recipient}>").startswith("250")
        assert self.say("DATA").startswith("354")

    def start_tls(self, authority):
        context = ssl.create_default_context()
        authority.configure_trust(context)
        self.lines.close()
        self.socket = context.wrap_socket(self.socket, server_hostname="invites.example")
        self.lines = self.socket.makefile("rb")


@pytest.fixture
def open_door():
    houses = []

    def opened(**settings):
        houses.append(House(**settings))
        return houses[-1]

    with structlog.testing.capture_logs() as logs:
        opened.logs = logs
        yield opened
        for house in houses:
            house.close()


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture
def certificate(authority, tmp_path):
    issued = authority.issue_cert("invites.example")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    return {"smtp_tls_cert": tmp_path / "cert.pem", "smtp_tls_key": tmp_path / "key.pem"}
