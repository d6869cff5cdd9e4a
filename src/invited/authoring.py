"""Events by API: what a program says of an event becomes the mail that its organizer's calendar would have sent.

That mail goes to the archive and then the way of every other, so limits, approval, significance and notices hold. What
the API must answer at once is done at once; the message then published does it once more, which changes nothing, and
does what is owed to everybody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from invited.approvals import Foreseen, foreseen, submit
from invited.domain import identity
from invited.domain.addresses import domain_of
from invited.domain.approval import Approval
from invited.domain.errors import Refused
from invited.domain.event import Change, Component, Event, Property, Stamp, Status, updated
from invited.domain.moment import Moment
from invited.imip.assemble import authored, person
from invited.imip.enclosed import enclosed
from invited.imip.itip import Submission, Understood, understand
from invited.imip.lines import text
from invited.imip.mail import read
from invited.imip.recipient import wire_address
from invited.intake import called_off, planned
from invited.messages import AudienceDue, CancelArrived, InviteSubmitted, Mail, UpdateArrived
from invited.ports import Engine
from invited.terms import event_limit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change: the event as it stands now, what the change means, and the approval it waits for."""

    event: Event
    foreseen: Foreseen
    approval: Approval | None = None


def uploaded(engine: Engine, calendar: bytes) -> Submission:
    """The one event of an .ics file; raises Refused with what is wrong with it."""
    somebody = engine.settings.address("create")
    raw = enclosed(calendar, "PUBLISH", sender=somebody, to=somebody, subject="", date=engine.now())
    understood = _understood(engine, raw, somebody)
    if understood.cancellations or understood.replies:
        raise Refused("The file is no event but an answer or a cancellation.", "Send the event itself.")
    if len(understood.submissions) != 1:
        raise Refused(f"The file holds {len(understood.submissions)} events.", "Send one event in each request.")
    part = understood.submissions[0]
    if identity.parse(part.uid) and domain_of(part.uid.lower()) in engine.settings.domain:
        raise Refused("This is an invite that this service sent.", "Give the event a UID of your own.")
    return part


def create(engine: Engine, owner: str, name: str, uid: str, components: Sequence[Component]) -> tuple[Event, bool]:
    """Store a new event of `owner`; it, and whether it is new, which it is not where they have one with this UID.

    Raises Refused for what cannot be an event, LimitReached at the owner's limit.
    """
    known = engine.store.event_by_origin(owner, uid)
    if known:
        return known, False
    now, domain = engine.now(), engine.settings.domain[0]
    stamp = Stamp(0, now.replace(microsecond=0), now)
    stamped = tuple(replace(component, stamp=stamp) for component in components)
    raw = _mail(engine, Event("", domain, owner, name, uid, now, now, stamped), stamped, "REQUEST")
    part = _submission(engine, raw, owner)
    mail = _kept(engine, raw, owner, domain, now)
    message = InviteSubmitted(mail, owner, uid)
    # First what is owed; whichever of the two stores it, it is the same event.
    engine.queue.publish([message])
    is_new = engine.store.add_event(planned(message, part, ()), event_limit(engine, owner))
    stored = engine.store.event_by_origin(owner, uid)
    assert stored  # noqa: S101 - events are never taken away
    return stored, is_new or stored.created == now


def change(engine: Engine, event: Event, components: Sequence[Component], *, is_preview: bool = False) -> Outcome:
    """Apply the organizer's change of these components of `event`, or only say what it would do; raises Refused."""
    now = engine.now()
    waiting = engine.store.pending(event.id)
    base = waiting.proposed if waiting else event
    stamped = [replace(component, stamp=_stamp(base, component, now)) for component in components]
    raw = _mail(engine, base, stamped, "REQUEST")
    after = updated(base, _submission(engine, raw, event.organizer).components, now)
    found = foreseen(engine, event, waiting, after)
    if is_preview:
        return Outcome(event, found)
    if found.change is Change.NONE and not waiting:
        # An earlier try may have stored it and died before anybody was told.
        engine.queue.publish([AudienceDue(event.id)])
        return Outcome(event, found)
    message = UpdateArrived(_kept(engine, raw, event.organizer, event.domain, now), event.organizer, event.origin_uid)
    return _submitted(engine, event, waiting, after, message)


