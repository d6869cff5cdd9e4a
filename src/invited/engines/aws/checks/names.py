"""DNS, as the resolvers of this machine tell it."""

from __future__ import annotations

import dns.exception
import dns.resolver

from invited.domain.errors import Temporary

_SECONDS = 10.0


def mx(domain: str) -> list[str]:
    """See Lookup."""
    try:
        answer = dns.resolver.resolve(domain, "MX", lifetime=_SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as trouble:
        raise Temporary(f"DNS does not answer about {domain}: {type(trouble).__name__}") from trouble
    return [str(record.exchange).rstrip(".").lower() for record in answer]
