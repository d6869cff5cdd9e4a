"""An SMTP server on 127.0.0.1 that takes mail, remembers it and misbehaves as it is told; for any test that sends.

with Sink() as sink:
    sink.on("RCPT", "bob@x.example", "550 5.1.1 no such user")
    sink.on("DATA", "eve@x.example", DROP, None)     # the first time hang up, then be well
    …
    assert [mail.to for mail in sink.mails] == [["ann@x.example"]]
"""

import base64
import contextlib
import socket
import socketserver
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path

TLS = Path(__file__).parent / "tls"

DROP = "drop"
"""Hang up instead of answering."""

SILENCE = "silence"
"""Never answer; wait for the client to go."""

ENDLESS = "endless"
"""Answer with a line that does not end."""


@dataclass(frozen=True)
class Mail:
    """One mail as it was taken: `raw` with dot-stuffing undone; `options` are those of MAIL; `user` who logged in."""

    sender: str
    to: list[str]
    raw: bytes
    options: str
    is_tls: bool
    user: str


class Sink:
    """`extensions` are announced after EHLO, beside STARTTLS if it `has_starttls`; `is_tls`: TLS at once. `login` is
    the (user, password) that is known, None for no AUTH.

    `mails`, `commands` (as they came) and `connections` (how many were made) tell what happened.
    """

    def __init__(self, extensions=("8BITMIME", "SMTPUTF8"), *, has_starttls=False, is_tls=False, login=None):
        self.extensions = list(extensions)
        self.has_starttls = has_starttls
        self.is_tls = is_tls
        self.login = login
        self.mails = []
        self.commands = []
        self.connections = 0
        self._plan = []
        self._open = set()
        self._lock = threading.Lock()

    def on(self, verb, needle, *answers):
        """Answer the command `verb` (or CONNECT, or DATA's end as ".") so where it concerns `needle`.

        That is a part of the command's line or, for DATA and ".", of a recipient; "" concerns all. The answers are
        used up one by one, the last stays; None is the usual one. A function is called, without arguments, and what it
        gives is said: it may wait for something, as long as it likes.
        """
        with self._lock:
            self._plan.append((verb, needle, list(answers)))

    def on_again(self, verb, needle):
        """From now on give the usual answer where another was planned."""
        with self._lock:
            self._plan = [planned for planned in self._plan if planned[:2] != (verb, needle)]

    def hang_up(self):
        """Close every connection, as servers do with idle ones."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.sink = self
        self.host, self.port = self._server.server_address
        self.url = f"{'smtps' if self.is_tls else 'smtp'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self.hang_up()
        self._server.server_close()

    def answer(self, verb, text, usual):
        """What to say to this command."""
        said = self._planned(verb, text)
        said = said() if callable(said) else said
        return usual if said is None else said

    def _planned(self, verb, text):
        with self._lock:
            self.commands.append(f"{verb} {text}".strip())
            for planned, needle, answers in self._plan:
                if planned == verb and needle in text:
                    return answers.pop(0) if len(answers) > 1 else answers[0]
        return None

    @property
    def reached(self):
        """Whom the mails that were taken are for, in alphabetical order, notices aside."""
        return sorted(mail.to[0] for mail in self.mails if mail.sender)

    def joined(self, connection):
        """A client came."""
        with self._lock:
            self.connections += 1
            self._open.add(connection)

    def exchanged(self, old, new):
        """From now on the client speaks by another socket."""
        with self._lock:
            self._open.remove(old)
            self._open.add(new)

    def left(self, connection):
        """A client went."""
        with self._lock:
            self._open.discard(connection)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False
    request_queue_size = 64


class _Gone(Exception):
    """This conversation is over."""


class _Conversation(socketserver.BaseRequestHandler):
    def handle(self):
        self.sink = self.server.sink
        self.connection = self.request
        self.is_tls = False
        self.sink.joined(self.connection)
        try:
            if self.sink.is_tls:
                self._secure()
            self._listen()
        except (OSError, _Gone):
            pass
        finally:
            self.sink.left(self.connection)
            self.connection.close()

    def _listen(self):
        self.lines = self.connection.makefile("rb")
        self.user = ""
        self._forget()
        try:
            self._say("CONNECT", "", "220 sink.example ESMTP")
            while line := self.lines.readline():
                self._obey(line.decode("utf-8", "replace").rstrip("\r\n"))
        finally:
            self.lines.close()

    def _secure(self):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(TLS / "localhost.crt", TLS / "localhost.key")
        plain, self.connection = self.connection, context.wrap_socket(self.connection, server_side=True)
        self.sink.exchanged(plain, self.connection)
        self.is_tls = True

    def _forget(self):
        self.sender, self.options, self.to = None, "", []

    def _say(self, verb, text, usual, mail=None):
        said = self.sink.answer(verb, text, usual)
        # Remembered before the client hears of it, so that a test may look at once.
        if mail and said.startswith("250"):
            self.sink.mails.append(mail)
        if said == DROP:
            raise _Gone
        if said == SILENCE:
            self.lines.read()
            raise _Gone
        if said == ENDLESS:
            while True:
                self.connection.sendall(b"2" * 65536)
        self.connection.sendall(said.encode() + b"\r\n")
        return said

    def _obey(self, line):
        verb, _, rest = line.partition(" ")
        getattr(self, f"_{verb.lower()}", self._unknown)(verb.upper(), rest)

    def _unknown(self, verb, rest):
        self._say(verb, rest, "502 5.5.1 not here")

    def _ehlo(self, verb, rest):
        offered = list(self.sink.extensions)
        offered += ["STARTTLS"] if self.sink.has_starttls and not self.is_tls else []
        offered += ["AUTH PLAIN"] if self.sink.login else []
        self._say(verb, rest, "\r\n".join([*(f"250-{o}" for o in ["sink.example", *offered]), "250 HELP"]))

    def _starttls(self, verb, rest):
        self._say(verb, rest, "220 go on")
        self.lines.close()
        self._secure()
        self.lines = self.connection.makefile("rb")

    def _auth(self, verb, rest):
        user, password = base64.b64decode(rest.split()[1]).decode().split("\0")[1:]
        if (user, password) == self.sink.login:
            self.user = user
        self._say(verb, "", "235 welcome" if self.user else "535 5.7.8 wrong")

    def _mail(self, verb, rest):
        if self._say(verb, rest, "250 ok").startswith("2"):
            path, _, self.options = rest.partition(" ")
            self.sender = path[6:-1]

    def _rcpt(self, verb, rest):
        if self._say(verb, rest, "250 ok" if self.sender is not None else "503 first MAIL").startswith("2"):
            self.to.append(rest.partition(" ")[0][4:-1])

    def _data(self, verb, _):
        if not self._say(verb, " ".join(self.to), "354 go on" if self.to else "503 first RCPT").startswith("354"):
            return
        raw = b""
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                raise _Gone
            raw += line.removeprefix(b".")
        mail = Mail(self.sender, self.to, raw, self.options, self.is_tls, self.user)
        self._forget()
        self._say(".", " ".join(mail.to), "250 taken", mail)

    def _rset(self, verb, rest):
        self._forget()
        self._say(verb, rest, "250 ok")

    def _quit(self, verb, rest):
        self._say(verb, rest, "221 bye")
        raise _Gone
