"""How a session begins: greeting, EHLO, STARTTLS, AUTH. Pure: commands out, replies in."""

from __future__ import annotations

import base64
from collections.abc import Generator
from typing import TypeAlias

from invited.engines.embedded.relay import Relay
from invited.engines.embedded.smtp_client.parcel import Offered
from invited.engines.embedded.smtp_client.reply import Broken, Reply

Opening: TypeAlias = Generator[bytes | None, Reply, Offered]
"""Yields what to send (b"" to only wait, None to start TLS), takes each reply, and returns what the server offers."""

TLS_STARTED = Reply(220, "")
"""What is handed in once TLS stands."""


def open_session(relay: Relay) -> Opening:
    """Come to where MAIL may be sent, logged in where a login is set; raises Broken where the server won't."""
    _check((yield b""), 2, "did not welcome us")
    offered = yield from _hello(relay.helo)
    is_private = relay.is_tls or relay.is_loopback
    if offered.starttls and not relay.is_tls:
        _check((yield b"STARTTLS\r\n"), 2, "would not start TLS")
        yield None
        # What was said before TLS may have been anybody's (RFC 3207 §4.2).
        offered = yield from _hello(relay.helo)
        is_private = True
    if relay.user:
        if not is_private:
            raise Broken("it offers no STARTTLS, and a password is not sent in the clear")
        yield from _authenticate(relay, offered)
    return offered


def _hello(name: str) -> Opening:
    reply = yield f"EHLO {name}\r\n".encode()
    if reply.code // 100 == 5:
        _check((yield f"HELO {name}\r\n".encode()), 2, "refused HELO")
        return Offered()
    _check(reply, 2, "refused EHLO")
    return Offered.read(reply)


def _authenticate(relay: Relay, offered: Offered) -> Generator[bytes, Reply, None]:
    """By PLAIN (RFC 4616), or LOGIN where that is all there is."""
    fault = "refused the user name or password"
    if "PLAIN" in offered.auth:
        _check((yield b"AUTH PLAIN " + _base64(f"\0{relay.user}\0{relay.password}")), 2, fault)
    elif "LOGIN" in offered.auth:
        _check((yield b"AUTH LOGIN\r\n"), 3, "refused AUTH")
        _check((yield _base64(relay.user)), 3, fault)
        _check((yield _base64(relay.password)), 2, fault)
    else:
        raise Broken("it offers neither AUTH PLAIN nor AUTH LOGIN")


def _base64(text: str) -> bytes:
    return base64.b64encode(text.encode()) + b"\r\n"


def _check(reply: Reply, kind: int, fault: str) -> None:
    if reply.code // 100 != kind:
        raise Broken(f"it {fault}: {reply}")
