"""The mail behind a step of an attendee's life: ours put together again as it was, theirs from the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from invited.domain.event import Event
from invited.domain.invitation import Invitation, Partstat
from invited.domain.receipt import Receipt
from invited.domain.step import OUTGOING, Kind, Step
from invited.invites import catching_up, filled, reminding, withdrawing
from invited.ports import Engine


@dataclass(frozen=True, slots=True)
class Evidence:
    """The mails of a step, often just one; `is_archived`: byte for byte as they came."""

    mails: tuple[bytes, ...]
    is_archived: bool


def has_mail(step: Step) -> bool:
    """Whether there is a mail behind it."""
    return bool(step.mail) or step.kind in OUTGOING


def evidence(engine: Engine, invitation: Invitation, steps: Sequence[Step], number: int) -> Evidence:
    """The mails of `steps[number]`; none where there is none, or what it was made from is no longer kept.

    What we sent is not kept a million times: it is put together again from the version of the event that was sent,
    without the attendee's own links and our signature. A copy that the attendee asked for is no step.
    """
    step = steps[number]
    if step.mail:
        return Evidence(_archived(engine, step.mail), is_archived=True)
    event = engine.store.event_at(invitation.event_id, step.revision) if step.kind in OUTGOING else None
    if event is None:
        return Evidence((), is_archived=False)
    before = steps[:number]
    return Evidence(_reassembled(engine, event, _as_it_was(invitation, before), step, before), is_archived=False)


def _archived(engine: Engine, key: str) -> tuple[bytes, ...]:
    try:
        return (engine.archive.get(key),)
    except KeyError:
        return ()


def _reassembled(
    engine: Engine, event: Event, invitation: Invitation, step: Step, before: Sequence[Step]
) -> tuple[bytes, ...]:
    known = max((earlier.revision for earlier in before if earlier.kind in (Kind.SENT, Kind.REMINDED)), default=-1)
    repeat = ""
    if step.kind is Kind.SENT:
        templates = catching_up(engine, event, known)
    elif step.kind is Kind.REMINDED:
        templates = reminding(engine, event, step.at)
        repeat = f"nudge{sum(earlier.kind is Kind.REMINDED for earlier in before)}"
    elif known < 0 or event.is_cancelled:
        # Nobody was told that an invite is taken back which they never got, or which is cancelled for all.
        templates = []
    else:
        event, templates = withdrawing(engine, event, step.reason)
    mails = filled(engine, event, invitation, templates, repeat, is_for_guest=False)
    return tuple(letter.raw for letter in mails)


def _as_it_was(invitation: Invitation, before: Sequence[Step]) -> Invitation:
    """With the answer that stood then, which an invite repeats."""
    answers = [step.receipt for step in before if step.receipt and not step.receipt.recurrence_id]
    standing = max(answers, key=Receipt.order, default=None)
    if standing is None:
        return replace(invitation, partstat=Partstat.NEEDS_ACTION, answered_sequence=-1)
    return replace(invitation, partstat=standing.partstat, answered_sequence=standing.sequence)
