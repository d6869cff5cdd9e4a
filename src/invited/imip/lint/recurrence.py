"""Rules of recurrence: the rule, its exceptions, and the changed occurrences beside it."""

from __future__ import annotations

from collections.abc import Iterator

from invited.imip.lint.rule import Hits, Severity, for_calendar, for_event, shown
from invited.imip.lint.scan import Calendar, Component, Line
from invited.imip.lint.values import Kind, Time, is_before, rule_fault, rule_parts, time_in, time_of, times_of

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SINGLE = ("BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYHOUR", "BYMINUTE")


def _rules(event: Component) -> Iterator[tuple[Line, dict[str, tuple[str, ...]]]]:
    """The valid RRULEs of an event."""
    for line in event.every("RRULE"):
        if not rule_fault(line.value):
            yield line, rule_parts(line.value)


# The rule


@for_event(ERROR, "rfc", source="RFC 5545 §3.3.10", remedy="Write the rule as FREQ=…;… with known parts.")
def rrule_invalid(calendar: Calendar, event: Component) -> Hits:
    """The RRULE is not valid: clients drop it, or the event."""
    for line in event.every("RRULE"):
        fault = rule_fault(line.value)
        if fault:
            yield (calendar.at(line), f"The rule is not valid: {shown(fault)}.")


@for_event(WARNING, "rfc outlook", source="RFC 5545 §3.8.5.3", remedy="Use one RRULE, or events of their own.")
def rrule_several(calendar: Calendar, event: Component) -> Hits:
    """There is more than one RRULE; most clients follow one of them."""
    for line in event.every("RRULE")[1:2]:
        yield (calendar.at(line), f"There are {len(event.every('RRULE'))} RRULEs.")


@for_event(
    ERROR,
    "outlook exchange",
    source="MS-OXCICAL §2.1.3.2.2",
    remedy="Repeat an event daily or less often.",
)
def rrule_too_often(calendar: Calendar, event: Component) -> Hits:
    """The event repeats every hour, minute or second; calendars refuse that or hang."""
    for line, parts in _rules(event):
        if parts["FREQ"][0] in ("SECONDLY", "MINUTELY", "HOURLY"):
            yield (calendar.at(line), f"FREQ is {parts['FREQ'][0]}.")


@for_event(
    WARNING,
    "outlook exchange",
    source="MS-OXCICAL §2.1.3.2.2",
    remedy="Use a simple daily, weekly, monthly or yearly rule, or send the days as events of their own.",
)
def rrule_outlook(calendar: Calendar, event: Component) -> Hits:
    """The RRULE fits none of the templates that Outlook and Exchange can keep."""
    for line, parts in _rules(event):
        several = [name for name in _SINGLE if len(parts.get(name, ())) > 1]
        foreign = [name for name in ("BYYEARDAY", "BYWEEKNO", "BYSECOND") if name in parts] or several
        if foreign or len(parts.get("COUNT", ("",))[0]) > 3:
            yield (calendar.at(line), f"{', '.join(foreign) or 'COUNT'} goes beyond the templates.")


@for_event(
    ERROR,
    "rfc outlook gmail",
    source="RFC 5545 §3.3.10",
    remedy="Write UNTIL as a date for whole days, and in UTC with a Z for times.",
)
def rrule_until_type(calendar: Calendar, event: Component) -> Hits:
    """UNTIL is not of DTSTART's type: the last occurrence comes or goes by client."""
    start = time_of(event.first("DTSTART"))
    for line, parts in _rules(event):
        until = time_in(parts["UNTIL"][0]) if "UNTIL" in parts else None
        if start and until and not _fits(start, until):
            yield (calendar.at(line), f"UNTIL is {until.kind.value}, DTSTART {start.kind.value}.")


def _fits(start: Time, until: Time) -> bool:
    wanted = Kind.UTC if start.kind is Kind.ZONED else start.kind
    return until.kind is wanted


@for_event(ERROR, "rfc", source="RFC 5545 §3.3.10", remedy="Let UNTIL be the last occurrence or later.")
def rrule_until_early(calendar: Calendar, event: Component) -> Hits:
    """The series ends before it starts."""
    start = time_of(event.first("DTSTART"))
    for line, parts in _rules(event):
        until = time_in(parts["UNTIL"][0]) if "UNTIL" in parts else None
        if start and until and (is_before(until, start) or until.day.toordinal() < start.day.toordinal() - 1):
            yield (calendar.at(line), f"UNTIL is {parts['UNTIL'][0]}, before DTSTART.")


@for_event(
    WARNING,
    "outlook gmail apple",
    source="RFC 5545 §3.8.5.3",
    remedy="Let DTSTART be the first day that the rule names.",
)
def rrule_start(calendar: Calendar, event: Component) -> Hits:
    """DTSTART is no day of the weekly rule: some clients count it as an occurrence and some do not."""
    start = time_of(event.first("DTSTART"))
    for line, parts in _rules(event):
        days = parts.get("BYDAY", ())
        if start and parts["FREQ"][0] == "WEEKLY" and days and _DAYS[start.wall.weekday()] not in days:
            yield (calendar.at(line), f"DTSTART is a {_DAYS[start.wall.weekday()]}, BYDAY is {shown(','.join(days))}.")


# Dates beside the rule


