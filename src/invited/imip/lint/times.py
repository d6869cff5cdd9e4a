"""Rules of time: start and end, whole days, and the time zones that a client must understand."""

from __future__ import annotations

from collections.abc import Iterator

from invited.imip.lint.rule import Hits, Severity, for_calendar, for_event, shown
from invited.imip.lint.scan import Calendar, Component
from invited.imip.lint.values import (
    Kind,
    Time,
    is_before,
    is_windows,
    offset_in,
    rule_parts,
    time_of,
    used_zones,
    zone_named,
)

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")


# Start and end


@for_event(ERROR, "rfc", source="RFC 5546 §3.2.2, RFC 5545 §3.6.1", remedy="Add DTSTART.")
def dtstart_missing(calendar: Calendar, event: Component) -> Hits:
    """The event has no DTSTART."""
    if calendar.method in ("REQUEST", "PUBLISH", "ADD", "COUNTER", "") and event.first("DTSTART") is None:
        yield (calendar.at(event), "DTSTART is missing.")


@for_event(WARNING, "outlook gmail", source="RFC 5545 §3.6.1", remedy="Add DTEND.")
def dtend_missing(calendar: Calendar, event: Component) -> Hits:
    """A timed event has no end: it lasts no time at all, or as long as the client likes."""
    start = time_of(event.first("DTSTART"))
    has_end = event.first("DTEND") or event.first("DURATION")
    if calendar.method == "REQUEST" and start and start.kind is not Kind.DATE and not has_end:
        yield (calendar.at(event), "There is neither DTEND nor DURATION.")


@for_event(ERROR, "rfc", source="RFC 5545 §3.6.1", remedy="Keep DTEND and drop DURATION.")
def dtend_and_duration(calendar: Calendar, event: Component) -> Hits:
    """The event has both DTEND and DURATION."""
    line = event.first("DURATION")
    if line and event.first("DTEND"):
        yield (calendar.at(line), "DTEND stands beside DURATION.")


@for_event(ERROR, "rfc outlook", source="RFC 5545 §3.8.2.2", remedy="Let the event end after it starts.")
def dtend_not_after_start(calendar: Calendar, event: Component) -> Hits:
    """The event ends before it starts, or when it starts."""
    line, start, end = event.first("DTEND"), time_of(event.first("DTSTART")), time_of(event.first("DTEND"))
    if line and start and end and not _is_one_day(event) and is_before(start, end) is False:
        yield (calendar.at(line), f"It ends at {shown(line.value)} and starts at {start.wall.isoformat()}.")


@for_event(
    ERROR,
    "outlook apple rfc",
    source="RFC 5545 §3.6.1",
    remedy="Write the day after the last day: DTEND is exclusive.",
)
def all_day_inclusive_end(calendar: Calendar, event: Component) -> Hits:
    """A whole-day event ends on the day it starts, as if DTEND were the last day."""
    line = event.first("DTEND")
    if line and _is_one_day(event):
        yield (calendar.at(line), f"DTEND is {shown(line.value)}, the same day as DTSTART.")


def _is_one_day(event: Component) -> bool:
    start, end = time_of(event.first("DTSTART")), time_of(event.first("DTEND"))
    return start is not None and start == end and start.kind is Kind.DATE


@for_event(ERROR, "rfc", source="RFC 5545 §3.8.2.2", remedy="Make both dates or both times.")
def dtend_type(calendar: Calendar, event: Component) -> Hits:
    """One of DTSTART and DTEND is a whole day and the other a time."""
    line, start, end = event.first("DTEND"), time_of(event.first("DTSTART")), time_of(event.first("DTEND"))
    if line and start and end and (start.kind is Kind.DATE) != (end.kind is Kind.DATE):
        yield (calendar.at(line), f"DTSTART is {start.kind.value}, DTEND {end.kind.value}.")


@for_event(
    ERROR, "rfc outlook", source="RFC 5545 §3.3.4, §3.2.20", remedy="Say VALUE=DATE with a date, and only there."
)
def value_type(calendar: Calendar, event: Component) -> Hits:
    """A date is not marked VALUE=DATE, or a time is."""
    for line in event.every("DTSTART", "DTEND", "RECURRENCE-ID"):
        time, is_marked = time_of(line), line.parameter("VALUE").upper() == "DATE"
        if time and (time.kind is Kind.DATE) != is_marked:
            has = "has" if is_marked else "lacks"
            yield (calendar.at(line), f"“{shown(line.value)}” is {time.kind.value} and {has} VALUE=DATE.")


