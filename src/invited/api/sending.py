"""The one way in which the API, and the organizer's page, ask for invitations to be sent."""

from __future__ import annotations

from collections.abc import Sequence

from invited.admission import Admission, request_send
from invited.api.problems import Problem
from invited.domain.event import Event
from invited.messages import Attendee
from invited.ports import Engine


def send(
    engine: Engine, event: Event, attendees: Sequence[Attendee], origin: str, job: str = ""
) -> tuple[str, Admission]:
    """Have `attendees` invited; the new job, whose id may be given, and how it went. Raises `event-cancelled`."""
    may_send(event)
    return request_send(engine, event, attendees, origin, job)


def may_send(event: Event) -> None:
    """Raise the problem `event-cancelled` where the event is."""
    if event.is_cancelled:
        remedy = "Its organizer can plan it anew from their calendar."
        raise Problem("event-cancelled", "Nobody can be invited to a cancelled event.", remedy)
