"""What is sent by a form: only from our own pages, and how pasted addresses are read."""

from __future__ import annotations

from fastapi import Request

from invited.api.problems import Problem
from invited.lists.rows import Row, read
from invited.messages import Attendee


async def same_site(request: Request) -> None:
    """Refuse what another site's page makes a browser send; programs do not say where they are, and pass."""
    if is_own_page(request) is False:
        raise cross_site()


def is_own_page(request: Request) -> bool | None:
    """Whether the browser says that a page of ours sent this; None where nothing is said, as by programs.

    Fetch Metadata where the browser has it, else Origin (RFC 6454).
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        return site in ("same-origin", "none")
    return None if origin is None else origin.partition("://")[2] == request.headers.get("host")


def cross_site() -> Problem:
    """It may come from a page of another site, with the rights of whoever looks at that page."""
    return Problem("cross-site", "This was not sent from a page of ours.", "Please use our own page, or an API key.")


def pasted(text: str) -> tuple[tuple[Attendee, ...], tuple[tuple[str, str], ...]]:
    """The people in a pasted list of any form, and what is nobody, with why. Raises Refused for what is no text."""
    people, nobody = [], []
    for entry in read([text.encode("utf-8", "replace")]):
        if isinstance(entry, Row):
            people.append(Attendee(entry.email, entry.name))
        else:
            nobody.append((entry.text, entry.reason))
    return tuple(people), tuple(nobody)