@for_event(
    ERROR,
    "outlook exchange",
    source="MS-OXCICAL §2.1.3.1.1.20.18, esrg-knights/Squire#214",
    remedy="Send the days as events of their own, or as a rule.",
)
def rdate_alone(calendar: Calendar, event: Component) -> Hits:
    """There are RDATEs without an RRULE; Outlook ignores the whole event."""
    if not event.every("RRULE"):
        for line in event.every("RDATE")[:1]:
            yield (calendar.at(line), "There is no RRULE beside the RDATE.")


@for_event(
    WARNING,
    "outlook exchange gmail",
    source="MS-OXCICAL §2.1.3.1.1.20.18, esrg-knights/Squire#107",
    remedy="Send additional days as events of their own.",
)
def rdate_extra(calendar: Calendar, event: Component) -> Hits:
    """RDATEs add to the rule; Outlook takes one only for a moved day, Google loses those after UNTIL."""
    if event.every("RRULE"):
        for line in event.every("RDATE")[:1]:
            yield (calendar.at(line), "RDATEs stand beside the RRULE.")


@for_event(
    ERROR,
    "rfc",
    source="RFC 5545 §3.8.5.1",
    remedy="Write EXDATE as DTSTART is written: date for date, time for time.",
)
def exdate_type(calendar: Calendar, event: Component) -> Hits:
    """An EXDATE is not of DTSTART's type, so that it takes no occurrence out."""
    start = time_of(event.first("DTSTART"))
    for line in event.every("EXDATE"):
        wrong = [
            time for time in times_of(line) if time and start and (time.kind is Kind.DATE) != (start.kind is Kind.DATE)
        ]
        if start and wrong:
            yield (calendar.at(line), f"EXDATE is {wrong[0].kind.value}, DTSTART {start.kind.value}.")


# Changed occurrences


@for_calendar(
    WARNING,
    "outlook",
    source="nextcloud/calendar#4727",
    remedy="Mail a changed occurrence by itself: only its VEVENT.",
)
def exception_beside_master(calendar: Calendar) -> Hits:
    """A changed occurrence comes beside its series, where Outlook ignores it."""
    changed = [event for event in calendar.events if event.first("RECURRENCE-ID")]
    if calendar.method == "REQUEST" and changed and len(changed) < len(calendar.events):
        yield (calendar.at(changed[0]), "The series and a changed occurrence come together.")


@for_calendar(
    ERROR,
    "proton",
    source="tutao/tutanota#5706",
    remedy="Give a changed occurrence at least the SEQUENCE of its series.",
)
def exception_sequence(calendar: Calendar) -> Hits:
    """A changed occurrence has a lower SEQUENCE than its series; Proton refuses it."""
    series = {event.text("UID"): event for event in calendar.events if not event.first("RECURRENCE-ID")}
    for event in calendar.events:
        master = series.get(event.text("UID"))
        if event.first("RECURRENCE-ID") and master and _sequence(event) < _sequence(master):
            yield (calendar.at(event.first("SEQUENCE") or event), f"{_sequence(event)} is less than the series'.")


def _sequence(event: Component) -> int:
    text = event.text("SEQUENCE")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0


@for_event(
    ERROR,
    "rfc",
    source="RFC 5545 §3.8.4.4",
    remedy="Let only the series carry the rule.",
)
def exception_with_rule(calendar: Calendar, event: Component) -> Hits:
    """A changed occurrence has a rule of its own."""
    for line in event.every("RRULE")[:1]:
        if event.first("RECURRENCE-ID"):
            yield (calendar.at(line), "RRULE stands beside RECURRENCE-ID.")


@for_calendar(
    ERROR,
    "rfc",
    source="RFC 5545 §3.8.4.4",
    remedy="Write RECURRENCE-ID as the series' DTSTART is written: date for date, time for time.",
)
def recurrence_id_type(calendar: Calendar) -> Hits:
    """A RECURRENCE-ID is not of the type of the series' DTSTART: it names no occurrence."""
    starts = {
        event.text("UID"): time_of(event.first("DTSTART"))
        for event in calendar.events
        if not event.first("RECURRENCE-ID")
    }
    for event in calendar.events:
        line, start = event.first("RECURRENCE-ID"), starts.get(event.text("UID"))
        time = time_of(line)
        if line and time and start and (time.kind is Kind.DATE) != (start.kind is Kind.DATE):
            yield (calendar.at(line), f"RECURRENCE-ID is {time.kind.value}, the series' DTSTART {start.kind.value}.")


@for_calendar(ERROR, "rfc", source="RFC 5546 §3.2.2", remedy="Send each version of an occurrence once.")
def component_repeated(calendar: Calendar) -> Hits:
    """Two VEVENTs of one UID are the same occurrence, or both the series."""
    seen = set[tuple[str, str]]()
    for event in calendar.events:
        key = (event.text("UID"), event.text("RECURRENCE-ID"))
        if key in seen and key[0]:
            yield (calendar.at(event), "This occurrence, or series, stands before already.")
        seen.add(key)


@for_event(
    WARNING,
    "gmail outlook",
    source="ical-org/ical.net#455",
    remedy="End the series with UNTIL and start a new one, as Google and Outlook do.",
)
def this_and_future(calendar: Calendar, event: Component) -> Hits:
    """RANGE=THISANDFUTURE changes a series from one day on; Google and Outlook do not follow it."""
    for line in event.every("RECURRENCE-ID"):
        if line.parameter("RANGE"):
            yield (calendar.at(line), f"RANGE is {shown(line.parameter('RANGE'))}.")
