"""What the public page of an event says beside its details: times elsewhere, next dates, links, data for machines."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from invited.api.calendar_links import calendar_links
from invited.api.event_view import EventView
from invited.api.schemas import time
from invited.domain.branding import ink
from invited.domain.event import Component, Event
from invited.domain.moment import Moment
from invited.imip.recurrence import occurrences
from invited.wording import when

MAX_DATES = 5
"""Next dates of a series that are shown."""

MAX_SUMMARY = 300
"""Characters of the description that a link preview and a search engine get."""

COMMON_ZONES = (
    *("UTC", "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "America/Sao_Paulo"),
    *("Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Athens", "Europe/Istanbul", "Africa/Lagos"),
    *("Africa/Johannesburg", "Asia/Dubai", "Asia/Kolkata", "Asia/Bangkok", "Asia/Shanghai", "Asia/Singapore"),
    *("Asia/Tokyo", "Asia/Seoul", "Australia/Sydney", "Pacific/Auckland"),
)
"""What is offered where a visitor looks for their own; any other may be typed in."""


class Accent(NamedTuple):
    """The operator's colour, and that of what is written on it."""

    color: str
    ink: str


class Date(NamedTuple):
    """One date: for people, by the event's clock and the visitor's, and for machines."""

    when: str
    elsewhere: str
    start: str


def public(event: Event, shown: EventView, zone: str, now: datetime) -> dict[str, object]:
    """What `public.html` needs; `zone` is the visitor's own, as they wrote it, "" where it is not known."""
    known = zone if zone in available_timezones() else ""
    first, *more = _dates(event, now)
    dates = [_date(c, known) for c in (first, *more)]
    return {
        "first": dates[0],
        "dates": dates if event.head.is_recurring or event.head.recurrence_id else [],
        "zone": zone,
        "is_zone_known": bool(known),
        "zones": COMMON_ZONES,
        "has_times": not event.head.start.is_date,
        "calendars": calendar_links(event, shown.public_url),
        "summary": _summary(shown),
        "data": about(event, shown, first),
    }


def accent(color: str) -> Accent | None:
    """What is readable on `color` (#rrggbb), None for none."""
    return Accent(color, ink(color)) if color else None


def _dates(event: Event, now: datetime) -> list[Component]:
    """The next dates, or the first where none is to come."""
    return list(occurrences(event, now, MAX_DATES)) or [event.head]


def _date(component: Component, zone: str) -> Date:
    elsewhere = "" if component.start.is_date or not zone else when(_in_zone(component, zone))
    return Date(when(component), elsewhere, time(component.start))


def _in_zone(component: Component, zone: str) -> Component:
    start, end = (_told(moment, zone) for moment in (component.start, component.ends()))
    return replace(component, start=start, end=end, duration=None)


def _told(moment: Moment, zone: str) -> Moment:
    local = moment.instant().astimezone(ZoneInfo(zone))
    return Moment(local.replace(tzinfo=None, fold=0), zone)


def _summary(shown: EventView) -> str:
    said = " ".join(part for part in (shown.when, shown.where, " ".join(shown.body.split())) if part)
    return said if len(said) <= MAX_SUMMARY else f"{said[:MAX_SUMMARY]}…"


def about(event: Event, shown: EventView, first: Component) -> dict[str, Any]:
    """An Event of schema.org, as JSON-LD, by its next date."""
    head = event.head
    length = head.ends().instant() - head.start.instant()
    is_online = shown.where.lower().startswith(("http://", "https://"))
    place = {"@type": "VirtualLocation", "url": shown.where} if is_online else {"@type": "Place", "name": shown.where}
    mode, status = "Online" if is_online else "Offline", "Cancelled" if shown.is_cancelled else "Scheduled"
    begins = time(first.start)
    start = datetime.fromisoformat(begins)
    data = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": shown.subject,
        "url": shown.public_url,
        "startDate": begins,
        "endDate": (start + length).date().isoformat() if head.start.is_date else (start + length).isoformat(),
        "eventStatus": f"https://schema.org/Event{status}",
        "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode",
        "description": " ".join(shown.body.split())[:MAX_SUMMARY],
        "location": place if shown.where else None,
        "organizer": {"@type": "Organization", "name": shown.organizer_name} if shown.organizer_name else None,
    }
    return {name: value for name, value in data.items() if value}
