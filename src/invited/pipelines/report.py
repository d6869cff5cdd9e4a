"""Mail the organizer the report of all attendees: attached, or as a link where it is large (API 5)."""

from __future__ import annotations

from invited.domain.errors import Aside
from invited.messages import ReportRequested
from invited.notices import attendee_report, dispatch
from invited.ports import Engine
from invited.report import report

MAX_ATTACHED = 1_000_000
"""Octets of a report that is attached; half of what many mailboxes take would be used up by a few of these."""


def handle(message: ReportRequested, engine: Engine) -> None:
    """Read no more of it than can be attached."""
    event = engine.store.event(message.event_id)
    if event is None:
        raise Aside("the event is gone")
    dispatch(engine, attendee_report(engine, event, _attached(message, engine), message.at), is_limited=True)


def _attached(message: ReportRequested, engine: Engine) -> bytes:
    """All of it, or nothing where that is too large."""
    table = bytearray()
    for lines in report(engine.store, message.event_id):
        table += lines.encode()
        if len(table) > MAX_ATTACHED:
            return b""
    return bytes(table)