def cancel(engine: Engine, event: Event, key: datetime | None, comment: str, *, is_preview: bool = False) -> Outcome:
    """Cancel the event, or the occurrence that was to start at `key`, telling people why, or only say what that would
    do; raises Refused.
    """
    now = engine.now()
    waiting = engine.store.pending(event.id)
    base = waiting.proposed if waiting else event
    named = replace(_occurrence(base, key), status=Status.CANCELLED)
    note = (Property("COMMENT", (), text(comment)),) if comment else ()
    stamped = replace(named, stamp=_stamp(base, named, now), extra=note)
    raw = _mail(engine, base, [stamped], "CANCEL")
    (part,) = _understood(engine, raw, event.organizer).cancellations
    after = called_off(base, part, now)
    if is_preview:
        return Outcome(event, foreseen(engine, event, waiting, after))
    message = CancelArrived(_kept(engine, raw, event.organizer, event.domain, now), event.organizer, event.origin_uid)
    return _submitted(engine, event, waiting, after, message)


def _submitted(
    engine: Engine,
    event: Event,
    waiting: Approval | None,
    changed: tuple[Event, Change],
    message: UpdateArrived | CancelArrived,
) -> Outcome:
    """Stored, or waiting for approval; then the message does the rest."""
    found = foreseen(engine, event, waiting, changed)
    if submit(engine, event, waiting, changed, message):
        engine.queue.publish([message])
        return Outcome(engine.store.event(event.id) or found.after, found)
    return Outcome(event, found, engine.store.pending(event.id))


def _stamp(event: Event, component: Component, now: datetime) -> Stamp:
    """Later than what is known of this part, at the SEQUENCE of the organizer's own calendar: so what they do there
    afterwards is later still. Only what was cancelled needs a higher one to take place again.
    """
    known = {c.place(): c for c in (*event.components, *event.dormant)}
    old = known.get(component.place()) or event.head
    again = old.status is Status.CANCELLED and component.status is not Status.CANCELLED
    dtstamp = max(now.replace(microsecond=0), old.stamp.dtstamp)
    return Stamp(old.stamp.sequence + again, dtstamp, now)


def _occurrence(event: Event, key: datetime | None) -> Component:
    """The whole, or one occurrence as it is known or was planned."""
    head = event.head
    if key is None:
        return replace(head, recurrence_id=None)
    start = Moment.day(key.date()) if head.start.is_date else Moment.at(key)
    length = head.ends().instant() - head.start.instant()
    once = replace(head, start=start, recurrence_id=start, end=None, duration=length)
    return event.component(key) or replace(once, rules=(), rdates=(), exdates=())


def _mail(engine: Engine, event: Event, components: Sequence[Component], method: str) -> bytes:
    return enclosed(
        authored(event, components, method, event.origin_uid),
        method,
        sender=wire_address(event.organizer),
        to=engine.settings.address("create", event.domain),
        subject=components[0].summary,
        date=engine.now(),
        name=person(event.organizer_name),
    )


def _submission(engine: Engine, raw: bytes, owner: str) -> Submission:
    """What the mail says, read as if it had come in; raises Refused."""
    (part,) = _understood(engine, raw, owner).submissions
    return part


def _understood(engine: Engine, raw: bytes, owner: str) -> Understood:
    understood = understand(read(raw, owner), engine.now(), engine.settings.floating_zone)
    if understood.faults:
        raise understood.faults[0]
    return understood


def _kept(engine: Engine, raw: bytes, owner: str, domain: str, now: datetime) -> Mail:
    """The mail in the archive, where it came as from an organizer who has confirmed it."""
    mail = Mail("", "create", engine.settings.address("create", domain), domain, owner, now, is_confirmed=True)
    return replace(mail, key=engine.archive.put(raw, [mail]))
