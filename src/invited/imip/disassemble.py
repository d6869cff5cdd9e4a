"""VEVENT → Component, without loss: what is understood becomes typed, the rest is kept as it came (RFC 5545 §3.6.1).

Seed step "disassemble". What belonged to the organizer's own meeting (people, ids, alarms, versions) stays behind; what
real clients write wrongly is put right where only one meaning is possible, and refused with the reason where not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from invited.domain.errors import Refused
from invited.domain.event import Component, Period, Property, Stamp, Status, ordered
from invited.domain.moment import Moment
from invited.imip.contentlines import Node, parameter
from invited.imip.rich_text import MAX_LENGTH as MAX_HTML
from invited.imip.rich_text import sanitised
from invited.imip.rules import MAX_RULES, checked, misfits
from invited.imip.timezones import Definition, definitions, resolve
from invited.imip.values import Written, date_time, duration, integer, stamp, text

MAX_COMPONENTS = 500
"""VEVENTs of one UID: the series and its changed occurrences."""

MAX_PROPERTIES = 300
"""Properties of one VEVENT that are kept as they came."""

MAX_KEPT = 100_000
"""Characters of all properties of one VEVENT that are kept as they came."""

MAX_SUMMARY = 1_000
MAX_LOCATION = 4_000
MAX_DESCRIPTION = 60_000
"""Characters, after unescaping."""

MAX_DATES = 2_000
"""RDATEs and EXDATEs of one VEVENT, of each kind."""

MAX_SEQUENCE = 2**31 - 1
"""RFC 5545 §3.3.8."""

_ZONE_REMEDY = "Choose a common time zone for the event, such as “Europe/Berlin”, and send it again."
_AGAIN = "Open the event in your calendar, check its {}, save it and send it again."

_TYPED = frozenset(
    {"DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "RRULE", "RDATE"}
    | {"EXDATE", "X-ALT-DESC"}
)
# What a line of these names meant must be known; a broken one is not passed over.
_ESSENTIAL = re.compile(
    r"\s*(DTSTART|DTEND|DURATION|RECURRENCE-ID|RRULE|RDATE|EXDATE|UID|SEQUENCE|ORGANIZER)\b", re.IGNORECASE
)
_OWN = frozenset(
    # The organizer's version, people and alarms; ours take their place.
    {"UID", "DTSTAMP", "SEQUENCE", "CREATED", "LAST-MODIFIED", "ORGANIZER", "ATTENDEE", "REQUEST-STATUS", "COMMENT"}
    | {"SENT-BY", "RELATED-TO", "ACKNOWLEDGED", "ATTACH", "METHOD", "PRODID", "VERSION", "CALSCALE", "BEGIN", "END"}
    # Of a foreign meeting: MS-OXCICAL 2.1.3.1.1.20; the scheduling address is the organizer's key to Teams.
    | {"X-MICROSOFT-CDO-OWNERAPPTID", "X-MICROSOFT-CDO-APPT-SEQUENCE", "X-MICROSOFT-CDO-REPLYTIME"}
    | {"X-MICROSOFT-CDO-OWNER-CRITICAL-CHANGE", "X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE"}
    | {"X-MICROSOFT-SCHEDULINGSERVICEUPDATEURL", "X-MICROSOFT-DISALLOW-COUNTER", "X-ENTOURAGE_UUID"}
)
_OWN_PREFIXES = ("X-MS-OLK-", "X-MOZ-", "X-LOTUS-", "X-CALENDARSERVER-", "X-EVOLUTION-", "X-APPLE-TRAVEL-", "X-LIC-")
_GEO = re.compile(r"[+-]?\d{1,3}(\.\d{1,20})?;[+-]?\d{1,3}(\.\d{1,20})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Zones:
    """What one VCALENDAR says of time zones: its VTIMEZONEs by TZID, and X-WR-TIMEZONE for times without any.

    `assumed` is the zone for such times where it says nothing, None where they are refused.
    """

    definitions: Mapping[str, Definition]
    default: str | None = None
    assumed: str | None = None

    @classmethod
    def of(cls, calendar: Node, assumed: str | None = None) -> Zones:
        """Those of a VCALENDAR; a bare VEVENT has none."""
        name = text(calendar.value("X-WR-TIMEZONE"))
        return cls(definitions(calendar), resolve(name, None, datetime(2000, 1, 1)) if name else None, assumed)

    def moment(self, line: Property, value: str, *, floating: str | None, is_recurring: bool) -> Moment:
        """The Moment that one value of `line` names; `floating` is the zone of a time that names none.

        Raises Refused for a value that is none, and for a zone that nothing tells.
        """
        written = date_time(value)
        if written is None:
            raise Refused(
                f"“{line.name}:{value.strip()[:60]}” is no date or time.", _AGAIN.format("date, time and repetition")
            )
        if _is_day(line, written):
            return Moment(written.wall.replace(hour=0, minute=0, second=0))
        if written.is_utc:
            return Moment(written.wall, "UTC")
        tzid = parameter(line, "TZID").strip("\"'")
        if tzid:
            return self._zoned(tzid, written.wall, is_recurring=is_recurring)
        zone = floating or self.default or self.assumed
        if zone is None:
            raise Refused(
                "The event's times name no time zone, so they would mean another hour to every attendee.", _ZONE_REMEDY
            )
        return Moment(written.wall, zone)

    def _zoned(self, tzid: str, wall: datetime, *, is_recurring: bool) -> Moment:
        definition = self.definitions.get(tzid)
        zone = resolve(tzid, definition, wall)
        if zone:
            return Moment(wall, zone)
        offset = definition.offset(wall) if definition and not is_recurring else None
        if offset is None:
            raise Refused(f"The event is in an unknown time zone, “{tzid[:80]}”.", _ZONE_REMEDY)
        return Moment(wall - offset, "UTC")


def _is_day(line: Property, written: Written) -> bool:
    if written.is_date:
        return True
    says_date = parameter(line, "VALUE").upper() == "DATE"
    return says_date and written.wall.time() == datetime.min.time()


def family(
    events: list[Node], zones: Mapping[int, Zones], arrived: datetime, *, inherits: bool
) -> tuple[Component, ...]:
    """The components of one UID, the master first; `zones` are those of each node's calendar, by `id` of the node.

    `inherits`: a changed occurrence takes from the master what it does not name. Raises Refused where the parts
    contradict each other: two versions of one occurrence with the same SEQUENCE and DTSTAMP, or an occurrence that the
    series does not have.
    """
    if len(events) > MAX_COMPONENTS:
        raise Refused(
            f"The event has more than {MAX_COMPONENTS} changed occurrences.", "Split the series into shorter ones."
        )
    found: dict[datetime | None, Component] = {}
    changed = [node for node in events if node.value("RECURRENCE-ID")]
    for node in events:
        if not node.value("RECURRENCE-ID"):
            _add(found, disassemble(node, zones[id(node)], arrived))
    master = found.get(None)
    for node in changed:
        component = disassemble(node, zones[id(node)], arrived, master)
        _add(found, _inherited(component, master) if inherits and master else component)
    _check_fit(found)
    return ordered(list(found.values()))


def disassemble(event: Node, zones: Zones, arrived: datetime, master: Component | None = None) -> Component:
    """One VEVENT as a Component; `master` is the series it may be a changed occurrence of. Raises Refused."""
    if not event.is_closed:
        raise Refused("The calendar file is cut off in the middle of an event.", "Send the invite again.")
    for line in event.broken:
        if _ESSENTIAL.match(line):
            raise Refused(f"A line of the event cannot be read: “{line.strip()[:80]}”.", _AGAIN.format("details"))
    if event.first("EXRULE"):
        raise Refused(
            "The event uses exception rules (EXRULE), which calendars no longer understand.",
            "Delete the single occurrences instead, and send the event again.",
        )
    is_recurring = bool(event.value("RRULE") or event.value("RDATE") or event.first("RECURRENCE-ID"))
    start = _start(event, zones, master, is_recurring=is_recurring)
    end, span = _end(event, zones, start, is_recurring=is_recurring)
    original = _original(event, zones, start, master)
    is_series = original is None or is_this_and_future(event)
    return Component(
        start=start,
        stamp=version(event, arrived),
        end=end,
        duration=span,
        recurrence_id=original,
        is_this_and_future=original is not None and is_this_and_future(event),
        summary=" ".join(_text(event, "SUMMARY", MAX_SUMMARY).split()),
        description=_text(event, "DESCRIPTION", MAX_DESCRIPTION),
        html=_html(event),
        location=_text(event, "LOCATION", MAX_LOCATION).strip(),
        status=_status(event),
        rules=_rules(event, start) if is_series else (),
        rdates=tuple(_rdates(event, zones, start)) if is_series else (),
        exdates=tuple(_exdates(event, zones, start)) if is_series else (),
        extra=_extra(event),
    )


def is_assumed(event: Node, zones: Zones) -> bool:
    """Whether the zone of an event's start stands nowhere in its file."""
    line = event.first("DTSTART")
    written = date_time(line.value) if line else None
    if line is None or written is None or written.is_utc or _is_day(line, written) or zones.default:
        return False
    return not parameter(line, "TZID") and _zone_beside(event, zones) is None


