"""The door: who may come in, how many at a time, and how it is shut."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import ssl
from contextlib import suppress

from invited.domain.mailboxes import ascii_domain
from invited.entrypoints.smtp.arrival import Accept
from invited.entrypoints.smtp.conversation import Conversation, House, LmtpConversation
from invited.settings import Settings

STOP_SECONDS = 10.0
"""How long a mail on its way may still take when the server stops."""


class SmtpDoor:
    """Listens on `settings.smtp_listen` and hands every mail to `accept`.

    Raises ValueError where the certificate cannot be used; `start` raises OSError where the port is taken.
    """

    def __init__(self, settings: Settings, accept: Accept) -> None:
        # The library's log holds every command and stranger's address, and at DEBUG the mails.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        self._settings = settings
        self._house = House(settings, ascii_domain(settings.domain[0]), accept, _tls(settings), self._leave)
        self._inside: dict[Conversation, str] = {}
        self._is_empty = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._is_stopping = False

    @property
    def port(self) -> int:
        """The port it listens on, once started: the settings may say 0, any free one."""
        if self._server is None or not self._server.sockets:
            raise RuntimeError("the door is not open")
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Begin to listen."""
        host, _, port = self._settings.smtp_listen.rpartition(":")
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Threshold(self), host.strip("[]"), int(port))

    async def stop(self) -> None:
        """Listen no more, hang up on the idle, and let a mail that is on its way come in, within bounds."""
        if self._server is None:
            return
        self._is_stopping = True
        self._server.close()
        for conversation in list(self._inside):
            conversation.wind_up()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._emptied(), min(STOP_SECONDS, self._settings.smtp_timeout))
        for conversation in list(self._inside):
            conversation.abort()
        await self._emptied()
        await self._server.wait_closed()
        self._server, self._is_stopping = None, False

    def admit(self, transport: asyncio.Transport) -> None:
        """Begin a conversation with whoever is at the other end, or send them away."""
        peer = _peer(transport)
        origin = _origin(peer)
        is_crowded = list(self._inside.values()).count(origin) >= self._settings.smtp_max_per_peer
        if self._is_stopping or is_crowded or len(self._inside) >= self._settings.smtp_max_connections:
            transport.write(b"421 4.7.0 Too many connections, try again later\r\n")
            transport.close()
            return
        conversation = (LmtpConversation if self._settings.smtp_lmtp else Conversation)(self._house, peer)
        self._inside[conversation] = origin
        transport.set_protocol(conversation)
        conversation.connection_made(transport)

    def _leave(self, conversation: Conversation) -> None:
        self._inside.pop(conversation, None)
        if not self._inside:
            self._is_empty.set()

    async def _emptied(self) -> None:
        while self._inside:
            self._is_empty.clear()
            await self._is_empty.wait()


class _Threshold(asyncio.Protocol):
    """Where a connection stands before it is known whether there is room for it."""

    def __init__(self, door: SmtpDoor) -> None:
        self._door = door

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._door.admit(transport)


def _peer(transport: asyncio.Transport) -> str:
    """The client's IP address as RFC 5321 writes it: no scope, and IPv4 as IPv4 on a socket for both."""
    name = transport.get_extra_info("peername")
    try:
        address = ipaddress.ip_address(name[0].partition("%")[0])
    except (TypeError, ValueError, IndexError):
        return "0.0.0.0"  # noqa: S104 - gone before we could ask; nothing listens there
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _origin(peer: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that one IPv6 subscriber holds."""
    return peer if ":" not in peer else str(ipaddress.ip_network((peer, 64), strict=False))


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.smtp_tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.smtp_tls_cert, settings.smtp_tls_key)
    except OSError as error:  # SSLError is one
        raise ValueError(f"INVITED_SMTP_TLS_CERT and INVITED_SMTP_TLS_KEY cannot be used: {error}") from None
    return context
