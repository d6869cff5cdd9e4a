"""Who may be mailed here: create@, rsvp@, list@ and report@ of our own domains, and nobody else (seed step 1).

There is no postmaster@, which RFC 5321 §4.5.1 asks for: nobody would read it, and a mail that is taken is never dropped
silently. The mail server in front of us, or the domain's own, has that mailbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from invited.domain.addresses import domain_of

MAILBOXES = ("create", "rsvp", "list", "report")

_LOCAL = re.compile(rf"(?P<mailbox>{'|'.join(MAILBOXES)})(?P<event>\.[a-z0-9]+)?(?:\+[a-z0-9._=-]+)?", re.IGNORECASE)
_ROUTED = re.compile(r'[%!@"\\]')
"""What once named a further hop (RFC 5321 appendix F.2 and the likes), or hides one in quotes."""


class NoMailbox(Exception):
    """The domain is ours, but nobody of that name is here."""


class Foreign(Exception):
    """Somebody else's address: to take it would make us a relay."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where a mail goes: `name` is one of MAILBOXES, `recipient` the address as it was given and `domain` one of ours.

    `identity` is equal for recipients that mean the same: letter case and what follows a + tell nothing apart.
    """

    name: str
    recipient: str
    domain: str
    identity: str


def mailbox(recipient: str, domains: Iterable[str]) -> Mailbox:
    """The mailbox that `recipient` reaches, `list.<event id>@` being list@, and so with report@; raises Foreign or
    NoMailbox.
    """
    ours = {ascii_domain(name): name for name in domains}
    domain = ours.get(ascii_domain(domain_of(recipient)))
    local = recipient.rpartition("@")[0]
    if domain is None or _ROUTED.search(local):
        raise Foreign(recipient)
    found = _LOCAL.fullmatch(local)
    if found is None or (found["event"] and found["mailbox"].lower() not in ("list", "report")):
        raise NoMailbox(recipient)
    name = found["mailbox"].lower()
    return Mailbox(name, recipient, domain, f"{name}{found['event'] or ''}@{domain}".lower())


def is_ours(address: str, domains: Iterable[str]) -> bool:
    """Whether it is the address of a mailbox here."""
    try:
        mailbox(address, domains)
    except (Foreign, NoMailbox):
        return False
    return True


def ascii_domain(name: str) -> str:
    """A domain as DNS and comparisons want it: A-labels, lower-case, no dot at its end; "" where it is no domain."""
    try:
        return name.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        return ""
