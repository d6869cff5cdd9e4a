"""One non-blocking TCP connection, TLS when asked for: it never waits, and never stops reading in order to write."""

from __future__ import annotations

import errno
import os
import select
import selectors
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
from enum import Enum, auto

from invited.engines.embedded.relay import Relay
from invited.engines.embedded.smtp_client.reply import Broken

_CHUNK = 262_144
_NOTHING = memoryview(b"")


class _Stage(Enum):
    CONNECTING = auto()
    SHAKING_HANDS = auto()
    UP = auto()


class Wire:
    """A connection to the relay. `touched` is the monotonic time at which it last came forward."""

    def __init__(self, relay: Relay, tls: Callable[[], ssl.SSLContext]) -> None:
        """Begin to connect; raises OSError where the relay's name or all its addresses lead nowhere."""
        self._host = relay.host
        self._is_tls = relay.is_tls
        self._tls = tls
        self._pending = _NOTHING
        self._is_deaf = False
        self._wants_write = True
        self._addresses = deque(socket.getaddrinfo(relay.host, relay.port, type=socket.SOCK_STREAM))
        self._socket = self._connect()
        self._stage = _Stage.CONNECTING

    @property
    def events(self) -> int:
        """What to wait for, as `selectors` names it."""
        if self._stage is _Stage.UP:
            return selectors.EVENT_READ | selectors.EVENT_WRITE if self._pending else selectors.EVENT_READ
        return selectors.EVENT_WRITE if self._wants_write else selectors.EVENT_READ

    @property
    def is_up(self) -> bool:
        """Whether it is connected, and TLS stands where it was asked for."""
        return self._stage is _Stage.UP

    @property
    def is_quiet(self) -> bool:
        """Whether the relay has neither sent anything nor hung up."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not poll.poll(0)

    def fileno(self) -> int:
        """The descriptor to wait on; another one once another address is tried."""
        return self._socket.fileno()

    def proceed(self) -> bytes:
        """Do what the socket is ready for; what came in, if anything. Raises OSError, or Broken at the end of it."""
        if self._stage is _Stage.UP:
            if self._pending:
                self._flush()
            return self._read()
        if self._stage is _Stage.CONNECTING:
            self._check_connected()
        else:
            self._shake_hands()
        return b""

    def write(self, data: bytes) -> None:
        """Send `data`, now or as soon as the socket takes it."""
        if not self._is_deaf:
            self._pending = memoryview(bytes(self._pending) + data if self._pending else data)
            self._flush()

    def start_tls(self) -> None:
        """Shake hands from here on; raises OSError where no certificate fits."""
        self._socket = self._tls().wrap_socket(self._socket, server_hostname=self._host, do_handshake_on_connect=False)
        self._stage = _Stage.SHAKING_HANDS
        self._shake_hands()

    def try_next_address(self) -> bool:
        """Leave an address that does not answer for the relay's next one; False where that cannot be."""
        if self._stage is not _Stage.CONNECTING or not self._addresses:
            return False
        self._reconnect()
        return True

    def close(self, patience: float = 0) -> None:
        """Hang up; before that, wait so many seconds at the most for a last word."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        poll.poll(patience * 1000)
        self._socket.close()

    def _connect(self) -> socket.socket:
        while True:
            family, kind, protocol, _, address = self._addresses.popleft()
            connecting = socket.socket(family, kind, protocol)
            connecting.setblocking(False)
            connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            code = connecting.connect_ex(address)
            if code in (0, errno.EINPROGRESS):
                self.touched = time.monotonic()
                return connecting
            connecting.close()
            if not self._addresses:
                raise OSError(code, os.strerror(code))

    def _reconnect(self) -> None:
        # The old socket is closed last, so that the new descriptor differs from the one being waited on.
        old = self._socket
        try:
            self._socket = self._connect()
        finally:
            old.close()

    def _check_connected(self) -> None:
        code = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code and self._addresses:
            self._reconnect()
        elif code:
            raise OSError(code, os.strerror(code))
        else:
            self.touched = time.monotonic()
            self._stage = _Stage.UP
            if self._is_tls:
                self.start_tls()

    def _shake_hands(self) -> None:
        assert isinstance(self._socket, ssl.SSLSocket)  # noqa: S101 - start_tls made it so
        try:
            self._socket.do_handshake()
        except ssl.SSLWantReadError:
            self._wants_write = False
        except ssl.SSLWantWriteError:
            self._wants_write = True
        else:
            self.touched = time.monotonic()
            self._stage = _Stage.UP

    def _flush(self) -> None:
        try:
            while self._pending:
                count = self._socket.send(self._pending[:_CHUNK])
                self._pending = self._pending[count:] if count < len(self._pending) else _NOTHING
                self.touched = time.monotonic()
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            return
        except OSError:
            # The relay no longer listens, but it may have said why: reading tells, and ends it.
            self._is_deaf = True
            self._pending = _NOTHING

    def _read(self) -> bytes:
        try:
            data = self._socket.recv(_CHUNK)
            while data and isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
                data += self._socket.recv(_CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return b""
        if not data:
            raise Broken("it closed the connection")
        return data
