"""Complaints: a reader called a mail of ours unwanted, and their provider says so (ARF, RFC 5965)."""

from __future__ import annotations

from invited.domain.bounce import BounceKind
from invited.imip.delivery_status import Failure, blocks
from invited.imip.diagnosis import reason
from invited.imip.values import bare_address

# Others say that the mail was wanted (not-spam), or tell only of a failed signature (auth-failure, RFC 6591).
_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "opt-out", "opt-out-list", "other"})


def complaint(report: str) -> Failure | None:
    """The complaint that a feedback-report part tells; None where it is news of another kind."""
    fields: dict[str, str] = {}
    for block in blocks(report):
        fields = block | fields
    feedback = fields.get("feedback-type", "").lower()
    if feedback not in _COMPLAINTS:
        return None
    recipient = bare_address(fields.get("original-rcpt-to", "").strip("<>"))
    return Failure(BounceKind.COMPLAINT, reason(feedback), recipient)
