"""An SMTP server without a socket that answers each letter as a script says: bytes in, bytes out."""

from dataclasses import dataclass

CLOSE = "close"
"""Hang up instead of answering."""


@dataclass(frozen=True)
class Lines:
    """What a server says to MAIL, RCPT, DATA and the whole mail of one letter.

    `late` is what it says to the DATA of a letter it has refused before.
    """

    mail: str = "250 ok"
    rcpt: str = "250 ok"
    data: str = "354 go on"
    final: str = "250 taken"
    late: str = "503 no recipients"


class ScriptedRelay:
    """`script` holds the Lines of each address; commands out of order fail the test. `taken` are the mails it has."""

    def __init__(self, script):
        self.script = script
        self.taken = []
        self.empties = 0
        self.is_closed = False
        self._buffer = b""
        self._lines = None
        self._is_refused = False
        self._is_reading = False

    def receive(self, data):
        """The bytes it answers."""
        self._buffer += data
        out = []
        while not self.is_closed and (line := self._next()) is not None:
            said = self._answer(line)
            if said == CLOSE:
                self.is_closed = True
            else:
                out.append(said.encode() + b"\r\n")
        return b"".join(out)

    def _next(self):
        end = b"\r\n"
        if self._is_reading and not self._buffer.startswith(b".\r\n"):
            end = b"\r\n.\r\n"
        line, found, rest = self._buffer.partition(end)
        if not found:
            return None
        self._buffer = rest
        return line

    def _answer(self, line):
        if self._is_reading:
            return self._end(line)
        if line == b"RSET":
            self._lines = None
            return "250 forgotten"
        verb = line[:4].decode()
        return {"MAIL": self._mail, "RCPT": self._rcpt, "DATA": self._data}[verb](line)

    def _mail(self, line):
        assert self._lines is None, "nested MAIL"
        self.address = line.partition(b"<")[2].partition(b">")[0].decode()
        self._lines = self.script[self.address]
        return self._judge(self._lines.mail)

    def _rcpt(self, line):
        return "503 first MAIL" if self._is_refused else self._judge(self._lines.rcpt)

    def _data(self, line):
        said = self._lines.late if self._is_refused else self._lines.data
        self._is_reading = said.startswith("354")
        return said

    def _judge(self, said):
        self._is_refused = not said.startswith("250")
        return said

    def _end(self, body):
        self._is_reading = False
        lines, self._lines = self._lines, None
        if self._is_refused:
            assert body == b".", "a body for nobody"
            self.empties += 1
            return "554 no recipients"
        if lines.final.startswith("250"):
            self.taken.append((self.address, body))
        return lines.final
