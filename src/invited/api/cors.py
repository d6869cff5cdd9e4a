"""Lets pages of other sites call the public API, which takes no key and no cookie (Fetch standard, CORS).

Whether a site may ask for an event's invites is the event's own choice and checked there, by Origin: a page that may
not can then read why.
"""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

PUBLIC = "/api/v1/public/"


class PublicCors:
    """Answers preflights of PUBLIC and opens its answers; everything else stays closed to other sites."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.opened = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type"],
            expose_headers=["Retry-After"],
            max_age=3600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        is_public = scope["type"] == "http" and scope["path"].startswith(PUBLIC)
        await (self.opened if is_public else self.app)(scope, receive, send)
