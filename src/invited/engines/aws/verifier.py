"""Who really sent a mail that came by SES: what SES found out, which it writes on top of the mail that it keeps."""

from __future__ import annotations

from invited.domain.addresses import domain_of
from invited.engines.vouching import is_only_from, is_vouched
from invited.imip.fields import fields
from invited.messages import Mail

SES = "amazonses.com"
"""The authserv-id of SES. A mail that came by SES bears it as its `helo`, too, which nothing but its notice can set."""


class SesVerifier:
    """The `Verifier`. What did not come by SES is not authenticated: anybody may have written its header fields."""

    def is_authenticated(self, mail: Mail, raw: bytes, address: str) -> bool:
        """Whether SES found SPF or DKIM, aligned with the domain of `address`, the only From, to vouch for it."""
        if mail.helo != SES:
            return False
        try:
            head = fields(raw)
        except ValueError:
            return False
        return is_only_from(head, address) and is_vouched(head, SES, domain_of(address))
