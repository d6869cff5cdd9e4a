"""What calendars will mind of a mail that this server made, with the remedy that whoever runs it can take."""

from __future__ import annotations

from dataclasses import replace

from invited.imip.lint import Finding, lint
from invited.settings import Settings

_HTTPS = (
    "This server is reached by plain HTTP, and one-click unsubscribing needs HTTPS: "
    "set INVITED_PUBLIC_URL to an https:// address."
)


def minded(raw: bytes, settings: Settings) -> tuple[Finding, ...]:
    """The findings of lint; where plain HTTP is why a header is missing, that is said instead of how to add it."""
    found = lint(raw)
    if settings.url.startswith("https:"):
        return found
    return tuple(replace(one, remedy=_HTTPS) if one.rule == "unsubscribe-one-click" else one for one in found)
