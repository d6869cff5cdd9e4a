"""An attendee's own mails: what an event says to one person, from the template that all of them share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from invited.branding import branding
from invited.credentials import attendee_path, unsubscribe_link
from invited.domain import identity
from invited.domain.event import Component, Event
from invited.domain.invitation import Invitation, Partstat
from invited.enclosures import contents
from invited.imip.assemble import Copy
from invited.imip.compose import InviteTemplate, compose
from invited.imip.split import explicit
from invited.notices import INVITE, invite_words
from invited.pacing import Outcome
from invited.ports import Engine, Letter, Sent, Trouble

SLICE = 25
"""Attendees whose mails are handed to the outbox at a time: twice as many each time that takes next to no time."""

MEMORY = timedelta(seconds=1)
"""For so long, or for one slice, may what was sent be unremembered: a crash repeats no more than that."""


@dataclass(frozen=True, slots=True)
class Owed:
    """An attendee, the mails that they are owed, and why they are sent again, "" for the first time."""

    invitation: Invitation
    templates: Sequence[InviteTemplate]
    repeat: str = ""


def template(
    engine: Engine, event: Event, parts: Sequence[Component], method: str, kind: str, *, date: datetime | None = None
) -> InviteTemplate:
    """The mail that says `parts` of the event; `kind` is "invitation", "reminder", "updated", "cancelled" or
    "withdrawn". It is dated when the event changed, or at `date`.
    """
    words = invite_words(engine, event, parts, kind)
    enclosed = contents(engine, [file for file in event.files if not file.is_linked]) if method == "REQUEST" else ()
    sender = engine.settings.address("rsvp", event.domain)
    return compose(event, parts, method, words, sender=sender, date=date or event.changed, files=enclosed)


def catching_up(engine: Engine, event: Event, known: int) -> list[InviteTemplate]:
    """The mails that tell somebody who knows revision `known`, -1 for none, what the event is now.

    Every batch of a bulk send asks for the same ones: they are made again when the event, or how its domain's invites
    look, has changed.
    """
    look = engine.store.mail_template(event.domain, INVITE), branding(engine, event.domain)
    return engine.kept.get((catching_up, event.id, known), (event, look), lambda: _caught_up(engine, event, known))


def _caught_up(engine: Engine, event: Event, known: int) -> list[InviteTemplate]:
    event = explicit(event)
    return [
        template(engine, event, parts, method, _kind(event, parts, method, known))
        for method, parts in event.catch_up(known)
    ]


def _kind(event: Event, parts: Sequence[Component], method: str, known: int) -> str:
    if method == "CANCEL":
        return "cancelled"
    # A newcomer's second mail, with what differs from the series, changes what the first one said.
    return "invitation" if known < 0 and parts[0] is event.head else "updated"


def reminding(engine: Engine, event: Event, date: datetime) -> list[InviteTemplate]:
    """The mails that tell all of the event once more."""
    event = explicit(event)
    return [template(engine, event, parts, method, "reminder", date=date) for method, parts in event.catch_up(-1)]


def withdrawing(engine: Engine, event: Event) -> tuple[Event, list[InviteTemplate]]:
    """The mail that takes the invite back from one attendee, and the event that it is about."""
    # A CANCEL counts only above the SEQUENCE of what it cancels.
    above = replace(event, sequence=event.sequence + 1)
    return above, [template(engine, above, event.whole(), "CANCEL", "withdrawn")]


def filled(
    engine: Engine,
    event: Event,
    invitation: Invitation,
    templates: Sequence[InviteTemplate],
    repeat: str = "",
    *,
    is_for_guest: bool = True,
) -> list[Letter]:
    """The attendee's mails, `repeat` being why they are sent again; raises ValueError where the address cannot stand in
    a header. For other eyes than the guest's, they hold no link by which the guest could do anything.
    """
    copy = _copy(event, invitation)
    sender = engine.settings.address(identity.return_path(event.id, invitation.token), event.domain)
    link = unsubscribe_link(engine, event.id, invitation.token) if is_for_guest else ""
    own = attendee_path(engine, event.id, invitation.token)
    own = own if is_for_guest else "-" * len(own)
    mails = [
        each.fill(copy, message_id=_message_id(event, invitation, number, repeat), unsubscribe=link, personal=own)
        for number, each in enumerate(templates)
    ]
    return [
        Letter(sender, invitation.address, raw, each.is_transparent) for each, raw in zip(templates, mails, strict=True)
    ]


def post(
    engine: Engine,
    event: Event,
    owed: Sequence[Owed],
    patience: float,
) -> Iterator[list[Outcome]]:
    """Send each attendee's mails; about every second, the worst that became of each, fine for whom there are none.

    It is to be remembered at once: what is not remembered is sent again after a crash. What is left after `patience`
    seconds is put off, so that with a slow relay no claim runs out; and so it is once the relay itself refuses.
    """
    told = engine.now()
    deadline = told + timedelta(seconds=patience)
    end: Sent | None = None
    outcomes: list[Outcome] = []
    size, rest = SLICE, owed
    while rest:
        part, rest = rest[:size], rest[size:]
        began = engine.now()
        if began > deadline:
            end = end or Sent(is_temporary=True, reason="the relay is slow", trouble=Trouble.PACE)
        if end:
            outcomes += [Outcome(one.invitation, end) for one in part]
            continue
        posted = _posted(engine, event, part)
        end = next((one.sent for one in posted if one.sent.trouble is Trouble.RELAY), None)
        outcomes += posted
        ended = engine.now()
        # Twice as many then take half of what may be forgotten.
        size = 2 * size if ended - began < MEMORY / 4 else SLICE
        if ended - told >= MEMORY:
            yield outcomes
            told, outcomes = engine.now(), []
    if outcomes:
        yield outcomes


def _posted(engine: Engine, event: Event, part: Sequence[Owed]) -> list[Outcome]:
    worst = {one.invitation.token: Sent() for one in part}
    outgoing: list[tuple[str, Letter]] = []
    for one in part:
        try:
            mails = filled(engine, event, one.invitation, one.templates, one.repeat)
        except ValueError as fault:
            worst[one.invitation.token] = Sent(is_permanent=True, reason=f"cannot be written: {fault}")
        else:
            outgoing += [(one.invitation.token, letter) for letter in mails]
    sent = engine.outbox.send([letter for _, letter in outgoing]) if outgoing else []
    for (token, _), result in zip(outgoing, sent, strict=True):
        worst[token] = max(worst[token], result, key=_gravity)
    return [Outcome(one.invitation, worst[one.invitation.token]) for one in part]


def _gravity(sent: Sent) -> int:
    return 2 * sent.is_permanent + sent.is_temporary


def _copy(event: Event, invitation: Invitation) -> Copy:
    standing = invitation.standing(event.sequence)
    return Copy(
        uid=identity.uid(event.id, invitation.token, event.domain),
        address=invitation.address,
        name=invitation.name,
        partstat=standing,
        asks=standing is Partstat.NEEDS_ACTION,
    )


def _message_id(event: Event, invitation: Invitation, number: int, repeat: str) -> str:
    """The same when a crash sends it twice, so that a mailbox which has the mail can tell; another when it was asked
    for again, or the mailbox would hide it.
    """
    version = f"{event.revision}.{number}" + (f".{repeat}" if repeat else "")
    return identity.message_id(event.id, invitation.token, version, event.domain)
