"""Find again, in an archived mail, the part that a message speaks of, and what it makes of an event."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from invited.domain.addresses import new_id
from invited.domain.errors import Aside
from invited.domain.event import Change, Event, File, begun, cancelled
from invited.imip.itip import Cancellation, Submission, Understood, understand
from invited.imip.mail import InboundMail, read
from invited.messages import InviteSubmitted, Mail
from invited.ports import Engine

Part = TypeVar("Part", Submission, Cancellation)


def submission(engine: Engine, mail: Mail, uid: str) -> Submission:
    """What the organizer says of the event `uid` in this mail; raises Aside where it says nothing.

    Where the calendar does not tell the organizer's name, it is that of the From.
    """
    inbound = read(engine.archive.get(mail.key), mail.envelope_from)
    part = _named(_understood(engine, mail, inbound).submissions, uid)
    is_own = part.organizer in ("", inbound.sender)
    return part if part.organizer_name or not is_own else replace(part, organizer_name=inbound.sender_name)


def planned(message: InviteSubmitted, part: Submission, files: tuple[File, ...]) -> Event:
    """The new event that `part` of the mail is, under an id of our own."""
    received = message.mail.received
    event = Event(
        id=new_id(),
        domain=message.mail.domain,
        organizer=message.owner,
        organizer_name=part.organizer_name,
        origin_uid=message.uid,
        created=received,
        changed=received,
        components=tuple(replace(component, revision=0) for component in part.components),
        files=files,
    )
    return begun(event)


def cancellation(engine: Engine, mail: Mail, uid: str) -> Cancellation:
    """What the organizer cancels of the event `uid` in this mail; raises Aside where it is nothing."""
    inbound = read(engine.archive.get(mail.key), mail.envelope_from)
    return _named(_understood(engine, mail, inbound).cancellations, uid)


def called_off(event: Event, part: Cancellation, received: datetime) -> tuple[Event, Change]:
    """`event` after the cancel `part`, and what that means; raises Stale where it is older than what is stored."""
    keys = {moment.instant() if moment else None: stamp for moment, stamp in part.keys}
    return cancelled(event, keys, received, part.ranges, part.note)


def _understood(engine: Engine, mail: Mail, inbound: InboundMail) -> Understood:
    return understand(inbound, mail.received, engine.settings.floating_zone)


def _named(parts: tuple[Part, ...], uid: str) -> Part:
    for part in parts:
        if part.uid == uid:
            return part
    raise Aside(f"nothing about {uid} in the mail")
