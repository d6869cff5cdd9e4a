"""The facts that are told of what happened: what each one says, to everybody and to those who may read attendees.

What a relay or a receiving server gave as its reason often names the address, so it is for the latter.
"""

from __future__ import annotations

from datetime import UTC, datetime

from invited.domain.approval import Approval
from invited.domain.event import Event, Status
from invited.domain.fact import Fact, FactKind, Scalar, identified
from invited.domain.invitation import Delivery, Invitation, Partstat, State
from invited.domain.job import Job
from invited.domain.moment import Moment
from invited.domain.newcomer import Newcomer
from invited.domain.receipt import Receipt

_OF_STATE = {
    State.SENT: FactKind.INVITATION_SENT,
    State.FAILED: FactKind.INVITATION_FAILED,
    State.DROPPED: FactKind.INVITATION_DROPPED,
    State.WITHDRAWN: FactKind.INVITATION_WITHDRAWN,
    State.BOUNCED: FactKind.DELIVERY_BOUNCED,
    State.COMPLAINED: FactKind.DELIVERY_COMPLAINED,
}


def of_event(event: Event) -> Fact:
    """The event as it stands: created, changed or cancelled."""
    if event.is_cancelled:
        kind = FactKind.EVENT_CANCELLED
    else:
        kind = FactKind.EVENT_UPDATED if event.revision else FactKind.EVENT_CREATED
    head = event.head
    detail: dict[str, Scalar] = {
        "subject": head.summary,
        "organizer": event.organizer,
        "start": _time(head.start),
        "end": _time(head.ends()),
        "time_zone": head.start.zone,
        "location": head.location,
        "status": Status.CANCELLED if event.is_cancelled else head.status,
        "sequence": event.sequence,
    }
    return Fact(identified(kind, event.id, event.revision), kind, event.changed, event.id, detail)


def of_admission(new: Invitation) -> Fact:
    """Somebody is on the guest list."""
    kind = FactKind.INVITATION_ADDED
    detail: dict[str, Scalar] = {"attendee": new.token, "origin": new.origin, "job": new.job}
    identity = identified(kind, new.event_id, new.token)
    return Fact(identity, kind, new.created, new.event_id, detail, {"email": new.address})


def of_delivery(invitation: Invitation, delivery: Delivery, repeat: str = "") -> Fact:
    """What became of one mail; `repeat` tells one repetition of the same version from another."""
    kind = _OF_STATE[delivery.state]
    detail: dict[str, Scalar] = {
        "attendee": invitation.token,
        "origin": invitation.origin,
        "job": invitation.job,
        "first": invitation.sent_revision < 0,
        "sequence": delivery.sequence,
    }
    personal: dict[str, Scalar] = {"email": invitation.address, "reason": delivery.reason}
    identity = identified(kind, invitation.event_id, invitation.token, delivery.revision, repeat)
    return Fact(identity, kind, delivery.at, invitation.event_id, detail, personal)


def of_receipt(receipt: Receipt, previous: Partstat | None) -> Fact:
    """An answer that now stands; `previous` is the one that stood before it, as far as is known."""
    kind = FactKind.RECEIPT_RECORDED
    detail: dict[str, Scalar] = {
        "attendee": receipt.token,
        "recurrence_id": receipt.recurrence_id or None,
        "partstat": receipt.partstat,
        "previous": previous,
        "sequence": receipt.sequence,
        "grade": receipt.grade,
        "client": receipt.client,
        "guests": receipt.guests,
    }
    personal: dict[str, Scalar] = {"email": receipt.address, "comment": receipt.comment}
    identity = identified(kind, receipt.event_id, receipt.token, receipt.recurrence_id, *receipt.order())
    return Fact(identity, kind, receipt.arrived, receipt.event_id, detail, personal)


def of_stranger(kind: FactKind, newcomer: Newcomer, at: datetime) -> Fact:
    """Somebody came by a forwarded invite, or was decided about."""
    detail: dict[str, Scalar] = {"by_attendee": newcomer.token, "delegate": newcomer.is_delegate}
    identity = identified(kind, newcomer.event_id, newcomer.address)
    return Fact(identity, kind, at, newcomer.event_id, detail, {"email": newcomer.address})


def of_job(kind: FactKind, job: Job, at: datetime) -> Fact:
    """A bulk send that was paused or is done. One that goes on after that may be done once more: another fact."""
    figures = job.figures
    detail: dict[str, Scalar] = {
        "job": job.id,
        "origin": job.origin,
        "invitations": figures.invitations,
        "sent": figures.sent,
        "failed": figures.failed,
        "dropped": figures.dropped,
    }
    mark = job.paused if kind is FactKind.JOB_PAUSED else job.latest
    return Fact(identified(kind, job.id, mark, figures.dropped), kind, at, job.event_id, detail)


def of_approval(approval: Approval) -> Fact:
    """A change waits for its organizer's word."""
    kind = FactKind.APPROVAL_WAITING
    detail: dict[str, Scalar] = {
        "approval": approval.id,
        "change": approval.change.name.lower(),
        "reach": approval.reach,
        "expires": _time(Moment.at(approval.expires)),
    }
    return Fact(identified(kind, approval.id), kind, approval.created, approval.event_id, detail)


def of_unsubscription(address: str, organizer: str, at: datetime) -> Fact:
    """Somebody wants no more mail about this organizer's events, with "" about any."""
    kind = FactKind.UNSUBSCRIBED
    identity = identified(kind, address, organizer, at)
    return Fact(identity, kind, at, "", {"from": organizer or "everybody"}, {"email": address})


def _time(moment: Moment) -> str:
    """RFC 3339 in UTC, or a date."""
    if moment.is_date:
        return moment.wall.date().isoformat()
    return moment.instant().astimezone(UTC).isoformat().replace("+00:00", "Z")
