"""Who really sent a mail: SPF or DKIM, aligned with the From (RFC 7489 §3.1), or the word of the server in front."""

from __future__ import annotations

from invited.domain.addresses import domain_of
from invited.engines.embedded.dkim_signature import is_signed
from invited.engines.embedded.spf_policy import is_permitted
from invited.engines.lookup import Inquiry, Lookup, dns_lookup
from invited.engines.vouching import is_only_from, is_vouched
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
        if not is_only_from(head, address):
            return False
        if self._settings.trusted_authserv:
            return is_vouched(head, self._settings.trusted_authserv, domain_of(address))
        return self._is_proven(mail, raw, domain_of(address))

    def _is_proven(self, mail: Mail, raw: bytes, domain: str) -> bool:
        inquiry = Inquiry(self._lookup)
        if is_signed(raw, domain, mail.received, inquiry):
            return True
        if self._settings.smtp_lmtp:  # the client is the server in front
            return False
        return is_permitted(mail.peer, mail.helo, mail.envelope_from, domain, inquiry)
