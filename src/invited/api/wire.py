"""The two things that the pages ask of the wire."""

from __future__ import annotations

import importlib
from datetime import datetime

from invited.domain.event import Event
from invited.domain.invitation import Partstat


def publish(event: Event, uid: str, organizer: str) -> bytes:
    """The event as a VCALENDAR with METHOD:PUBLISH."""
    calendar: bytes = importlib.import_module("invited.imip.assemble").publish(event, uid, organizer)
    return calendar


def reply(raw: bytes, client: str, partstat: Partstat, now: datetime, comment: str) -> tuple[str, str, bytes]:
    """What the attendee's `client` would mail: envelope sender, recipient, message. Raises Refused for no invite."""
    clients = importlib.import_module("invited.imip.clients")
    answer: tuple[str, str, bytes] = clients.reply(raw, clients.Client(client), partstat, now=now, comment=comment)
    return answer
