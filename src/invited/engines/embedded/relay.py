"""Where mail goes out and how a connection to it is made: INVITED_RELAY, taken apart and opened."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Relay:
    """An SMTP server. `is_tls`: TLS from the first octet (smtps://); otherwise STARTTLS wherever it is offered.

    `helo` is the name we give ourselves; `timeout` in seconds, for every answer. Without `user` there is no login.
    """

    host: str
    port: int
    is_tls: bool
    helo: str
    timeout: float
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What it is called in an error's text."""
        return f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether it runs on this very machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def parse(url: str, helo: str, timeout: float) -> Relay:
    """The relay of smtp://[user:password@]host[:port] or smtps://…, user and password percent-encoded.

    The port is 465 for smtps, else 587 with a login (RFC 6409 §3.1) and 25 without. Raises ValueError.
    """
    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise ValueError("INVITED_RELAY: user and password must be ASCII, after percent-decoding")
    is_tls = parts.scheme == "smtps"
    port = parts.port or (465 if is_tls else 587 if user else 25)
    return Relay(parts.hostname or "", port, is_tls, helo, timeout, user, password)


def tls_context(relay: Relay) -> ssl.SSLContext:
    """How to speak TLS with it: the certificate must fit for smtps:// and for a login, except within this machine.

    Where STARTTLS protects no secret, any certificate is still better than no TLS at all (RFC 7435).
    """
    context = ssl.create_default_context()
    if relay.is_loopback or not (relay.is_tls or relay.user):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
