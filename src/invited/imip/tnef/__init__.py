"""winmail.dat: the iCalendar object that an Outlook meeting mail amounts to, where the mail itself has none.

Outlook and Exchange wrap what they do not want to say in plain MIME into one TNEF attachment. `calendar_of` reads it
with its own bounded reader (see `stream`) and says it again as iCalendar, by the mapping of MS-OXCICAL.
"""

from __future__ import annotations

from invited.imip.tnef.calendar import written
from invited.imip.tnef.meeting import kind_of
from invited.imip.tnef.stream import read


def calendar_of(winmail: bytes, *, sender: str = "") -> bytes | None:
    """The meeting request, cancellation or answer in a TNEF stream as a VCALENDAR with its METHOD: UTF-8, CRLF.

    `sender` is the mail's From address; it stands for an organizer or attendee whom the stream does not name. None
    where `winmail` is no TNEF or holds something else: a plain mail, a task, a contact, a distribution list. Raises
    Refused, and nothing else, where it is a meeting that cannot be read or goes beyond the limits.
    """
    stream = read(winmail)
    kind = kind_of(stream.message_class) if stream else None
    return written(stream.message(), kind, sender) if stream and kind else None
