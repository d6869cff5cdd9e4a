"""Who may speak for an event: the organizer, or a delegate from the same house (RFC 6047 §2.2.1)."""

from __future__ import annotations

from invited.domain.addresses import domain_of


def owner(sender: str, organizer: str, sent_by: str) -> str:
    """Whose event a mail From `sender` is about, all addresses normalised or "".

    The ORGANIZER where the sender is that person, or is named in SENT-BY and shares a domain with them. Otherwise the
    sender: what somebody passes on is their own event here, and never touches another's.
    """
    if not organizer or organizer == sender:
        return sender
    return organizer if sent_by == sender and _share_a_house(sender, organizer) else sender


def _share_a_house(one: str, other: str) -> bool:
    mine, yours = domain_of(one), domain_of(other)
    return mine == yours or mine.endswith(f".{yours}") or yours.endswith(f".{mine}")
