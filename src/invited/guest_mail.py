"""The mails that guests and strangers get beside invites: a proposal is declined, somebody is not on the list."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from invited.domain import identity
from invited.domain.event import Event, Status
from invited.domain.invitation import Invitation, Partstat
from invited.domain.newcomer import Newcomer
from invited.imip.assemble import Copy
from invited.imip.compose import InviteTemplate, compose, wrapped
from invited.imip.declined import declined
from invited.mails.values import about
from invited.messages import CounterArrived
from invited.notices import guest_words
from invited.ports import Engine, Letter


def counter_declined(engine: Engine, event: Event, invitation: Invitation, message: CounterArrived) -> Letter:
    """DECLINECOUNTER (RFC 5546 §3.2.8): the time stays, for this guest to know."""
    sender = engine.settings.address("rsvp", event.domain)
    words = guest_words(engine, event, "counter_declined", about(event))
    calendar = declined(event, message.recurrence_id, sender, engine.now())
    template = wrapped(event, calendar, words, sender=sender, date=engine.now())
    copy = _copy(event, invitation.token, invitation.address)
    return _filled(event, template, copy, invitation.token, message.mail)


def turned_away(engine: Engine, event: Event, newcomer: Newcomer) -> Letter:
    """A CANCEL for the newcomer alone, of the copy that a guest passed on to them (RFC 5546 §3.2.2.6, §3.2.5)."""
    sender, now = engine.settings.address("rsvp", event.domain), engine.now()
    words = guest_words(engine, event, "turned_away", about(event))
    living = [component for component in event.components if component.status is not Status.CANCELLED]
    # Above what they hold; the guest's own copy knows nothing of it.
    uninvited = replace(event, sequence=event.sequence + 1, changed=now)
    template = compose(uninvited, living, "CANCEL", words, sender=sender, date=now)
    copy = _copy(event, newcomer.token, newcomer.address)
    return _filled(event, template, copy, newcomer.token, newcomer.address)


def _copy(event: Event, token: str, address: str) -> Copy:
    uid = identity.uid(event.id, token, event.domain)
    return Copy(uid=uid, address=address, name="", partstat=Partstat.NEEDS_ACTION, asks=False)


def _filled(event: Event, template: InviteTemplate, copy: Copy, token: str, reason: str) -> Letter:
    """From the null sender: what bounces here must not count as a bounce of the guest's invite, whose UID it bears."""
    told = hashlib.sha256(reason.encode()).hexdigest()[:12]
    message_id = identity.message_id(event.id, token, f"{event.revision}.0.{told}", event.domain)
    return Letter("", copy.address, template.fill(copy, message_id=message_id))
