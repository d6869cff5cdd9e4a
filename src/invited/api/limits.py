"""Around every request: a bound on its body, and on every answer the headers that keep a browser safe."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from invited.api.problems import Problem

MAX_BODY = 2_000_000
"""Octets of a request's body."""

_LISTS = re.compile(r"/api/v1/(events/[^/]+/lists|suppression/import)")
"""Where lists are uploaded, which may be long: they go to the archive as they come."""

SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: browsers would then send `Origin: null` with our own forms (Fetch, "append a request Origin").
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Set on every answer where its route did not set them itself."""

FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)
"""A mail's HTML may show itself and open links in a new window; nothing else, and nothing is fetched for it."""


class BodyLimit:
    """Refuses a body above MAX_BODY, announced or not, with a problem; one that is a list above `list_most`."""

    def __init__(self, app: ASGIApp, list_most: int) -> None:
        self.app = app
        self.list_most = list_most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self.list_most if _LISTS.fullmatch(scope["path"]) else MAX_BODY
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdigit() or int(length) > most:
            await too_large(most).json()(scope, receive, send)
            return
        await self.app(scope, _bounded(receive, most), send)


def _bounded(receive: Receive, most: int) -> Receive:
    taken = 0

    async def take() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise too_large(most)
        return message

    return take


def too_large(most: int) -> Problem:
    """More than is read."""
    return Problem(
        "too-large", f"A request may have {most:,} octets at most.", "Please send it in several smaller requests."
    )


class SafeHeaders:
    """Adds SAFE_HEADERS."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_safely)
