"""What is sent by a form: only from our own pages, and how pasted addresses are read."""

from __future__ import annotations

import re

from fastapi import Request

from invited.api.problems import Problem
from invited.messages import Attendee


async def same_site(request: Request) -> None:
    """Refuse what another site's page makes a browser send; programs send neither header and pass.

    Fetch Metadata where the browser has it, else Origin (RFC 6454).
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        is_own = site in ("same-origin", "none")
    else:
        is_own = origin is None or origin.partition("://")[2] == request.headers.get("host")
    if not is_own:
        raise Problem("cross-site", "This form was sent from a page of another site.", "Please use our own page.")


# Possessive: takes time in proportion to the text, whatever that is.
_PIECE = re.compile(r'(?:"[^"]*"|[^,;"]++|")++')
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>")


def pasted(text: str) -> tuple[Attendee, ...]:
    """The people in a pasted list: addresses, or `Name <address>`, one a line or parted by commas or semicolons."""
    pieces = (piece.strip() for line in text.splitlines() for piece in _PIECE.findall(line))
    return tuple(_person(piece) for piece in pieces if piece)


def _person(piece: str) -> Attendee:
    named = _NAMED.fullmatch(piece)
    if named is None:
        return Attendee(piece)
    return Attendee(named["email"].strip(), named["name"].strip().strip('"'))
