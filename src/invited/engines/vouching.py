"""What the mail server in front of us found out about a mail's sender, for those who believe it."""

from __future__ import annotations

from email.utils import getaddresses

from invited.domain.addresses import domain_of, normalised
from invited.domain.mailboxes import ascii_domain
from invited.engines.alignment import is_aligned
from invited.imip.authentication_results import AuthenticationResults, Result, read


def is_only_from(head: list[tuple[str, str]], address: str) -> bool:
    """Whether a mail with these header fields (names in lower case) has one From, with this one address."""
    values = [value for name, value in head if name == "from"]
    try:
        addresses = [found for _, found in getaddresses(values)]
        return len(values) == 1 and len(addresses) == 1 and normalised(addresses[0]) == normalised(address)
    except (ValueError, IndexError):  # the library's parser trips over some
        return False


def is_vouched(head: list[tuple[str, str]], server: str, domain: str) -> bool:
    """Whether `server`, the one in front of us, says that the sender is of `domain`.

    By the topmost Authentication-Results alone: those below it may be anybody's (RFC 8601 §5).
    """
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