def version(event: Node, arrived: datetime) -> Stamp:
    """The organizer's own version of a component; a DTSTAMP that is missing is taken to be the arrival."""
    written = integer(event.value("SEQUENCE"))
    if written is None:
        written = integer(event.value("X-MICROSOFT-CDO-APPT-SEQUENCE"))
    return Stamp(max(0, min(written or 0, MAX_SEQUENCE)), stamp(event.value("DTSTAMP"), arrived), arrived)


def title(event: Node) -> str:
    """The event's name for a sentence, quoted; "" where it has none."""
    summary = " ".join(text(event.value("SUMMARY")).split())
    return f" “{summary[:80]}”" if summary else ""


def _add(found: dict[datetime | None, Component], component: Component) -> None:
    """Of two versions of one occurrence the newer stays; an exact repetition is nothing new."""
    old = found.get(component.key())
    if old is None or (component.stamp, component) == (old.stamp, old):
        found[component.key()] = component
    elif component.stamp == old.stamp:
        raise Refused(
            "The calendar file holds two different versions of the same occurrence.",
            "Open the event in your calendar, save it and send it again; or export it anew.",
        )
    elif component.stamp > old.stamp:
        found[component.key()] = component


def _check_fit(found: dict[datetime | None, Component]) -> None:
    master = found.get(None)
    changed = [c.recurrence_id for c in found.values() if c.recurrence_id]
    if master is None or not changed:
        return
    strays = changed if not master.is_recurring else misfits(master, changed)
    if strays:
        raise Refused(
            f"The calendar file changes an occurrence ({strays[0].to_text()}) that its series does not have.",
            "Open the series in your calendar, save it and send it again as a whole.",
        )


def _inherited(component: Component, master: Component) -> Component:
    named = {line.name for line in component.extra}
    return replace(
        component,
        summary=component.summary or master.summary,
        description=component.description or master.description,
        html=component.html or master.html,
        location=component.location or master.location,
        extra=(*component.extra, *(line for line in master.extra if line.name not in named)),
    )


def _start(event: Node, zones: Zones, master: Component | None, *, is_recurring: bool) -> Moment:
    lines = event.all("DTSTART")
    if not lines or not lines[0].value.strip():
        raise Refused(f"The event{title(event)} has no start.", _AGAIN.format("date and time"))
    if len({line.value.strip() for line in lines}) > 1:
        raise Refused(f"The event{title(event)} has two different starts.", _AGAIN.format("date and time"))
    # A start without a zone means that of the end, or of the series.
    floating = _zone_beside(event, zones) or (master.start.zone if master else None)
    return zones.moment(lines[0], lines[0].value, floating=floating, is_recurring=is_recurring)


def _zone_beside(event: Node, zones: Zones) -> str | None:
    end = event.first("DTEND")
    written = date_time(end.value) if end else None
    if end is None or written is None or written.is_utc or not parameter(end, "TZID"):
        return None
    return zones.moment(end, end.value, floating=None, is_recurring=True).zone


def _end(event: Node, zones: Zones, start: Moment, *, is_recurring: bool) -> tuple[Moment | None, timedelta | None]:
    """DTEND, or else DURATION; one that does not lie after the start says nothing and is left out."""
    line = event.first("DTEND")
    if line and line.value.strip():
        end = zones.moment(line, line.value, floating=start.zone, is_recurring=is_recurring)
        end = _alike(end, start)
        return (end, None) if end.instant() > start.instant() else (None, None)
    value = event.value("DURATION")
    if not value:
        return None, None
    span = duration(value)
    if span is None:
        raise Refused(f"“{value[:40]}” is no length of an event (DURATION).", _AGAIN.format("end"))
    if start.is_date and span % timedelta(days=1):
        span += timedelta(days=1) - span % timedelta(days=1)
    return None, span if span > timedelta() else None


def _alike(end: Moment, start: Moment) -> Moment:
    """An end of the start's type: of a day its midnight in the start's zone, of a time the midnight that it reaches."""
    if start.is_date and not end.is_date:
        midnight = end.wall.replace(hour=0, minute=0, second=0)
        return Moment(midnight if end.wall == midnight else midnight + timedelta(days=1))
    if end.is_date and not start.is_date:
        return Moment(end.wall, start.zone)
    return end


def _original(event: Node, zones: Zones, start: Moment, master: Component | None) -> Moment | None:
    line = event.first("RECURRENCE-ID")
    if line is None or not line.value.strip():
        return None
    series = master.start if master else start
    return original(line, zones, series)


def original(line: Property, zones: Zones, series: Moment | None) -> Moment:
    """The Moment of a RECURRENCE-ID (RFC 5545 §3.8.4.4), brought to the type of the start of its series, if known."""
    found = zones.moment(line, line.value, floating=series.zone if series else None, is_recurring=False)
    if series is None or found.is_date == series.is_date:
        return found
    return Moment(found.wall.replace(hour=0, minute=0, second=0)) if series.is_date else _on_day(found, series)


def _on_day(day: Moment, start: Moment) -> Moment:
    """The occurrence of a timed series on a day."""
    return Moment(datetime.combine(day.wall.date(), start.wall.time()), start.zone)


def is_this_and_future(event: Node) -> bool:
    """Whether what a VEVENT says of an occurrence holds for all later ones, too (RFC 5545 §3.2.13)."""
    line = event.first("RECURRENCE-ID")
    return line is not None and parameter(line, "RANGE").upper() == "THISANDFUTURE"


def _text(event: Node, name: str, limit: int) -> str:
    value = text(event.value(name) if name != "DESCRIPTION" else _first_value(event, name))
    if len(value) > limit:
        raise Refused(
            f"The event's {name.lower()} is longer than {limit:,} characters.", f"Shorten the {name.lower()}."
        )
    return value


def _first_value(event: Node, name: str) -> str:
    line = event.first(name)
    return line.value if line else ""


def _html(event: Node) -> str:
    """The description as HTML, as Outlook sends it, free of everything that runs or loads behind the reader's back."""
    for line in event.all("X-ALT-DESC"):
        if parameter(line, "FMTTYPE").lower() in ("text/html", ""):
            source = text(line.value)
            if len(source) > MAX_HTML:
                raise Refused(
                    f"The event's formatted description is longer than {MAX_HTML:,} characters.",
                    "Shorten the description.",
                )
            return sanitised(source)
    return ""


def _status(event: Node) -> Status:
    try:
        return Status(event.value("STATUS").upper())
    except ValueError:
        return Status.CONFIRMED


def _rules(event: Node, start: Moment) -> tuple[str, ...]:
    values = dict.fromkeys(line.value.strip() for line in event.all("RRULE") if line.value.strip())
    if len(values) > MAX_RULES:
        raise Refused(f"The event repeats by more than {MAX_RULES} rules.", "Make an event of its own for each rule.")
    return tuple(checked(value, start) for value in values)


def _dates(event: Node, name: str) -> Iterator[tuple[Property, str]]:
    count = 0
    for line in event.all(name):
        for value in line.value.split(","):
            count += 1
            if count > MAX_DATES:
                raise Refused(f"The event lists more than {MAX_DATES:,} dates.", "Split the series into shorter ones.")
            if value.strip():
                yield line, value


def _rdates(event: Node, zones: Zones, start: Moment) -> Iterator[Period]:
    for line, value in _dates(event, "RDATE"):
        first, _, rest = value.partition("/")
        begin = zones.moment(line, first, floating=start.zone, is_recurring=True)
        begin = _matching(begin, start)
        span = duration(rest) if rest else None
        if span is not None:
            yield Period(begin, duration=span)
        elif rest:
            yield Period(begin, end=zones.moment(line, rest, floating=start.zone, is_recurring=True))
        else:
            yield Period(begin)


def _exdates(event: Node, zones: Zones, start: Moment) -> Iterator[Moment]:
    for line, value in _dates(event, "EXDATE"):
        moment = zones.moment(line, value, floating=start.zone, is_recurring=True)
        yield _matching(moment, start)


def _matching(moment: Moment, start: Moment) -> Moment:
    """A date of a series in its start's type: Google's export excludes timed occurrences by their day."""
    if moment.is_date and not start.is_date:
        return _on_day(moment, start)
    return Moment(moment.wall.replace(hour=0, minute=0, second=0)) if start.is_date else moment


def _extra(event: Node) -> tuple[Property, ...]:
    kept = tuple(line for line in event.lines if _is_relayed(line))
    if len(kept) > MAX_PROPERTIES or sum(len(line.value) for line in kept) > MAX_KEPT:
        raise Refused(
            "The event carries more additional data than any calendar shows.", "Create the event anew and send it."
        )
    return kept


def _is_relayed(line: Property) -> bool:
    if line.name == "ATTACH":
        # Links go on; files and pictures of the mail (CID) do not.
        return line.value.strip().lower().startswith(("http://", "https://"))
    if line.name in _TYPED or line.name in _OWN or line.name.startswith(_OWN_PREFIXES):
        return False
    if line.name == "GEO":
        return _GEO.fullmatch(line.value.strip()) is not None
    return bool(line.value.strip())
