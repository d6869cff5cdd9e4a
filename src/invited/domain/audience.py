"""Who hears of an update or a cancel."""

from __future__ import annotations

from invited.domain.event import Audience
from invited.domain.invitation import Invitation, Partstat, State


def is_concerned(invitation: Invitation, audience: Audience) -> bool:
    """Whether this attendee belongs to `audience`: somebody who holds a copy and answered as the audience asks.

    A decliner is a responder: a new time may suit them. An answer to one occurrence is an answer, too: whoever gave it
    has the series in their calendar. Mail that failed or bounced is not tried again.
    """
    if invitation.state is not State.SENT:
        return False
    match audience:
        case Audience.EVERYONE:
            return True
        case Audience.GOING:
            return bool({invitation.partstat, invitation.parts} & {Partstat.ACCEPTED, Partstat.TENTATIVE})
        case Audience.RESPONDERS:
            return {invitation.partstat, invitation.parts} != {Partstat.NEEDS_ACTION}
