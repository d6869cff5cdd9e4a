"""The cookie of a session: how it is named, read from a request and set with whatever answer follows."""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from invited.settings import Settings


def session_cookie(request: Request, settings: Settings) -> str:
    """The value that the browser sent, "" for none."""
    return request.cookies.get(_name(settings), "")


def set_cookie(request: Request, settings: Settings, value: str, seconds: float) -> None:
    """Have the answer to this request, be it an error, set the cookie for so long; 0 takes it back.

    Script cannot read it, no other site's form sends it along, and where there is HTTPS it goes nowhere else.
    """
    secure = "; Secure" if _is_https(settings) else ""
    attributes = f"Path=/; Max-Age={int(seconds)}; HttpOnly; SameSite=Lax{secure}"
    request.state.set_cookie = f"{_name(settings)}={value}; {attributes}"


def _name(settings: Settings) -> str:
    """Browsers hold `__Host-` to HTTPS, this host alone and all paths (RFC 6265bis §4.1.3.2)."""
    return "__Host-invited-session" if _is_https(settings) else "invited-session"


def _is_https(settings: Settings) -> bool:
    return settings.url.startswith("https:")


class SetCookie:
    """Adds the cookie that a route or a dependency has ordered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        # One and the same mapping for all copies of the scope that are made further in.
        state = scope.setdefault("state", {})

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and "set_cookie" in state:
                MutableHeaders(scope=message).append("set-cookie", state["set_cookie"])
            await send(message)

        await self.app(scope, receive, send_with_cookie)
