"""Times and repetitions in words, for mails and pages."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from invited.domain.event import Component
from invited.domain.moment import Moment

_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}


def when(component: Component) -> str:
    """`Sat 5 December 2026, 19:00 - 22:00 (Europe/Paris, UTC+01:00)`; only what is needed of the end."""
    start, end = component.start, component.ends()
    if start.is_date:
        last = end.plus(timedelta(days=-1))
        return _day(start) if last.wall <= start.wall else f"{_day(start)} - {_day(last)}"
    end = _in_zone(end, start.zone or "UTC")
    finish = f"{end.wall:%H:%M}" if end.wall.date() == start.wall.date() else f"{_day(end)}, {end.wall:%H:%M}"
    until = "" if end.wall == start.wall else f" - {finish}"
    return f"{_day(start)}, {start.wall:%H:%M}{until} ({_zone(start)})"


def repeats(component: Component) -> str:
    """`every 2 weeks, 10 times`, or "" for what happens once."""
    if not component.is_recurring:
        return ""
    if not component.rules:
        return "on several dates"
    parts = dict(part.partition("=")[::2] for part in component.rules[0].upper().split(";"))
    unit, every = _UNITS.get(parts.get("FREQ", ""), ""), parts.get("INTERVAL", "1")
    words = f"every {unit}" if every == "1" else f"every {every} {unit}s"
    if "COUNT" in parts:
        words += f", {parts['COUNT']} times"
    elif until := parts.get("UNTIL", "")[:8]:
        words += f", until {until[:4]}-{until[4:6]}-{until[6:]}"
    return words if unit else "several times"


def _in_zone(moment: Moment, zone: str) -> Moment:
    if moment.is_date or moment.zone == zone:
        return moment
    return Moment(moment.instant().astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0), zone)


def _day(moment: Moment) -> str:
    return f"{moment.wall:%a} {moment.wall.day} {moment.wall:%B %Y}"


def _zone(moment: Moment) -> str:
    if moment.zone is None or moment.zone == "UTC":
        return "UTC"
    offset = moment.instant().astimezone(ZoneInfo(moment.zone)).strftime("%z")
    return f"{moment.zone}, UTC{offset[:3]}:{offset[3:]}"
