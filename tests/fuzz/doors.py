"""What must hold at the doors, whatever is said there: by a client that brings mail, by the relay, by a browser."""

import asyncio
import re

import structlog

from invited.domain.errors import Temporary
from invited.engines.embedded.relay import Relay
from invited.engines.embedded.smtp_client.batch import Batch
from invited.engines.embedded.smtp_client.dialogue import Dialogue
from invited.engines.embedded.smtp_client.opening import TLS_STARTED, open_session
from invited.engines.embedded.smtp_client.parcel import Offered
from invited.engines.embedded.smtp_client.reply import Broken, ReplyReader
from invited.entrypoints.smtp import SmtpDoor
from invited.ports import Letter, Sent
from invited.settings import Settings

DOMAIN = "invites.example"
SETTLED = 50
"""Turns of the event loop without a word from the door, after which it has nothing more to say."""

REPLY = re.compile(rb"(?:[2-5][0-9]{2}-[ -~]*\r\n)*[2-5][0-9]{2} [ -~]*\r\n")


class Line(asyncio.Transport):
    """A connection that only remembers what the door says."""

    def __init__(self):
        super().__init__({"peername": ("192.0.2.1", 4321)})
        self.said = b""
        self.protocol = None
        self.is_over = False

    def set_protocol(self, protocol):
        self.protocol = protocol

    def get_protocol(self):
        return self.protocol

    def write(self, data):
        if not self.is_over:
            self.said += data

    def is_closing(self):
        return self.is_over

    def close(self):
        if not self.is_over:
            self.is_over = True
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    abort = close

    def pause_reading(self):
        pass

    resume_reading = pause_reading


def a_client(raw):
    """Only CRLF.CRLF ends a mail, only for our mailboxes; every reply is SMTP; however what is said comes in pieces."""
    whole, said = asyncio.run(_talk([raw]))
    assert REPLY.sub(b"", said) == b"", said
    assert len(whole) <= said.count(b"\r\n354 ") <= raw.count(b"\n")
    assert len(whole) <= _ends(raw)
    for mail, arrivals in whole:
        assert b"\n" not in mail.replace(b"\r\n", b"")
        assert 0 < len(arrivals) <= Settings.model_fields["smtp_max_recipients"].default
        assert {arrival.domain for arrival in arrivals} == {DOMAIN}
        assert not any(set(arrival.envelope_from + arrival.recipient) & set("\r\n\0 <>") for arrival in arrivals)
    pieces = [raw[start : start + 3] for start in range(0, len(raw), 3)]
    again, said_again = asyncio.run(_talk(pieces))
    assert [(_body(mail), arrivals) for mail, arrivals in again] == [
        (_body(mail), arrivals) for mail, arrivals in whole
    ]
    assert _codes(said_again) == _codes(said)


def _ends(raw):
    return len(re.findall(rb"(?=\r\n\.\r\n)", raw))


def _body(mail):
    """Without the Received field that the door puts on top, whose id differs."""
    return mail.split(b"\r\n", 3)[3]


def _codes(said):
    return [line[:4] for line in said.split(b"\r\n")]


async def _talk(pieces):
    mails, line = [], Line()

    async def accept(mail, arrivals):
        mails.append((mail, arrivals))
        if b"trouble" in mail:
            mails.pop()
            raise Temporary("the disk is full")

    settings = Settings(domain=DOMAIN, smtp_max_bytes=20_000, _env_file=None)
    with structlog.testing.capture_logs() as logs:
        door = SmtpDoor(settings, accept)
        door.admit(line)
        await _settled(line)
        for piece in pieces:
            if line.is_over:
                break
            line.protocol.data_received(piece)
            await _settled(line)
        if not line.is_over:
            line.protocol.eof_received()
            await _settled(line)
            line.close()
        await _settled(line)
    assert not door._inside, "a conversation that does not end"
    assert all(log.get("reason") == "the disk is full" for log in logs if log["log_level"] == "error"), logs
    return mails, line.said


async def _settled(line):
    quiet, said = 0, None
    while quiet < SETTLED:
        await asyncio.sleep(0)
        quiet, said = (0, len(line.said)) if said != len(line.said) else (quiet + 1, said)


RELAY = Relay("127.0.0.1", 25, is_tls=False, helo=DOMAIN, timeout=1, user="joe", password="secret")
LETTERS = [Letter("", f"g{n}@x.example", b"Subject: x\r\n\r\n.\r\n") for n in range(3)]


def a_relay(raw):
    """Whatever a relay answers, each letter comes to one end, and to a good one only by a 250."""
    opening, batch, dialogue = open_session(RELAY), Batch(LETTERS), None
    said = next(opening) or b""
    reader = ReplyReader()
    good = 0
    try:
        for piece in (raw[start : start + 40] for start in range(0, len(raw), 40)):
            for reply in reader.feed(piece):
                good += reply.code // 100 == 2
                if dialogue:
                    said = dialogue.receive(reply)
                    continue
                try:
                    said = opening.send(reply)
                    if said is None:
                        said = opening.send(TLS_STARTED)
                except StopIteration as opened:
                    assert isinstance(opened.value, Offered)
                    dialogue = Dialogue(opened.value, 1000)
                    dialogue.serve(batch)
                    said = dialogue.begin()
                assert said is not None
    except Broken as broken:
        assert str(broken).isprintable()
    if dialogue:
        dialogue.lose(Sent(is_temporary=True, reason="it hung up"), may_retry=False)
    batch.give_up(Sent(is_temporary=True, reason="nobody is left"))
    results = batch.results()
    assert len(results) == len(LETTERS)
    assert not batch.open
    assert sum(not sent.is_temporary and not sent.is_permanent for sent in results) <= good
    assert all(sent.reason.isprintable() for sent in results)
