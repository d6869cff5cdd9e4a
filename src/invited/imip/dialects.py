"""What each of the programs that write iCalendar does in its own way, told by its PRODID; quirks with their source."""

from __future__ import annotations

import re

MAX_CLIENT = 40
"""Characters of a client's name in the statistics."""

_CLIENTS = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        # PRODIDs as in captured mails; where two fit, the first one wins.
        (r"google", "Google Calendar"),
        (r"outlook for mac|macoutlook|entourage", "Outlook for Mac"),
        (r"outlook", "Outlook"),
        (r"microsoft (exchange|cdo)", "Exchange"),
        (r"apple.*(iphone|ipad|ios)|iphone", "Apple iOS"),
        (r"apple|//ical |ical \d", "Apple macOS"),
        (r"calendarserver", "Apple Calendar Server"),
        (r"mozilla|thunderbird|lightning", "Thunderbird"),
        (r"zimbra", "Zimbra"),
        (r"lotus|domino|\bnotes\b|\bhcl\b", "Domino"),
        (r"android|samsung", "Android"),
        (r"blue ?mind", "BlueMind"),
        (r"k desktop environment|libkcal|kontact|korganizer|\bkde\b", "Kontact"),
        (r"evolution|ximian", "Evolution"),
        (r"yahoo", "Yahoo"),
        (r"proton", "Proton"),
        (r"tutanota|tuta ", "Tuta"),
        (r"fastmail|cyrus", "Fastmail"),
        (r"nextcloud|owncloud", "Nextcloud"),
        (r"open-?xchange", "Open-Xchange"),
        (r"sogo|inverse", "SOGo"),
        (r"roundcube", "Roundcube"),
        (r"em ?client", "eM Client"),
        (r"sabre", "SabreDAV"),
    )
)

_EDGES = re.compile(r"[^\w.+&' -]+")


def client(product: str) -> str:
    """A short name for the program behind a PRODID, for statistics: a known one, else the product's own words."""
    for pattern, name in _CLIENTS:
        if pattern.search(product):
            return name
    # A formal public identifier: -//owner//product//language (ISO 9070).
    fields = [part for part in product.split("//") if part.strip(" -+")]
    words = fields[1] if len(fields) > 2 else fields[0] if fields else ""
    words = re.sub(r"^NONSGML\s+", "", words.strip(), flags=re.IGNORECASE)
    return " ".join(_EDGES.sub(" ", words).split())[:MAX_CLIENT].strip() or "unknown"


def inherits(product: str) -> bool:
    """Whether a changed occurrence takes from its series what it does not name.

    Outlook's export writes only what differs (BlueMind, `outlookexc.ics`); for everybody else what is absent is gone
    (RFC 5545 §3.8.4.4: an instance is a whole component).
    """
    lowered = product.lower()
    return "outlook" in lowered and "mimedir" in lowered
