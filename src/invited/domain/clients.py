"""The calendar programs that are counted by name. Anybody may write anything as a PRODID: the others are one number."""

from __future__ import annotations

CLIENTS = frozenset(
    {
        "Android",
        "Apple Calendar Server",
        "Apple iOS",
        "Apple macOS",
        "BlueMind",
        "Domino",
        "Evolution",
        "Exchange",
        "Fastmail",
        "Google Calendar",
        "Kontact",
        "Nextcloud",
        "Open-Xchange",
        "Outlook",
        "Outlook for Mac",
        "Proton",
        "Roundcube",
        "SOGo",
        "SabreDAV",
        "Thunderbird",
        "Tuta",
        "Yahoo",
        "Zimbra",
        "eM Client",
    }
)
WEB = "Web page"
"""Our own pages."""

UNKNOWN = "unknown"
OTHER = "other"


def counted(client: str) -> str:
    """The name under which the answers of `client` are counted."""
    return client if client in CLIENTS or client == WEB else OTHER if client not in ("", UNKNOWN) else UNKNOWN
