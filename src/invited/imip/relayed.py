"""Which of an organizer's other properties go on to the attendees: what tells about the event, not about its meeting.

What we write ourselves is never taken from there, and neither is what ties a copy to the organizer's own mail system
(meeting ids, SENT-BY, alarms), names other attendees or points into a mail that the attendee does not get.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from invited.domain.event import Property
from invited.imip.lines import parameter

_OURS = re.compile(
    r"BEGIN|END|METHOD|VERSION|PRODID|CALSCALE|UID|DTSTAMP|DTSTART|DTEND|DURATION|RECURRENCE-ID|RRULE|RDATE|EXDATE|EXRULE"
    r"|SEQUENCE|STATUS|CREATED|LAST-MODIFIED|SUMMARY|DESCRIPTION|LOCATION|X-ALT-DESC|ORGANIZER|ATTENDEE"
)
# A STYLED-DESCRIPTION is HTML that nobody has sanitised.
_PRIVATE = re.compile(r"REQUEST-STATUS|RELATED-TO|STYLED-DESCRIPTION|X-NUM-GUESTS|X-LIC-ERROR")
_FOREIGN = (
    "X-MICROSOFT-",
    "X-MS-",
    "X-ENTOURAGE",
    "X-CALENDARSERVER-",
    "X-EVOLUTION-",
    "X-KDE-",
    "X-LOTUS-",
    "X-MOZ-",
    "X-ZIMBRA-",
    "X-BM-",
)
_WELCOME = frozenset(
    {
        "X-MICROSOFT-CDO-ALLDAYEVENT",
        "X-MICROSOFT-CDO-BUSYSTATUS",
        "X-MICROSOFT-CDO-IMPORTANCE",
        "X-MICROSOFT-CDO-INTENDEDSTATUS",
        "X-MICROSOFT-DISALLOW-COUNTER",
        "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
        "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    }
)
_NAME = re.compile(r"[A-Z0-9-]+")
_LINKS = ("http://", "https://")


def relayed(properties: Iterable[Property]) -> Iterator[str]:
    """The content lines, unfolded, of those of `properties` that may be passed on, as they came."""
    for found in properties:
        name = found.name.upper()
        if _may_pass(name, found):
            parameters = "".join(parameter(key.upper(), values) for key, values in found.parameters)
            yield f"{name}{parameters}:{found.value}"


def _may_pass(name: str, found: Property) -> bool:
    keys = {key.upper() for key, _ in found.parameters}
    if not _NAME.fullmatch(name) or not all(_NAME.fullmatch(key) for key in keys):
        return False
    if _OURS.fullmatch(name) or _PRIVATE.fullmatch(name) or (name.startswith(_FOREIGN) and name not in _WELCOME):
        return False
    # A TZID would need its zone beside it, SENT-BY names a person.
    if keys & {"TZID", "SENT-BY"}:
        return False
    # A cid: points into the organizer's mail, and an attachment in line would be sent to everybody.
    return name not in ("ATTACH", "IMAGE") or found.value.lower().startswith(_LINKS)
