"""Links that open an event in a web calendar, ready to be saved there, without an invitation.

No provider documents them; the parameters are those that its own "publish event" buttons used and that the community
keeps track of (github.com/InteractionDesignFoundation/add-event-to-calendar-docs, seen in 2026).
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlencode

from invited.domain.event import Component, Event
from invited.domain.moment import Moment
from invited.imip.lines import stamp
from invited.imip.span import in_form_of

MAX_TEXT = 800
"""Characters of the description that go with a link: browsers and servers bound its length."""


class CalendarLink(NamedTuple):
    """One provider."""

    name: str
    url: str


def calendar_links(event: Event, page: str) -> tuple[CalendarLink, ...]:
    """Those that can tell the whole event: of a series only Google, and only of one rule without further dates."""
    head = event.head
    if any(component.recurrence_id for component in event.components):
        return ()
    google = CalendarLink("Google Calendar", _google(head, page))
    if head.is_recurring:
        is_told = len(head.rules) == 1 and not head.rdates and not head.exdates
        return (google,) if is_told else ()
    return (
        google,
        CalendarLink("Outlook.com", _outlook("outlook.live.com", head, page)),
        CalendarLink("Microsoft 365", _outlook("outlook.office.com", head, page)),
        CalendarLink("Yahoo", _yahoo(head, page)),
    )


def _google(head: Component, page: str) -> str:
    start = head.start
    end = in_form_of(start, head.ends())
    given = {
        "action": "TEMPLATE",
        "text": head.summary,
        "dates": f"{stamp(start)}/{stamp(end)}",
        "details": _text(head, page),
        "location": head.location,
    }
    if start.zone not in (None, "UTC"):
        given["ctz"] = str(start.zone)
    if head.rules:
        given["recur"] = f"RRULE:{head.rules[0]}"
    return _link("https://calendar.google.com/calendar/render", given)


def _outlook(host: str, head: Component, page: str) -> str:
    given = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": head.summary,
        "startdt": _instant(head.start),
        "enddt": _instant(head.ends()),
        "body": _text(head, page),
        "location": head.location,
    }
    if head.start.is_date:
        given["allday"] = "true"
    return _link(f"https://{host}/calendar/deeplink/compose", given)


def _yahoo(head: Component, page: str) -> str:
    start, length = Moment.at(head.start.instant()), head.ends().instant() - head.start.instant()
    given = {
        "v": "60",
        "title": head.summary,
        "st": stamp(head.start if head.start.is_date else start),
        "desc": _text(head, page),
        "in_loc": head.location,
    }
    # Hours and minutes; a day or more is read modulo 24 hours, so it is left out.
    if not head.start.is_date and length < timedelta(days=1):
        minutes = int(length.total_seconds()) // 60
        given["dur"] = f"{minutes // 60:02}{minutes % 60:02}"
    return _link("https://calendar.yahoo.com/", given)


def _instant(moment: Moment) -> str:
    if moment.is_date:
        return moment.wall.date().isoformat()
    return moment.instant().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(head: Component, page: str) -> str:
    said = head.description.strip()
    cut = said if len(said) <= MAX_TEXT else f"{said[:MAX_TEXT]}…"
    return f"{cut}\n\n{page}".strip()


def _link(base: str, given: dict[str, str]) -> str:
    return f"{base}?{urlencode({name: value for name, value in given.items() if value}, quote_via=quote)}"