@for_event(
    NOTE,
    "gmail apple",
    source="RFC 5545 §3.6.1; seen from classic Outlook",
    remedy="Use DTSTART;VALUE=DATE and an exclusive DTEND;VALUE=DATE.",
)
def all_day_as_midnight(calendar: Calendar, event: Component) -> Hits:
    """Whole days are written as midnight to midnight, which moves in other time zones."""
    line, start, end = event.first("DTSTART"), time_of(event.first("DTSTART")), time_of(event.first("DTEND"))
    if line and start and end and _is_midnight(start) and _is_midnight(end) and is_before(start, end):
        yield (calendar.at(line), "The event lasts from midnight to midnight.")


def _is_midnight(time: Time) -> bool:
    return time.kind is Kind.ZONED and (time.wall.hour, time.wall.minute) == (0, 0)


@for_event(
    ERROR,
    "outlook rfc",
    source="neokoenig/RoomBooking#18, RFC 5545 §3.3.5",
    remedy="Write the time in UTC, or with a TZID and its VTIMEZONE.",
)
def time_floating(calendar: Calendar, event: Component) -> Hits:
    """A time has no zone: each guest sees another hour, and Outlook does not support it."""
    for line in event.every("DTSTART", "DTEND", "RECURRENCE-ID"):
        time = time_of(line)
        if time and time.kind is Kind.FLOATING:
            yield (calendar.at(line), f"{shown(line.value)} has neither Z nor TZID.")


@for_event(ERROR, "rfc", source="RFC 5545 §3.2.19", remedy="Drop the TZID or the Z.")
def tzid_on_utc(calendar: Calendar, event: Component) -> Hits:
    """A time in UTC has a TZID beside its Z: clients choose either."""
    for line in event.every(*_TIMES):
        if line.parameter("TZID") and line.value.strip().endswith("Z"):
            yield (calendar.at(line), f"{shown(line.value)} has TZID={shown(line.parameter('TZID'))}.")


# Time zones


@for_calendar(
    ERROR,
    "rfc outlook",
    source="RFC 5545 §3.2.19, RFC 5546 §3.2.2",
    remedy="Add the VTIMEZONE, or write times in UTC.",
)
def timezone_undeclared(calendar: Calendar) -> Hits:
    """A TZID has no VTIMEZONE in the object: clients take the time for their own, or refuse it."""
    declared = {zone.text("TZID") for zone in calendar.zones}
    for tzid, line in used_zones(calendar).items():
        if tzid.strip() not in declared:
            yield (calendar.at(line), f"There is no VTIMEZONE {shown(tzid)}.")


@for_calendar(
    NOTE,
    "gmail apple",
    source="CLDR windowsZones",
    remedy="Use the IANA name, such as Europe/Paris.",
)
def timezone_windows(calendar: Calendar) -> Hits:
    """A TZID is a name of Microsoft's, which not every client knows."""
    for tzid, line in used_zones(calendar).items():
        if is_windows(tzid):
            yield (calendar.at(line), f"TZID is “{shown(tzid)}”.")


@for_calendar(
    WARNING,
    "gmail apple outlook",
    source="RFC 5545 §3.8.3.1",
    remedy="Use the IANA name, such as Europe/Paris.",
)
def timezone_unknown(calendar: Calendar) -> Hits:
    """A TZID names no zone there is: all depends on the VTIMEZONE, which some clients do not read."""
    for tzid, line in used_zones(calendar).items():
        if zone_named(tzid) is None:
            yield (calendar.at(line), f"TZID is “{shown(tzid)}”.")


@for_calendar(
    ERROR,
    "outlook gmail apple",
    source="RFC 5545 §3.6.5; checked against the IANA time zone database",
    remedy="Build the VTIMEZONE from the zone's present rules.",
)
def timezone_wrong(calendar: Calendar) -> Hits:
    """A VTIMEZONE contradicts the zone whose name it bears: clients that go by name show another hour."""
    for zone, event, _ in _used(calendar):
        start = time_of(event.first("DTSTART"))
        real = zone_named(zone.text("TZID"))
        offsets = [offset_in(line.value) for part in zone.children for line in part.every("TZOFFSETTO")]
        if start and start.wall.year >= 1970 and real and offsets and None not in offsets:
            actual = start.wall.replace(tzinfo=real).utcoffset()
            if actual not in offsets:
                yield (calendar.at(zone), f"None of its offsets is the zone's offset at that time, {actual}.")


