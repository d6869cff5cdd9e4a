"""The public door of an event: who may ask for an invite themselves, from where, and what they must show for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

ANY_SITE = "*"

MAX_SITE = 300
"""Characters of a web origin."""
MAX_SITES = 50
MAX_LINKS = 50

LINK = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
"""The name of a link, as in the origin `link:<name>`."""


_HOST = re.compile(r"[a-z0-9._:-]+")


class Challenge(StrEnum):
    """When a proof of work is asked for."""

    AUTO = "auto"
    """When many ask at a time."""
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Door:
    """What holds for one event; None where the organizer chose nothing. Each name is that of a setting, too.

    `public`: whether anybody may ask. `public_sites` are the web origins whose pages may ask (RFC 6454), "*" for all;
    `public_links` the names of links that are counted. `public_double_opt_in`: whoever asks is asked by mail first.
    `public_ticket`: only who has a ticket that the organizer's own site signed; its secrets are made from
    `public_ticket_keys`, the newest first.
    """

    public: bool | None = None
    public_sites: tuple[str, ...] | None = None
    public_links: tuple[str, ...] | None = None
    public_double_opt_in: bool | None = None
    public_challenge: Challenge | None = None
    public_ticket: bool | None = None
    public_ticket_keys: tuple[str, ...] | None = None

    def over(self, default: Self) -> Self:
        """These choices, and `default` where nothing was chosen."""
        chosen = {name: getattr(self, name) for name in NAMES}
        return type(self)(**{name: getattr(default, name) if v is None else v for name, v in chosen.items()})

    def admits(self, site: str) -> bool:
        """Whether a page of the web origin `site` may ask."""
        sites = self.public_sites or ()
        return ANY_SITE in sites or site in sites


NAMES = tuple(field.name for field in fields(Door))


def site(text: str) -> str:
    """A web origin as browsers send it (RFC 6454 §6.2): scheme, host and a port that is not the usual one.

    Raises ValueError for anything that is none. "*" stands for all of them.
    """
    text = text.strip().lower()
    if text == ANY_SITE:
        return text
    if len(text) > MAX_SITE:
        raise ValueError(f"a web origin has {MAX_SITE} characters at most")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"{text[:80]!r} is no web origin") from None
    is_bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password)
    name = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(name) or not is_bare:
        raise ValueError(f"{text[:80]!r} is no web origin, such as https://club.example (in ASCII) or *")
    host = f"[{name}]" if ":" in name else name
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


def link(text: str) -> str:
    """The name of a link; raises ValueError for what cannot be one."""
    if not LINK.fullmatch(text):
        raise ValueError(f"{text[:80]!r} is no name of a link: 1 to 40 of a-z 0-9 . _ -, a letter or digit first")
    return text
