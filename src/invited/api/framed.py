"""A mail's HTML alone, for a frame of our own pages."""

from __future__ import annotations

import re

from starlette.responses import HTMLResponse

POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)
"""A mail's HTML may show itself and open links in a new window; nothing else, and nothing is fetched for it."""


def in_frame(html: str) -> HTMLResponse:
    """Whoever wrote the mail: it runs no script, and its links open elsewhere."""
    html = re.sub(r"(<head[^>]*>|\A(?!.*<head))", r'\1<base target="_blank">', html, count=1)
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY, "X-Frame-Options": "SAMEORIGIN"})
