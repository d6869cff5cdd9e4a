"""Who really sent a mail: SPF or DKIM, aligned with the From (RFC 7489 §3.1), or the word of the server in front."""

from __future__ import annotations

from email.utils import getaddresses

from invited.domain.addresses import domain_of, normalised
from invited.domain.mailboxes import ascii_domain
from invited.engines.alignment import is_aligned
from invited.engines.embedded.dkim_signature import is_signed
from invited.engines.embedded.lookup import Inquiry, Lookup, dns_lookup
from invited.engines.embedded.spf_policy import is_permitted
from invited.imip.authentication_results import AuthenticationResults, Result, read
from invited.imip.fields import fields
from invited.messages import Mail
from invited.settings import Settings


class SenderVerifier:
    """The `Verifier`. Trouble of any kind means not authenticated, which costs a confirmation and nothing else.

    With `settings.trusted_authserv` only that server's word counts: then the client is that server, not the sender's.
    """

    def __init__(self, settings: Settings, lookup: Lookup = dns_lookup) -> None:
        self._settings = settings
        self._lookup = lookup

    def is_authenticated(self, mail: Mail, raw: bytes, address: str) -> bool:
        """Whether SPF or DKIM, aligned with the domain of `address`, vouch for it; `address` must be the only From."""
        try:
            head = fields(raw)
        except ValueError:
            return False
        if not _is_only_from(head, address):
            return False
        if self._settings.trusted_authserv:
            return _is_vouched(head, self._settings.trusted_authserv, domain_of(address))
        return self._is_proven(mail, raw, domain_of(address))

    def _is_proven(self, mail: Mail, raw: bytes, domain: str) -> bool:
        inquiry = Inquiry(self._lookup)
        if is_signed(raw, domain, mail.received, inquiry):
            return True
        if self._settings.smtp_lmtp:  # the client is the server in front
            return False
        return is_permitted(mail.peer, mail.helo, mail.envelope_from, domain, inquiry)


def _is_only_from(head: list[tuple[str, str]], address: str) -> bool:
    values = [value for name, value in head if name == "from"]
    try:
        addresses = [found for _, found in getaddresses(values)]
        return len(values) == 1 and len(addresses) == 1 and normalised(addresses[0]) == normalised(address)
    except (ValueError, IndexError):  # the library's parser trips over some
        return False


def _is_vouched(head: list[tuple[str, str]], server: str, domain: str) -> bool:
    """By the topmost Authentication-Results alone: those below it may be anybody's (RFC 8601 §5)."""
    topmost = next((value for name, value in head if name == "authentication-results"), "")
    try:
        said = read(topmost)
    except ValueError:
        return False
    return said.server == server.lower() and _is_pass(said, domain)


def _is_pass(said: AuthenticationResults, domain: str) -> bool:
    """DMARC's verdict decides; where it has none, an aligned pass of DKIM or SPF."""
    verdicts = [r for r in said.results if r.method == "dmarc" and r.verdict not in ("none", "bestguesspass")]
    if verdicts:
        return all(r.verdict == "pass" and _is_about(r, domain) for r in verdicts)
    return any(r.verdict == "pass" and is_aligned(_identity(r), domain) for r in said.results)


def _is_about(result: Result, domain: str) -> bool:
    return ascii_domain(domain_of(result.properties.get("header.from", ""))) == ascii_domain(domain)


def _identity(result: Result) -> str:
    """The domain that a result vouches for, "" for methods that vouch for none."""
    properties = result.properties
    if result.method == "dkim":
        return properties.get("header.d") or domain_of(properties.get("header.i", ""))
    if result.method == "spf":
        return domain_of(properties.get("smtp.mailfrom") or properties.get("smtp.helo", ""))
    return ""
