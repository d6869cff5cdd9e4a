"""The DNS records to publish, so that mail finds this server and what it sends is believed."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from invited.settings import Settings


def records(settings: Settings, keys: Sequence[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """(name, type, value) for each domain: the MX to this host, SPF, DMARC, and its DKIM `keys` by name and value.

    SPF names the hosts of the MX; whoever sends by another relay adds that one's own mechanism.
    """
    host = urlsplit(settings.url).hostname or "localhost"
    found = []
    for domain in settings.domain:
        found += [
            (domain, "MX", f"10 {host}."),
            (domain, "TXT", "v=spf1 mx ~all"),
            (f"_dmarc.{domain}", "TXT", "v=DMARC1; p=quarantine"),
        ]
        found += [(name, "TXT", value) for name, value in keys if name.endswith(f"._domainkey.{domain}")]
    return found
