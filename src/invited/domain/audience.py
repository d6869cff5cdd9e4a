"""Who hears of an update or a cancel."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from invited.domain.event import Audience, Event
from invited.domain.invitation import HOLDING, Invitation, Partstat, State
from invited.domain.statistics import Statistics


def is_concerned(invitation: Invitation, audience: Audience) -> bool:
    """Whether this attendee belongs to `audience`: somebody who holds a copy and answered as the audience asks.

    A decliner is a responder: a new time may suit them. An answer to one occurrence is an answer, too: whoever gave it
    has the series in their calendar. Whoever cannot be reached for good is not tried again;
    whose last mail was returned for a reason that may pass is.
    """
    if invitation.state not in HOLDING:
        return False
    match audience:
        case Audience.EVERYONE:
            return True
        case Audience.GOING:
            return bool({invitation.partstat, invitation.parts} & {Partstat.ACCEPTED, Partstat.TENTATIVE})
        case Audience.RESPONDERS:
            return {invitation.partstat, invitation.parts} != {Partstat.NEEDS_ACTION}


def reach(figures: Statistics, audience: Audience, after: Event) -> int:
    """About how many people `audience` is, for a change to `after`; from the kept figures alone, whatever the size.

    An upper bound: whoever answered and whose mail bounced later is among those who answered. Guests who were dropped
    with a cancelled event are invited once it takes place again.
    """
    dropped = 0 if after.is_cancelled else figures.dropped
    match audience:
        case Audience.EVERYONE:
            return figures.sent - figures.bounced + figures.returned + dropped
        case Audience.GOING:
            return figures.accepted + figures.tentative + dropped
        case Audience.RESPONDERS:
            return figures.accepted + figures.declined + figures.tentative + dropped


NUDGE_PAUSE = timedelta(hours=48)
"""What must lie between a reminder and the mail before it."""


class NoReminder(StrEnum):
    """Why somebody may not be reminded now."""

    UNSENT = "unsent"
    """They hold no copy, or are not mailed any more."""
    ANSWERED = "answered"
    """Who declined has answered, too."""
    OFTEN = "often"
    LATELY = "lately"
    SUPPRESSED = "suppressed"


def no_reminder(invitation: Invitation, limit: int, now: datetime) -> NoReminder | None:
    """Why this attendee may not be reminded, None where they may: they hold a copy, have not answered, were reminded
    fewer than `limit` times and not written to of late.
    """
    if invitation.state is not State.SENT or invitation.sent is None:
        return NoReminder.UNSENT
    if invitation.partstat is not Partstat.NEEDS_ACTION:
        return NoReminder.ANSWERED
    if invitation.nudges >= limit:
        return NoReminder.OFTEN
    return NoReminder.LATELY if invitation.sent > now - NUDGE_PAUSE else None
