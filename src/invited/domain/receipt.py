"""A receipt: an attendee's recorded answer; which of several wins, and how sure we are of who gave it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from invited.domain.addresses import same_mailbox
from invited.domain.invitation import Invitation, Partstat


class Grade(StrEnum):
    """How an answer was attributed, best first."""

    AUTHENTICATED = "authenticated"
    """The token, and the guest's own address on a mail whose sender was verified."""
    CONFIRMED = "confirmed"
    """The attendee's page, opened by a link that was mailed to them alone."""
    TOKEN = "token"  # noqa: S105 - a grade, not a secret
    """The token and the guest's address, but nothing vouches for the sender."""
    WEB = "web"
    """The attendee's page, opened by the link in the invite, which travels when that is forwarded; they were told."""
    ALIAS = "alias"
    """The token, answered from another address of the guest's."""
    ADMITTED = "admitted"
    """Another guest's token, answered by somebody who got an invitation of their own by that: their answer."""
    FORWARDED = "forwarded"
    """The token, answered by somebody else: the invite was passed on. Never the guest's answer."""
    UNVERIFIED = "unverified"
    """No valid token. Never anybody's answer."""

    @property
    def counts(self) -> bool:
        """Whether what bears it is the guest's own."""
        return self not in (Grade.FORWARDED, Grade.UNVERIFIED)

    @property
    def is_sure(self) -> bool:
        """Whether nobody but who reads the guest's mail can have given it."""
        return self in (Grade.AUTHENTICATED, Grade.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One answer to an event or, with `recurrence_id` (20261201T090000Z, or 20261201 if all-day), to one occurrence.

    `sequence` and `dtstamp` come from the reply, clamped; `arrived` is when its mail reached us and `mail` its archive
    key. `address` is who answered, which differs from the guest's for an alias or a stranger. `guests` are plus-ones.
    """

    event_id: str
    token: str
    recurrence_id: str
    partstat: Partstat
    sequence: int
    dtstamp: datetime
    arrived: datetime
    mail: str
    address: str
    client: str
    grade: Grade
    comment: str = ""
    guests: int = 0

    def order(self) -> tuple[int, datetime, datetime, str]:
        """Greater wins (RFC 5546 §2.1.5); equal SEQUENCE and DTSTAMP go to the later arrival, clients round them."""
        return (self.sequence, self.dtstamp, self.arrived, self.mail)

    def rank(self) -> tuple[bool, int, datetime, datetime, str]:
        """Greater wins among one stranger's answers: who holds a token goes before who only claims to be somebody."""
        return (self.grade is Grade.FORWARDED, *self.order())

    @property
    def counts(self) -> bool:
        """Whether it is the guest's own answer."""
        return self.grade.counts


@dataclass(frozen=True, slots=True)
class Taken:
    """How an answer was taken when it came, which its mail alone does not tell: by what we had sent until then, and by
    what DNS said of its sender. The first three name the answer among those of one mail to one event.
    """

    token: str
    recurrence_id: str
    address: str
    sequence: int
    grade: Grade


def as_taken(receipt: Receipt, taken: Iterable[Taken]) -> Receipt:
    """`receipt`, read once more from its mail, as it was taken when that came; unchanged where it never was."""
    named = (receipt.token, receipt.recurrence_id, receipt.address)
    for then in taken:
        if named == (then.token, then.recurrence_id, then.address):
            return replace(receipt, sequence=then.sequence, grade=then.grade)
    return receipt


def clamped(receipt: Receipt, highest_sequence: int) -> Receipt:
    """`receipt` with no SEQUENCE above what we ever sent and no DTSTAMP after its arrival.

    One bad reply would otherwise lock out every later answer of its sender.
    """
    return replace(
        receipt,
        sequence=max(0, min(receipt.sequence, highest_sequence)),
        dtstamp=min(receipt.dtstamp, receipt.arrived),
    )


def grade(invitation: Invitation, attendee: str, sender: str, *, is_authenticated: bool) -> Grade:
    """How sure it is that the guest gave an answer that bears the guest's token.

    `attendee` is the reply's ATTENDEE ("" where the client left it out), `sender` the mail's From; both normalised.
    """
    by_attendee = same_mailbox(attendee, invitation.address) if attendee else None
    by_sender = same_mailbox(sender, invitation.address)
    if by_sender and by_attendee is not False:
        return Grade.AUTHENTICATED if is_authenticated else Grade.TOKEN
    if by_sender or by_attendee:
        return Grade.ALIAS
    # No ATTENDEE at all: the token is all there is, and it is the guest's.
    return Grade.TOKEN if by_attendee is None else Grade.FORWARDED
