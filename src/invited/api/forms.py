"""What is sent by a form: only from our own pages, and how pasted addresses are read."""

from __future__ import annotations

from fastapi import Request

from invited.api.problems import Problem
from invited.lists.rows import Row, read
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


def pasted(text: str) -> tuple[tuple[Attendee, ...], tuple[tuple[str, str], ...]]:
    """The people in a pasted list of any form, and what is nobody, with why. Raises Refused for what is no text."""
    people, nobody = [], []
    for entry in read([text.encode("utf-8", "replace")]):
        if isinstance(entry, Row):
            people.append(Attendee(entry.email, entry.name))
        else:
            nobody.append((entry.text, entry.reason))
    return tuple(people), tuple(nobody)
