"""One client's conversation, on aiosmtpd: its command loop and STARTTLS are used, its answers and limits are ours.

Replaced because aiosmtpd reads addresses by the rules of headers, times DATA from its first octet, answers LMTP once
for several recipients, offers AUTH, accepts a second STARTTLS and tells the client which exception was raised.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import ssl
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from aiosmtpd.smtp import SMTP, TLSSetupException

from invited.domain.errors import Temporary
from invited.domain.mailboxes import Foreign, Mailbox, NoMailbox, mailbox
from invited.engines.correlation import correlated
from invited.entrypoints.smtp.arrival import Accept, Arrival
from invited.entrypoints.smtp.content import Content
from invited.entrypoints.smtp.syntax import BadSyntax, Path, path
from invited.entrypoints.smtp.trace import Hop, clean_helo, is_looping, received
from invited.settings import Settings

MAX_ERRORS = 20
"""Refused commands after which a client that delivers nothing is hung up on."""

MAX_IDLE_TALK = 200
"""Replies, beyond one per recipient, after which a client that delivers nothing is hung up on."""

PATIENCE = 10
"""How many times `smtp_timeout` one DATA may last in all, however lively the client."""

LINGER = 5.0
"""Seconds that a client has for reading our last words."""

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class House:
    """What all conversations of one door share. `leave` is called by each when it is over."""

    settings: Settings
    host: str
    accept: Accept
    tls: ssl.SSLContext | None
    leave: Callable[[Conversation], None]


class Conversation(SMTP):
    """SMTP with one client."""

    line_length_limit = 16_384  # of what is buffered at once; Content judges the lines of a mail

    def __init__(self, house: House, peer: str) -> None:
        self._house = house
        self._peer = peer
        self._sender: str | None = None
        self._mailboxes: list[Mailbox] = []  # one per accepted RCPT, twice if given twice
        self._is_smtputf8 = False
        self._errors = 0
        self._replies = 0
        self._is_in_data = False
        self._is_stopping = False
        super().__init__(
            object(),
            hostname=house.host,
            ident="LMTP" if house.settings.smtp_lmtp else "ESMTP",
            data_size_limit=house.settings.smtp_max_bytes,
            enable_SMTPUTF8=True,
            tls_context=house.tls,
            timeout=house.settings.smtp_timeout,
            loop=asyncio.get_running_loop(),
        )

    # How it is held, and when it ends.

    def data_received(self, data: bytes) -> None:
        """In DATA every octet shows that the client lives; a command must be whole within the timeout."""
        if self._is_in_data and self._timeout_handle and not self._timeout_handle.cancelled():
            self._reset_timeout()
        super().data_received(data)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._house.leave(self)

    def wind_up(self) -> None:
        """The server stops: hang up, once a mail that is on its way has been answered."""
        self._is_stopping = True
        if not self._is_in_data:
            self._hang_up("421 4.3.2 The server is stopping")

    def abort(self) -> None:
        """Cut the line, whatever is on it."""
        for transport in (self.transport, self._original_transport):
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
        # A line that is cut in a TLS handshake is never reported lost.
        self._house.leave(self)

    def _timeout_cb(self) -> None:
        self._hang_up("421 4.4.2 You took too long")

    def _hang_up(self, words: str) -> None:
        if isinstance(self.transport, asyncio.WriteTransport) and not self.transport.is_closing():
            self.transport.write(words.encode("ascii") + b"\r\n")
            self.transport.close()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()
        # A client that does not read keeps a closed line open for ever.
        self.loop.call_later(min(LINGER, self._house.settings.smtp_timeout), self.abort)

    async def push(self, status: str | bytes) -> None:
        """Send one reply; hang up after too many that brought no mail."""
        reply = _CONTROL.sub(b"?", status.encode("ascii", "replace") if isinstance(status, str) else status)
        await super().push(reply)
        self._errors += reply[:1] == b"5"
        self._replies += reply[3:4] != b"-"
        if self._errors >= MAX_ERRORS or self._replies >= MAX_IDLE_TALK + self._house.settings.smtp_max_recipients:
            self._hang_up("421 4.7.0 Too many errors or commands")
            await asyncio.sleep(0)  # where the cancellation comes

    async def handle_exception(self, error: Exception) -> str:
        """What went wrong is for the log, not for the client."""
        if not isinstance(error, TLSSetupException):
            _complain(self._peer, "", error)
        return "451 4.3.0 Something went wrong here, try again later"

    # Commands.

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - named by the library
        """RFC 5321 §4.1.1.1."""
        if not hostname:
            await self.push("501 5.5.4 Say who you are: EHLO your.host.name")
            return
        self._set_rset_state()
        self._introduce(hostname, is_extended=True)
        offers = [self.hostname, f"SIZE {self.data_size_limit}", "8BITMIME", "SMTPUTF8", "PIPELINING"]
        if self.tls_context and not self._tls_protocol:
            offers.append("STARTTLS")
        for offer in offers:
            await self.push(f"250-{offer}")
        await self.push("250 HELP")

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        """RFC 5321 §4.1.1.1."""
        if not hostname:
            await self.push("501 5.5.4 Say who you are: HELO your.host.name")
            return
        self._set_rset_state()
        self._introduce(hostname, is_extended=False)
        await self.push(f"250 {self.hostname}")

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        """RFC 5321 §4.1.1.2, with SIZE (RFC 1870), BODY (RFC 6152) and SMTPUTF8 (RFC 6531)."""
        if await self.check_helo_needed():
            return
        if self._sender is not None:
            await self.push("503 5.5.1 There is a sender already")
            return
        try:
            sender = path("FROM", arg)
        except BadSyntax:
            await self.push("501 5.5.4 Syntax: MAIL FROM:<address>")
            return
        fault = self._fault(sender)
        if fault:
            await self.push(fault)
            return
        self._sender = sender.address
        self._is_smtputf8 = "SMTPUTF8" in sender.parameters
        await self.push("250 2.1.0 OK")

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        """RFC 5321 §4.1.1.3; refuses here what no mailbox takes."""
        if await self.check_helo_needed():
            return
        if self._sender is None:
            await self.push("503 5.5.1 MAIL FROM comes first")
            return
        if len(self._mailboxes) >= self._house.settings.smtp_max_recipients:
            await self.push("452 4.5.3 Too many recipients")
            return
        try:
            self._mailboxes.append(self._recipient(arg))
            reply = "250 2.1.5 OK"
        except BadSyntax:
            reply = "501 5.5.4 Syntax: RCPT TO:<address>"
        except NoMailbox:
            reply = "550 5.1.1 No such mailbox here"
        except Foreign:
            reply = "550 5.7.1 Relaying denied"
        await self.push(reply)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """RFC 5321 §4.1.1.4."""
        if await self.check_helo_needed():
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        if not self._mailboxes:
            await self.push("503 5.5.1 RCPT TO comes first")
            return
        self._is_in_data = True
        try:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._take()
        finally:
            self._is_in_data = False
            self._set_rset_state()
        if self._is_stopping:
            self._hang_up("421 4.3.2 The server is stopping")

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        """RFC 3207."""
        if self._tls_protocol or not self.tls_context:
            await self.push("503 5.5.1 TLS is on" if self._tls_protocol else "502 5.5.1 TLS is not offered")
            return
        await super().smtp_STARTTLS(arg)

    async def smtp_VRFY(self, _arg: str) -> None:  # noqa: N802
        """RFC 5321 §3.5.3: tells nothing."""
        await self.push("252 2.1.5 Send a mail and see")

    async def smtp_EXPN(self, _arg: str) -> None:  # noqa: N802
        """RFC 5321 §3.5.2: no lists here."""
        await self.push("502 5.5.1 Not offered")

    async def smtp_AUTH(self, _arg: str) -> None:  # noqa: N802
        """Nobody logs in."""
        await self.push("502 5.5.1 Not offered")

    async def smtp_HELP(self, _arg: str) -> None:  # noqa: N802
        """RFC 5321 §4.1.1.8."""
        await self.push("214 2.0.0 See RFC 5321")

    def _introduce(self, hostname: str, *, is_extended: bool) -> None:
        if self.session is not None:
            self.session.host_name = clean_helo(hostname)
            self.session.extended_smtp = is_extended

    def _set_rset_state(self) -> None:
        super()._set_rset_state()  # type: ignore[no-untyped-call]
        self._sender = None
        self._mailboxes = []
        self._is_smtputf8 = False

    def _fault(self, sender: Path) -> str:
        known = {"SIZE", "BODY", "SMTPUTF8"} if self.session and self.session.extended_smtp else set()
        size, body = sender.parameters.get("SIZE", "0"), sender.parameters.get("BODY", "7BIT").upper()
        if sender.parameters.keys() - known:
            return "555 5.5.4 Unknown parameter of MAIL FROM"
        if not size.isdecimal() or body not in ("7BIT", "8BITMIME") or sender.parameters.get("SMTPUTF8"):
            return "501 5.5.4 Bad parameter of MAIL FROM"
        if int(size) > self._house.settings.smtp_max_bytes:
            return "552 5.3.4 The mail is too big"
        if not sender.address.isascii() and "SMTPUTF8" not in sender.parameters:
            return "553 5.6.7 Such an address needs SMTPUTF8"
        return ""

    def _recipient(self, arg: str | None) -> Mailbox:
        recipient = path("TO", arg)
        if recipient.parameters or not recipient.address:
            raise BadSyntax
        if recipient.is_routed:
            raise Foreign
        return mailbox(recipient.address, self._house.settings.domain)

    # The mail itself.

    async def _take(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE * self._house.settings.smtp_timeout):
                content = await self._content()
        except TimeoutError:
            self._hang_up("421 4.4.2 You took too long")
            return
        if content is None:
            self._hang_up("552 5.3.4 The mail is far too big")
            return
        reply = await self._judged(content)
        if reply.startswith("250"):
            self._errors = self._replies = 0
        for _ in range(self._replies_due() - 1):
            await super().push(reply)
        await self.push(reply)  # counts as one

    def _replies_due(self) -> int:
        return 1

    async def _content(self) -> Content | None:
        """The mail up to its end; None for a client that goes on long after its mail is too big."""
        content = Content(self._house.settings.smtp_max_bytes)
        while not content.feed(await self._piece()):
            if content.size > 2 * self._house.settings.smtp_max_bytes:
                return None
        return content

    async def _piece(self) -> bytes:
        try:
            return await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError as error:
            return await self._reader.read(error.consumed)

    async def _judged(self, content: Content) -> str:
        if content.is_too_big:
            return "552 5.3.4 The mail is too big"
        if content.is_line_too_long:
            return "554 5.6.0 A line of the mail is too long"
        raw = content.raw()
        if is_looping(raw):
            return "554 5.4.6 The mail goes in circles: too many Received fields"
        return await self._accepted(raw)

    async def _accepted(self, raw: bytes) -> str:
        hop = self._hop()
        with correlated(hop.id):
            return await self._kept(raw, hop)

    async def _kept(self, raw: bytes, hop: Hop) -> str:
        arrivals = self._arrivals(hop)
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()  # it is we who take our time now
        try:
            async with asyncio.timeout(PATIENCE * self._house.settings.smtp_timeout):
                await self._house.accept(received(hop) + raw, arrivals)
        except Exception as error:  # noqa: BLE001 - whatever it is, the mail is not safe: the client must keep it
            _complain(self._peer, hop.id, error)
            return "451 4.3.0 The mail could not be stored, try again later"
        finally:
            self._reset_timeout()
        log.info("received", id=hop.id, size=len(raw), mailboxes=[a.mailbox for a in arrivals], peer=self._peer)
        return f"250 2.0.0 Received as {hop.id}"

    def _arrivals(self, hop: Hop) -> list[Arrival]:
        distinct = {mailbox.identity: mailbox for mailbox in reversed(self._mailboxes)}
        return [
            Arrival(m.name, m.recipient, m.domain, self._sender or "", self._peer, hop.helo)
            for m in reversed(distinct.values())
        ]

    def _hop(self) -> Hop:
        protocol = ("UTF8" if self._is_smtputf8 else "") + ("LMTP" if self._house.settings.smtp_lmtp else "SMTP")
        if protocol == "SMTP" and self.session and self.session.extended_smtp:
            protocol = "ESMTP"
        if self._tls_protocol:
            protocol += "S"
        helo = (self.session and self.session.host_name) or "?"
        return Hop(secrets.token_hex(8), self._peer, helo, self.hostname, protocol, datetime.now(UTC))


class LmtpConversation(Conversation):
    """LMTP with one client, RFC 2033: greets by LHLO, and answers a mail once per accepted RCPT."""

    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802
        """RFC 2033 §4.1."""
        await super().smtp_EHLO(hostname)

    async def smtp_EHLO(self, _hostname: str) -> None:  # noqa: N802
        """Not of this protocol."""
        await self.push("500 5.5.1 This is LMTP: say LHLO")

    async def smtp_HELO(self, _hostname: str) -> None:  # noqa: N802
        """Not of this protocol."""
        await self.push("500 5.5.1 This is LMTP: say LHLO")

    def _replies_due(self) -> int:
        return len(self._mailboxes)


def _complain(peer: str, mail: str, error: Exception) -> None:
    """Log our own trouble: its place, but nothing that may hold a part of a mail."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    reason = str(error)[:200] if isinstance(error, Temporary) else type(error).__name__
    log.error("not received", id=mail, peer=peer, reason=reason, where=where)
