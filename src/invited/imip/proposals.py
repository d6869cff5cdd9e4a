"""The new time that an attendee proposes, in the spellings that clients have for it (RFC 5546 §3.2.7).

A COUNTER bears the proposed times in DTSTART and DTEND; Outlook and Google do so, too. iOS writes a plain REPLY, whose
DTSTART is the old time, and puts the new one into a parameter of its ATTENDEE (BlueMind, `counter_ios.ics`).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TypeAlias

from invited.domain.errors import Refused
from invited.domain.event import Property
from invited.domain.moment import Moment
from invited.imip.contentlines import Node, parameter
from invited.imip.disassemble import Zones
from invited.imip.values import duration

Times: TypeAlias = tuple[Moment | None, Moment | None]
"""Start and exclusive end, None for what is not told or cannot be read."""

NO_TIMES: Times = (None, None)

_APPLE = ("TO-ALL-PROPOSED-NEW-TIME", "X-TO-ALL-PROPOSED-NEW-TIME", "PROPOSED-NEW-TIME", "X-PROPOSED-NEW-TIME")
_FIELD = re.compile(r"(DTSTART|DTEND)(?:;[^:;]*)*:([0-9TZ]+)", re.IGNORECASE)


def countered(node: Node, zones: Zones) -> Times:
    """The times that a COUNTER proposes. What cannot be read of them does not spoil the rest, its comment above all."""
    start = _moment(node.first("DTSTART"), zones, None)
    if start is None:
        return NO_TIMES
    span = duration(node.value("DURATION"))
    end = _moment(node.first("DTEND"), zones, start.zone)
    return start, end if end or span is None else _later(start, span)


def proposed_beside(node: Node, attendee: Property | None, zones: Zones) -> Times:
    """The times that Apple's clients propose beside an answer; as long as what is answered where no end is given."""
    written = next((value for name in _APPLE if attendee and (value := parameter(attendee, name))), "")
    found = {name.upper(): value for name, value in _FIELD.findall(written)}
    asked, until = countered(node, zones)
    start = _in_zone(found.get("DTSTART", ""), zones, asked)
    if start is None:
        return NO_TIMES
    if end := _in_zone(found.get("DTEND", ""), zones, asked):
        return start, end
    if asked is None or until is None or asked.is_date != start.is_date:
        return start, None
    return start, _later(start, until.instant() - asked.instant())


def _in_zone(value: str, zones: Zones, asked: Moment | None) -> Moment | None:
    return _moment(Property("DTSTART", (), value), zones, asked.zone if asked else None) if value else None


def _moment(line: Property | None, zones: Zones, floating: str | None) -> Moment | None:
    if line is None:
        return None
    try:
        found = zones.moment(line, line.value, floating=floating, is_recurring=False)
        found.instant()
    except (Refused, ValueError, OverflowError):
        return None
    return found


def _later(start: Moment, span: timedelta) -> Moment | None:
    try:
        return start.plus(span)
    except (ValueError, OverflowError):
        return None
