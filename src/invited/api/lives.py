"""Attendees as the API shows them: in a list, and one with all that happened."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from invited.api.auth import shown
from invited.api.schemas import time
from invited.domain.audience import NoReminder
from invited.domain.event import Event
from invited.domain.invitation import Invitation, Partstat, State
from invited.domain.principal import Principal
from invited.domain.receipt import Receipt
from invited.domain.statistics import ANSWERS
from invited.domain.step import Kind, Step
from invited.imip.recurrence import original
from invited.reassembly import has_mail


def answer_word(partstat: Partstat) -> str:
    """accepted, declined, tentative, delegated or none."""
    return "delegated" if partstat is Partstat.DELEGATED else ANSWERS.get(partstat, "none")


class AnswerGiven(BaseModel):
    """The present answer to the whole event."""

    answer: str = Field(description="accepted, declined, tentative or delegated.")
    at: datetime
    client: str
    grade: str = Field(
        description="How sure it is who gave it: authenticated, confirmed, token, web, alias or admitted."
    )
    comment: str
    guests: int

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        """`receipt` as it is shown."""
        return cls(
            answer=answer_word(receipt.partstat),
            at=receipt.arrived,
            client=receipt.client,
            grade=receipt.grade,
            comment=receipt.comment,
            guests=receipt.guests,
        )


class Attendee(BaseModel):
    """API 4: one attendee of an event."""

    token: str = Field(description="Stands for the attendee in this event.")
    email: str = Field(description="Masked for a key without attendees:read.")
    name: str
    origin: str
    state: State = Field(description="What became of the latest mail.")
    reason: str = Field(description="Why it failed, bounced or was dropped.")
    invited: datetime
    sent: datetime | None = Field(description="When the relay last took a mail for them.")
    sequence: int | None = Field(description="The SEQUENCE of the copy that they hold; null if none was sent.")
    reminders: int
    receipt: AnswerGiven | None = Field(description="Null while they have not answered the whole event.")

    @classmethod
    def of(cls, invitation: Invitation, receipt: Receipt | None, caller: Principal) -> Self:
        """`invitation` as the caller may see it, with the present answer to the whole."""
        return cls(
            token=invitation.token,
            email=shown(invitation.address, caller),
            name=invitation.name,
            origin=invitation.origin,
            state=invitation.state,
            reason=told(invitation.reason, invitation.address, caller),
            invited=invitation.created,
            sent=invitation.sent,
            sequence=invitation.sent_sequence if invitation.sent_sequence >= 0 else None,
            reminders=invitation.nudges,
            receipt=AnswerGiven.of(receipt) if receipt else None,
        )


class AttendeePage(BaseModel):
    """One page of a list, by token."""

    attendees: list[Attendee]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


class StepTaken(BaseModel):
    """One step of an attendee's life."""

    number: int
    kind: Kind
    at: datetime
    sequence: int | None = Field(description="Of the version that a mail brought, or that an answer was given to.")
    reason: str = Field(description="What a relay or a returned mail said, or why.")
    answer: str | None = Field(description="accepted, declined, tentative or delegated; null where it is no answer.")
    occurrence: str | None = Field(
        description="The occurrence that was answered, by original start; null for the whole."
    )
    client: str
    grade: str
    comment: str
    guests: int
    from_: str | None = Field(alias="from", description="Who answered, where that is another address.")
    mail: str | None = Field(description="Where the mail behind it is, for keys with attendees:read; null for none.")

    @classmethod
    def of(cls, number: int, step: Step, event: Event, invitation: Invitation, caller: Principal) -> Self:
        """`step` as the caller may see it."""
        receipt = step.receipt
        sequence = receipt.sequence if receipt else step.sequence
        other = receipt and receipt.address != invitation.address
        path = f"/api/v1/events/{event.id}/attendees/{invitation.token}/steps/{number}/mail"
        return cls.model_validate(
            {
                "number": number,
                "kind": step.kind,
                "at": step.at,
                "sequence": sequence if sequence >= 0 else None,
                "reason": told(step.reason, invitation.address, caller),
                "answer": answer_word(receipt.partstat) if receipt else None,
                "occurrence": _occurrence(event, receipt),
                "client": receipt.client if receipt else "",
                "grade": receipt.grade if receipt else "",
                "comment": receipt.comment if receipt else "",
                "guests": receipt.guests if receipt else 0,
                "from": shown(receipt.address, caller) if receipt and other else None,
                "mail": path if has_mail(step) and caller.may_read_addresses else None,
            }
        )


class AttendeeLife(Attendee):
    """One attendee and all that happened, in order."""

    no_reminder: NoReminder | None = Field(description="Why they may not be reminded now; null where they may.")
    remind_from: datetime | None = Field(description="Where a mail went out lately: from when on they may be reminded.")
    steps: list[StepTaken]
    whole: bool = Field(description="False where there were too many steps to keep them all.")


class Ordered(BaseModel):
    """Whom an order concerns."""

    email: str = Field(description="Masked for a key without attendees:read.")


def told(words: str, address: str, caller: Principal) -> str:
    """What some server said, without the attendee's address where the caller may not see it."""
    return words if caller.may_read_addresses else words.replace(address, shown(address, caller))


def _occurrence(event: Event, receipt: Receipt | None) -> str | None:
    if receipt is None or not receipt.recurrence_id:
        return None
    return time(original(event, receipt.recurrence_id))
