"""What this machine's server needs of the world around it: room on the disk, DNS, a relay that answers, an address."""

from __future__ import annotations

import ipaddress
import shutil
import smtplib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from invited import dns
from invited.domain.finding import Finding, Level, summed
from invited.engines.embedded.relay import Relay, parse, tls_context
from invited.engines.lookup import DnsTrouble, Lookup
from invited.ports import Record
from invited.settings import Settings, is_loopback

LOW = 1_000_000_000
"""Octets that should be free: some 100,000 mails, and room for the log of a burst."""

SECONDS = 10.0
"""For each question to DNS, and to the relay."""

LOCAL = (".localhost", ".local", ".test", ".example", ".invalid", ".internal")
"""Ends of names that no public DNS knows (RFC 6761, RFC 6762)."""

Greet = Callable[[Relay], None]
"""Come to where the relay would take mail, and leave; raises OSError or SMTPException."""


def disk(folder: Path) -> Iterable[Finding]:
    """Whether there is room for more mail."""
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB are free"
    low = Finding(Level.WRONG, "disk", text, "Make room: once it is full, no mail is taken. See docs/deploy.md.")
    yield from summed("disk", text, [low] if free < LOW else [])


def addresses(settings: Settings) -> Iterable[Finding]:
    """Whether others can find what the settings say."""
    return summed("settings", "they fit together", _ill_fitting(settings))


def _ill_fitting(settings: Settings) -> Iterator[Finding]:
    if all(map(_is_local, settings.domain)):
        return
    host = urlsplit(settings.url).hostname or ""
    if _is_local(host) or _is_ip(host):
        text = f"links lead to {settings.url}, which nobody else can open"
        yield Finding(Level.WRONG, "settings", text, "Set INVITED_PUBLIC_URL to where your web server serves it.")
    elif not settings.url.startswith("https://"):
        text = f"links lead to {settings.url}, without TLS"
        yield Finding(Level.WARNING, "settings", text, "Set INVITED_PUBLIC_URL to an https:// address.")
    if is_loopback(settings.smtp_listen) and not settings.smtp_lmtp:
        text = f"mail is taken at {settings.smtp_listen} alone"
        remedy = "Set INVITED_SMTP_LISTEN, or put Postfix in front and set INVITED_SMTP_LMTP (docs/deploy.md)."
        yield Finding(Level.WARNING, "settings", text, remedy)
    if settings.relay is None:
        remedy = "Set INVITED_RELAY to your mail server or provider."
        yield Finding(Level.WRONG, "settings", "no mail goes out: it is all kept in the mail lab", remedy)


def names(settings: Settings, keys: Sequence[tuple[str, str]], lookup: Lookup) -> Iterable[Finding]:
    """Whether DNS has what mail needs; `keys` are the names and values of the DKIM records."""
    public = [domain for domain in settings.domain if not _is_local(domain)]
    told = "it has what mail needs" if public else f"not asked for {', '.join(settings.domain)}"
    return summed("DNS", told, _unpublished(settings, public, keys, lookup))


def _unpublished(
    settings: Settings, public: Sequence[str], keys: Sequence[tuple[str, str]], lookup: Lookup
) -> Iterator[Finding]:
    signed = {name.partition("._domainkey.")[2] for name, _ in keys}
    for domain in public:
        if settings.relay and domain not in signed:
            remedy = "Make a key: invited dkim create; or have your relay sign, and pay no heed to this."
            yield Finding(Level.WARNING, "DNS", f"mail from {domain} is not signed here", remedy)
    for each in dns.records(settings, keys):
        if any(each.name == domain or each.name.endswith(f".{domain}") for domain in public):
            yield from _compared(each, lookup)


def _compared(record: Record, lookup: Lookup) -> Iterator[Finding]:
    try:
        found = lookup(record.name, record.kind, SECONDS)
    except DnsTrouble as trouble:
        yield Finding(Level.WARNING, "DNS", f"it does not answer: {trouble}", "Try again; see /etc/resolv.conf.")
        return
    remedy = "Publish what invited dns prints; of SPF and DMARC there must be one record each."
    match dns.standing(record, found):
        case dns.Published.MISSING:
            yield Finding(Level.WRONG, "DNS", f"{record.name} has no {record.kind} record {record.value}", remedy)
        case dns.Published.DIFFERS:
            has = "; ".join(dns.alike(record, found))
            level = Level.WARNING if dns.purpose(record) is dns.Purpose.MX else Level.WRONG
            text = f"the {record.kind} record of {record.name} is {has} instead of {record.value}"
            yield Finding(level, "DNS", text, remedy)
        case _:
            pass


def relay(settings: Settings, greet: Greet | None = None) -> Iterable[Finding]:
    """Whether the relay would take mail."""
    if settings.relay is None:
        return
    try:
        named = parse(settings.relay.get_secret_value(), settings.domain[0], SECONDS)
        (greet or _greet)(named)
    except (OSError, ValueError, smtplib.SMTPException) as trouble:
        remedy = "See INVITED_RELAY, and whether this machine may connect to it; mail waits and is tried again."
        yield Finding(Level.WRONG, "relay", f"it cannot be used: {_told(trouble)}", remedy)
        return
    yield Finding(Level.OK, "relay", f"{named.name} is ready to take mail")


def _greet(relay: Relay) -> None:
    context = tls_context(relay)
    if relay.is_tls:
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            relay.host, relay.port, relay.helo, timeout=relay.timeout, context=context
        )
    else:
        client = smtplib.SMTP(relay.host, relay.port, relay.helo, timeout=relay.timeout)
    with client:
        client.ehlo_or_helo_if_needed()
        if not relay.is_tls and client.has_extn("starttls"):
            client.starttls(context=context)
        elif relay.user and not (relay.is_tls or relay.is_loopback):
            raise smtplib.SMTPException("it offers no STARTTLS, and a password is not sent in the clear")
        if relay.user:
            client.login(relay.user, relay.password)


def _told(trouble: Exception) -> str:
    if isinstance(trouble, smtplib.SMTPResponseException):
        said = trouble.smtp_error
        return f"{trouble.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    return str(trouble)


def _is_local(name: str) -> bool:
    return name == "localhost" or name.endswith(LOCAL)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
