"""The one way in which the API, and the organizer's page, ask for invitations to be sent."""

from __future__ import annotations

from collections.abc import Sequence

from invited.admission import Admission, admit
from invited.api.problems import Problem
from invited.domain.addresses import new_id
from invited.domain.event import Event
from invited.messages import Attendee, SendRequested
from invited.ports import Engine

ATTENDEES_A_MESSAGE = 500


def send(engine: Engine, event: Event, attendees: Sequence[Attendee], origin: str) -> tuple[str, Admission]:
    """Have `attendees` invited; the new job and how it went. Raises the problem `event-cancelled`.

    What is owed is published before anything is counted: a crash in between loses nobody.
    """
    if event.is_cancelled:
        remedy = "Its organizer can plan it anew from their calendar."
        raise Problem("event-cancelled", "Nobody can be invited to a cancelled event.", remedy)
    request = SendRequested(event.id, new_id(), origin, tuple(attendees))
    engine.queue.publish(_cut(request))
    return request.job, admit(engine, event, request)


def _cut(request: SendRequested) -> list[SendRequested]:
    people = request.attendees
    starts = range(0, len(people), ATTENDEES_A_MESSAGE)
    return [
        SendRequested(request.event_id, request.job, request.origin, people[start : start + ATTENDEES_A_MESSAGE])
        for start in starts
    ]