def _used(calendar: Calendar) -> Iterator[tuple[Component, Component, str]]:
    """Each VTIMEZONE with the first event that starts in it."""
    starts = {
        line.parameter("TZID"): event for event in reversed(calendar.events) for line in event.every("DTSTART")[:1]
    }
    for zone in calendar.zones:
        tzid = zone.text("TZID")
        if tzid in starts:
            yield zone, starts[tzid], tzid


@for_calendar(ERROR, "rfc", source="RFC 5545 §3.6.5", remedy="Define each zone once.")
def timezone_twice(calendar: Calendar) -> Hits:
    """Two VTIMEZONEs have the same TZID."""
    seen = set[str]()
    for zone in calendar.zones:
        if zone.text("TZID") in seen:
            yield (calendar.at(zone), f"VTIMEZONE {shown(zone.text('TZID'))} stands before already.")
        seen.add(zone.text("TZID"))


@for_calendar(ERROR, "rfc", source="RFC 5545 §3.6.5", remedy="Add a STANDARD part.")
def timezone_empty(calendar: Calendar) -> Hits:
    """A VTIMEZONE has neither STANDARD nor DAYLIGHT."""
    for zone in calendar.zones:
        if not any(part.name in ("STANDARD", "DAYLIGHT") for part in zone.children):
            yield (calendar.at(zone), "There is no STANDARD and no DAYLIGHT.")


@for_calendar(
    ERROR,
    "exchange rfc",
    source="MS-STANXICAL §2.2.74, RFC 5545 §3.6.5",
    remedy="Give each STANDARD and DAYLIGHT its DTSTART, TZOFFSETFROM and TZOFFSETTO.",
)
def timezone_offset(calendar: Calendar) -> Hits:
    """A part of a VTIMEZONE lacks DTSTART or an offset, or has one that is none; Exchange rejects the invite."""
    for zone in calendar.zones:
        for part in zone.children:
            if part.first("DTSTART") is None:
                yield (calendar.at(part), "DTSTART is missing.")
            for name in ("TZOFFSETFROM", "TZOFFSETTO"):
                if offset_in(part.text(name)) is None:
                    yield (calendar.at(part), f"{name} is missing or no offset.")


@for_calendar(WARNING, "outlook", source="MS-STANOICAL §2.2.47", remedy="Write the yearly change as an RRULE.")
def timezone_rdate(calendar: Calendar) -> Hits:
    """A VTIMEZONE lists its changes as RDATEs, which Outlook ignores."""
    for zone in calendar.zones:
        for line in [line for part in zone.children for line in part.every("RDATE")][:1]:
            yield (calendar.at(line), "Changes are listed as RDATEs.")


@for_calendar(
    WARNING,
    "outlook",
    source="MS-STANOICAL §2.2.47",
    remedy="Keep the pair that holds in the event's year, or write times in UTC.",
)
def timezone_observances(calendar: Calendar) -> Hits:
    """A VTIMEZONE has more than one STANDARD or DAYLIGHT; Outlook keeps one pair."""
    for zone in calendar.zones:
        names = [part.name for part in zone.children]
        if names.count("STANDARD") > 1 or names.count("DAYLIGHT") > 1:
            yield (calendar.at(zone), f"There are {len(names)} parts.")


@for_calendar(
    WARNING,
    "outlook exchange",
    source="MS-STANOICAL §2.2.47, MS-OXCICAL §2.1.3.1.1.19.2.2",
    remedy="Give STANDARD and DAYLIGHT an RRULE such as FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU.",
)
def timezone_rule(calendar: Calendar) -> Hits:
    """A VTIMEZONE with summer time has no yearly rule with one BYDAY for each of its changes."""
    for zone in calendar.zones:
        # Exchange gives zones without summer time two parts, too: equal, and without a rule.
        if len({part.text("TZOFFSETTO") for part in zone.children}) > 1:
            for part in zone.children:
                if not _is_yearly(part) and not part.every("RDATE") and part.name in ("STANDARD", "DAYLIGHT"):
                    yield (calendar.at(part), "There is no RRULE with FREQ=YEARLY and one BYDAY.")


def _is_yearly(part: Component) -> bool:
    rule = rule_parts(part.text("RRULE"))
    return rule.get("FREQ") == ("YEARLY",) and len(rule.get("BYDAY", ())) == 1
