"""PidLidGlobalObjectId → UID, and the day of the occurrence that it names (MS-OXOCAL 2.2.1.27, MS-OXCICAL
2.1.3.1.1.20.26).
"""

from __future__ import annotations

from datetime import date

from invited.imip.tnef.stream import FIRST_YEAR, LAST_YEAR, clean

MAX_ID = 1_000
"""Bytes; Outlook writes 56, and what a foreign UID needs beside 52."""

# ByteArrayID 16, YH 1, YL 1, M 1, D 1, CreationTime 8, X 8, Size 4, Data
_DAY, _AFTER_DAY, _DATA = 16, 20, 40
_FOREIGN = b"vCal-Uid\x01\x00\x00\x00"


def uid_of(global_object_id: bytes) -> str | None:
    """The UID: a foreign one as it was, else the id in hexadecimal without its day; None for one that is too long."""
    if not global_object_id or len(global_object_id) > MAX_ID:
        return None
    data = global_object_id[_DATA:]
    if data.startswith(_FOREIGN):
        foreign = data[len(_FOREIGN) :].partition(b"\0")[0].decode("utf-8", "replace")
        return " ".join(clean(foreign).split()) or None
    return (global_object_id[:_DAY] + bytes(4) + global_object_id[_AFTER_DAY:]).hex().upper()


def day_of(global_object_id: bytes) -> date | None:
    """The day, in the meeting's zone, on which the occurrence would have been; None for a whole meeting."""
    field = global_object_id[_DAY:_AFTER_DAY]
    try:
        found = date(int.from_bytes(field[:2], "big"), field[2], field[3])
    except (ValueError, IndexError):
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
