"""The DNS records to publish, so that mail finds this server and what it sends is believed; and if DNS has them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import urlsplit

from invited.ports import Record
from invited.settings import Settings


class Published(StrEnum):
    """How a record stands in DNS."""

    PUBLISHED = "published"
    MISSING = "missing"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """What a record is for."""

    MX = "mx"
    SPF = "spf"
    DMARC = "dmarc"
    DKIM = "dkim"


def records(settings: Settings, keys: Sequence[tuple[str, str]]) -> list[Record]:
    """For each domain: the MX to this host, SPF, DMARC, and its DKIM `keys` by name and value.

    SPF names the hosts of the MX; whoever sends by another relay adds that one's own mechanism.
    """
    host = urlsplit(settings.url).hostname or "localhost"
    own = [Record(name, "TXT", value) for name, value in keys]
    return published(settings, f"10 {host}.", "v=spf1 mx ~all", own)


def published(settings: Settings, mx: str, spf: str, keys: Sequence[Record]) -> list[Record]:
    """For each domain: this MX and SPF, DMARC, and those of its DKIM `keys`."""
    found: list[Record] = []
    for domain in settings.domain:
        found += [
            Record(domain, "MX", mx),
            Record(domain, "TXT", spf),
            Record(f"_dmarc.{domain}", "TXT", "v=DMARC1; p=quarantine"),
        ]
        found += [key for key in keys if key.name.endswith(f"._domainkey.{domain}")]
    return found


def purpose(record: Record) -> Purpose:
    """What a record of ours is for."""
    if record.kind == "MX":
        return Purpose.MX
    if record.name.startswith("_dmarc."):
        return Purpose.DMARC
    return Purpose.DKIM if "._domainkey." in record.name else Purpose.SPF


def alike(record: Record, found: Sequence[str]) -> list[str]:
    """Those of the values that DNS has under the record's name and type that are about the same thing."""
    start = {Purpose.SPF: "v=spf1", Purpose.DMARC: "v=dmarc1"}.get(purpose(record), "")
    return [value for value in found if value.lower().startswith(start)]


def standing(record: Record, found: Sequence[str] | None) -> Published:
    """How a record of ours stands, where DNS has these values under its name and type; None where nobody knows.

    What is an operator's own choice is no difference: another policy of DMARC, more mechanisms of SPF, more hosts.
    """
    if found is None:
        return Published.UNKNOWN
    values = alike(record, found)
    if not values:
        return Published.MISSING
    return Published.PUBLISHED if _does(record, values) else Published.DIFFERS


def _does(record: Record, values: Sequence[str]) -> bool:
    match purpose(record):
        case Purpose.MX:
            return _host(record.value.partition(" ")[2]) in map(_host, values)
        case Purpose.DMARC:
            return len(values) == 1
        case Purpose.SPF:  # of two records none counts (RFC 7208 §4.5)
            wanted = {term for term in record.value.lower().split() if not term.endswith("all")}
            return len(values) == 1 and wanted <= set(values[0].lower().split())
        case Purpose.DKIM:
            return _key(record.value) in map(_key, values)


def _host(name: str) -> str:
    return name.strip().rstrip(".").lower()


def _key(value: str) -> str:
    """The public key of a DKIM record (RFC 6376 §3.6.1), or the host that has it."""
    tags = dict(tag.partition("=")[::2] for tag in "".join(value.split()).split(";"))
    return tags.get("p") or _host(value)
