"""Where mail goes out: the setting `relay` taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

from invited.settings import is_loopback


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server that takes our mail. `is_tls`: TLS from the first octet (RFC 8314 §3.3).

    `is_local`: on this machine, so that a password may go in the clear and STARTTLS gains nothing.
    """

    host: str
    port: int
    is_tls: bool = False
    is_local: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read smtp[s]://[user:password@]host[:port], user and password percent-encoded; raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("must be smtp://[user:password@]host[:port] or smtps://…")
        is_tls = parts.scheme == "smtps"
        port = parts.port or (465 if is_tls else 25)
        return cls(
            host=parts.hostname,
            port=port,
            is_tls=is_tls,
            is_local=is_loopback(f"{parts.hostname}:{port}"),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )
