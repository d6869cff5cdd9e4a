"""Rules of the calendar object's text: nesting, lines and folds, parameters, escapes (RFC 5545 §3.1-3.3)."""

from __future__ import annotations

import re

from invited.imip.lint.rule import Hits, Severity, for_calendar, for_event, shown
from invited.imip.lint.scan import Calendar, Component

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

MAX_INLINE = 100_000
"""Octets of an inline ATTACH that still pass everywhere."""

_TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "CONTACT")
_LISTS = ("DELEGATED-TO", "DELEGATED-FROM", "MEMBER")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_TAG = re.compile(r"</(?:p|a|b|div|span|ul|li|table|html|body)>|<br ?/?>", re.IGNORECASE)


@for_calendar(
    ERROR,
    "rfc",
    source="RFC 5545 §3.4",
    remedy="Begin the object with BEGIN:VCALENDAR and end it with END:VCALENDAR.",
)
def calendar_not_found(calendar: Calendar) -> Hits:
    """There is no calendar object where one should be."""
    if not calendar.objects:
        yield (calendar.at(1), "There is no BEGIN:VCALENDAR.")


@for_calendar(ERROR, "rfc", source="RFC 5545 §3.4, §3.6", remedy="Pair every BEGIN with its END.")
def component_structure(calendar: Calendar) -> Hits:
    """BEGIN and END do not pair up, so that properties belong to nothing or to the wrong thing."""
    if calendar.objects:
        for number, message in calendar.faults:
            yield (calendar.at(number), message[0].upper() + shown(message[1:]) + ".")


@for_calendar(
    ERROR,
    "rfc",
    source="RFC 5545 §3.1",
    remedy="Fold long lines with CRLF and one space; write a new line in a text as \\n.",
)
def line_malformed(calendar: Calendar) -> Hits:
    """A line is no content line (a name, a colon, a value); parsers drop it or the whole object."""
    if any(line.name == "BEGIN" for line in calendar.lines):
        for line in calendar.lines:
            if line.fault == "line":
                yield (calendar.at(line.number), f"“{shown(line.name + line.value)}” has no name or no colon.")


@for_calendar(ERROR, "rfc", source="RFC 5545 §3.2", remedy="Put the value in DQUOTEs and leave DQUOTEs out of it.")
def parameter_quote(calendar: Calendar) -> Hits:
    """A DQUOTE stands inside a parameter value: where the value ends is anybody's guess."""
    for line in calendar.lines:
        if line.fault == "quote":
            yield (calendar.at(line), "A parameter holds a DQUOTE that is not around its whole value.")


@for_calendar(ERROR, "rfc", source="RFC 5545 §3.2", remedy='Put the value in DQUOTEs: CN="Doe, John".')
def parameter_unquoted(calendar: Calendar) -> Hits:
    """A parameter that has one value holds a bare comma and is cut there."""
    for line in calendar.lines:
        for name, values in line.parameters:
            if len(values) > 1 and name not in _LISTS and not name.startswith("X-"):
                yield (calendar.at(line), f"{shown(name)} reads as {len(values)} values: {shown(', '.join(values))}.")


@for_calendar(WARNING, "rfc outlook", source="RFC 5545 §3.1", remedy="End every line with CRLF.")
def line_endings(calendar: Calendar) -> Hits:
    """Lines of the calendar object end in a bare LF or CR."""
    bare = [row for row in calendar.rows if row.ending in (b"\n", b"\r")]
    if calendar.is_wire and bare:
        yield (calendar.at(bare[0]), f"{len(bare)} of {len(calendar.rows)} lines do not end in CRLF.")


@for_calendar(NOTE, "rfc", source="RFC 5545 §3.1", remedy="Fold at 75 octets, not characters.")
def line_length(calendar: Calendar) -> Hits:
    """Lines are longer than 75 octets and not folded."""
    long = [row for row in calendar.rows if len(row.octets) > 75]
    if long:
        yield (calendar.at(long[0]), f"{len(long)} lines are too long; this one has {len(long[0].octets)} octets.")


@for_calendar(
    ERROR,
    "rfc outlook",
    source="RFC 5545 §3.1",
    remedy="Fold between characters: never within the octets of one.",
)
def fold_splits_character(calendar: Calendar) -> Hits:
    """A fold cuts a UTF-8 character in two; readers that decode before they unfold show rubbish."""
    for row in calendar.rows:
        if row.octets[:1] in (b" ", b"\t") and len(row.octets) > 1 and row.octets[1] & 0xC0 == 0x80:
            yield (calendar.at(row), "This row begins in the middle of a character.")


@for_calendar(ERROR, "rfc", source="RFC 5545 §3.1.4, RFC 6047 §2.4", remedy="Encode the object in UTF-8.")
def not_utf8(calendar: Calendar) -> Hits:
    """The calendar object is not UTF-8."""
    for line in calendar.lines:
        if "�" in line.value and b"\xef\xbf\xbd" not in calendar.raw:
            yield (calendar.at(line), "This line is not UTF-8.")


@for_calendar(WARNING, "rfc", source="RFC 5545 §3.1", remedy="Leave the byte order mark off.")
def byte_order_mark(calendar: Calendar) -> Hits:
    """The object begins with a byte order mark, at which some parsers stop."""
    if calendar.raw.startswith(b"\xef\xbb\xbf"):
        yield (calendar.at(1), "The first three octets are a byte order mark.")


@for_calendar(ERROR, "rfc", source="RFC 5545 §3.1 (CONTROL)", remedy="Take control characters out of texts.")
def control_character(calendar: Calendar) -> Hits:
    """A line holds a control character, which no iCalendar text may."""
    for line in calendar.lines:
        if _CONTROL.search(line.value):
            yield (calendar.at(line), "This line holds a control character.")


@for_event(
    WARNING,
    "rfc",
    source="RFC 5545 §3.3.11",
    remedy="Write \\, and \\; in texts.",
)
def text_unescaped(calendar: Calendar, event: Component) -> Hits:
    """A text holds a bare comma or semicolon; some readers cut it there."""
    for line in event.every(*_TEXTS):
        if any(sign in _ESCAPE.sub("", line.value) for sign in ",;"):
            yield (calendar.at(line), "The text holds a comma or semicolon without a backslash before it.")


@for_event(
    WARNING,
    "rfc",
    source="RFC 5545 §3.3.11",
    remedy="Write a backslash as \\\\; only \\, \\; and \\n are escapes beside it.",
)
def text_escape(calendar: Calendar, event: Component) -> Hits:
    """A text holds a backslash that escapes nothing."""
    for line in event.every(*_TEXTS):
        unknown = [sign for sign in _ESCAPE.findall(line.value) if sign not in "\\;,nN"]
        if unknown or "\\" in _ESCAPE.sub("", line.value):
            yield (calendar.at(line), f"“\\{shown(''.join(unknown[:1]))}” is no escape.")


@for_event(
    WARNING,
    "outlook apple thunderbird",
    source="RFC 5545 §3.8.1.5; X-ALT-DESC is what Outlook writes",
    remedy="Keep DESCRIPTION plain; put HTML into X-ALT-DESC;FMTTYPE=text/html.",
)
def description_html(calendar: Calendar, event: Component) -> Hits:
    """DESCRIPTION holds HTML, which most clients show as it is written."""
    for line in event.every("DESCRIPTION"):
        if _TAG.search(line.value):
            yield (calendar.at(line), "The description holds HTML tags.")


@for_event(
    WARNING,
    "exchange gmail",
    source="RFC 5545 §3.8.1.1; size inferred",
    remedy="Link to the file: ATTACH:https://…",
)
def attach_inline(calendar: Calendar, event: Component) -> Hits:
    """A large file lies inside the calendar object; clients drop it, servers refuse the mail."""
    for line in event.every("ATTACH"):
        if line.parameter("ENCODING").upper() == "BASE64" and len(line.value) > MAX_INLINE:
            yield (calendar.at(line), f"ATTACH holds {len(line.value)} octets of base64.")
