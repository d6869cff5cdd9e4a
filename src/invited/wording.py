"""Times and repetitions in words, for mails and pages."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from invited.domain.event import NO_STAMP, Component
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment

ANSWER_WORDS = {
    Partstat.ACCEPTED: "Yes",
    Partstat.DECLINED: "No",
    Partstat.TENTATIVE: "Maybe",
    Partstat.DELEGATED: "Sends somebody else",
}
"""What people call an answer."""

ANSWER_NAMES = {Partstat.ACCEPTED: "yes", Partstat.TENTATIVE: "maybe", Partstat.DECLINED: "no"}
"""What an answer is called in links and forms."""

_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_ORDINALS = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
_TOLD = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}
"""Parts of a rule that have words."""


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


def span_words(start: Moment | None, end: Moment | None) -> str:
    """As `when`, for the times of a proposal, of which either may be missing."""
    if start is None:
        return "another time"
    return when(Component(start=start, stamp=NO_STAMP, end=end if end and end.is_date == start.is_date else None))


def repeats(component: Component) -> str:
    """`every 2 weeks on Tuesday and Thursday, 10 times`, or "" for what happens once.

    A rule that few words cannot tell is not told by half: "on several dates".
    """
    if not component.is_recurring:
        return ""
    parts = dict(part.partition("=")[::2] for part in (component.rules or ("",))[0].upper().split(";"))
    unit, days = _UNITS.get(parts.get("FREQ", "")), [_weekday(day) for day in parts.get("BYDAY", "").split(",") if day]
    if unit is None or len(component.rules) > 1 or not _is_plain(parts) or not all(days):
        return "on several dates"
    every = parts.get("INTERVAL", "1")
    words = f"every {unit}" if every == "1" else f"every {every} {unit}s"
    return words + (f" on {_listed(days)}" if days else "") + _bound(parts)


def _is_plain(parts: dict[str, str]) -> bool:
    """Whether the rule says no more than is told, or than its first date shows (one day of the month, one month)."""
    shown = {name for name in ("BYMONTHDAY", "BYMONTH") if parts.get(name, "").isdigit()}
    return set(parts) - shown <= _TOLD


def _weekday(day: str) -> str:
    """`Tuesday` for TU, `the second Tuesday` for 2TU, "" for what has no words here."""
    name, ordinal = _DAYS.get(day[-2:], ""), _ORDINALS.get(day[:-2], "")
    return f"the {ordinal} {name}" if name and ordinal else name if len(day) == 2 else ""


def _listed(words: list[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _bound(parts: dict[str, str]) -> str:
    if "COUNT" in parts:
        return f", {parts['COUNT']} times"
    until = parts.get("UNTIL", "")[:8]
    return f", until {until[:4]}-{until[4:6]}-{until[6:]}" if until else ""


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
