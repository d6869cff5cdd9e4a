"""The Courier port for every engine: one POST over a connection to an address that was checked before.

The name is looked up once; every address that it has must be allowed, and the connection goes to one of those very
addresses, so that a name that changes its mind between the check and the call (DNS rebinding) gains nothing. TLS and
the Host header still speak of the name.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from urllib.parse import urlsplit

import h11

from invited.domain.hosts import is_public
from invited.ports import Answer

SECONDS = 10.0
"""For the whole exchange after the name is looked up."""

MAX_ANSWER = 4_096
"""Octets of an answer's body that are read."""

MAX_HEAD = 16_384
"""Octets of an answer's header."""

SHOWN = 500
"""Characters of an answer that are kept."""


class _Unsent(Exception):
    """Nothing was sent, for a reason that may be told to whoever owns the webhook."""


class HttpCourier:
    """HTTP/1.1 with or without TLS, as the URL says. `trust` is whom TLS believes, the system's authorities if None."""

    def __init__(
        self, *, is_private_allowed: bool = False, trust: ssl.SSLContext | None = None, seconds: float = SECONDS
    ) -> None:
        self._is_private_allowed = is_private_allowed
        self._trust = trust or ssl.create_default_context()
        self._seconds = seconds

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """See Courier.post."""
        start = monotonic()
        try:
            status, text = self._posted(url, headers, body)
        except _Unsent as reason:
            status, text = 0, str(reason)
        except TimeoutError:
            status, text = 0, f"no answer within {self._seconds:g} seconds"
        except ssl.SSLError as error:
            status, text = 0, f"TLS failed: {getattr(error, 'verify_message', '') or error.reason or 'no reason given'}"
        except OSError as error:
            status, text = 0, f"no connection: {error.strerror or type(error).__name__}"
        except h11.RemoteProtocolError as error:
            status, text = 0, f"the answer is no HTTP: {error}"
        return Answer(status, monotonic() - start, text[:SHOWN])

    def _posted(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        addresses = self._addresses(host, port)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        end = monotonic() + self._seconds
        with self._connected(addresses, port, host if parts.scheme == "https" else None, end) as connection:
            wire = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
            connection.settimeout(_left(end))
            connection.sendall(_request(wire, parts.netloc, target, headers, body))
            return _answer(wire, connection, end)

    def _addresses(self, host: str, port: int) -> list[str]:
        """All that the name has; raises _Unsent where one of them is not allowed."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise _Unsent("the host's name is not known") from None
        addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
        if not self._is_private_allowed and not all(map(is_public, addresses)):
            raise _Unsent("the host is in a private network, which INVITED_WEBHOOK_PRIVATE does not allow")
        return addresses

    @contextmanager
    def _connected(self, addresses: list[str], port: int, name: str | None, end: float) -> Iterator[socket.socket]:
        with _first(addresses, port, end) as plain:
            if name is None:
                yield plain
                return
            plain.settimeout(_left(end))
            with self._trust.wrap_socket(plain, server_hostname=name) as secured:
                yield secured


def _first(addresses: list[str], port: int, end: float) -> socket.socket:
    """A connection to the first address that takes one; two tries share the time."""
    *others, last = addresses[:2]
    for address in others:
        try:
            return socket.create_connection((address, port), _left(end) / 2)
        except OSError:
            continue
    return socket.create_connection((last, port), _left(end))


def _request(wire: h11.Connection, netloc: str, target: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """The whole request, to be sent in one piece; the connection is closed after it."""
    head = {"Host": netloc, "Content-Length": str(len(body)), "Connection": "close"} | dict(headers)
    request = h11.Request(method="POST", target=target, headers=list(head.items()))
    sent = [wire.send(event) for event in (request, h11.Data(data=body), h11.EndOfMessage())]
    return b"".join(part for part in sent if part)


def _answer(wire: h11.Connection, connection: socket.socket, end: float) -> tuple[int, str]:
    """Status and beginning of the answer. The deadline counts for all of it, however slowly it drips; once the status
    is there, no trouble with the rest changes it.
    """
    status, text = 0, b""
    try:
        while len(text) < MAX_ANSWER:
            event = wire.next_event()
            if event is h11.NEED_DATA:
                connection.settimeout(_left(end))
                wire.receive_data(connection.recv(MAX_ANSWER))
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                text += event.data
            elif not isinstance(event, h11.InformationalResponse):
                break
    except (OSError, h11.RemoteProtocolError):
        if not status:
            raise
    return status, _printable(text)


def _printable(text: bytes) -> str:
    """One line for the log, whatever was answered."""
    shown = text.decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in shown).split())


def _left(end: float) -> float:
    left = end - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
