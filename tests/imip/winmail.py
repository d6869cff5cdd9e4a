"""TNEF streams and the structures inside them, built byte by byte from MS-OXTNEF and MS-OXOCAL."""

import struct
import uuid
from datetime import UTC, datetime

from invited.domain.errors import Refused

MEETING = uuid.UUID("6ed8da90-450b-101b-98da-00aa003f1305").bytes_le
APPOINTMENT = uuid.UUID("00062002-0000-0000-c000-000000000046").bytes_le

START, END = (APPOINTMENT, 0x820D), (APPOINTMENT, 0x820E)
ALL_DAY, RECURS, PATTERN = (APPOINTMENT, 0x8215), (APPOINTMENT, 0x8223), (APPOINTMENT, 0x8216)
LOCATION, SEQUENCE, INTENDED = (APPOINTMENT, 0x8208), (APPOINTMENT, 0x8201), (APPOINTMENT, 0x8224)
ZONE, ZONE_STRUCT, ZONE_TEXT = (APPOINTMENT, 0x825E), (APPOINTMENT, 0x8233), (APPOINTMENT, 0x8234)
IS_PROPOSAL, PROPOSED_START, PROPOSED_END = (APPOINTMENT, 0x8257), (APPOINTMENT, 0x8250), (APPOINTMENT, 0x8251)
ID, OWNER_CHANGE, ATTENDEE_CHANGE = (MEETING, 0x03), (MEETING, 0x1A), (MEETING, 0x01)
OCCURRENCE_TIME = (MEETING, 0x0E)
CLASS, SUBJECT, PREFIX, BODY, RTF, HTML = 0x001A, 0x0037, 0x003D, 0x1000, 0x1009, 0x1013
NAME, ADDRESS, SMTP = 0x0042, 0x0065, 0x5D02
SENDER_ADDRESS = 0x0C1F

MINUTES = 24 * 60
NO_END = 0x5AE980DF
"""EndDate of a series without end: 31 August 4500, 23:59."""


class Code(bytes):
    """An 8-bit string (PtypString8), where a plain str is Unicode."""


def u16(*numbers):
    return struct.pack(f"<{len(numbers)}H", *numbers)


def u32(*numbers):
    return struct.pack(f"<{len(numbers)}I", *numbers)


def i32(*numbers):
    return struct.pack(f"<{len(numbers)}i", *numbers)


def filetime(moment):
    return round((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


def minutes(day):
    """Minutes between 1601 and a wall time."""
    return int((day - datetime(1601, 1, 1)).total_seconds()) // 60


def value(of):
    """A property's type, and its value as in a MsgPropertyList."""
    match of:
        case bool():
            return 0x000B, u16(of, 0)
        case int():
            return 0x0003, i32(of)
        case datetime():
            return 0x0040, struct.pack("<Q", filetime(of))
        case Code():
            return 0x001E, _variable(of + b"\0")
        case bytes():
            return 0x0102, _variable(of)
        case str():
            return 0x001F, _variable((of + "\0").encode("utf-16-le"))
    raise TypeError(of)


def _variable(raw):
    return u32(1, len(raw)) + raw + bytes(-len(raw) % 4)


def properties(values):
    """A MsgPropertyList: count 4, then type 2, id 2, for named ones set 16, kind 4, number 4, then the value."""
    out = u32(len(values))
    for key, of in values.items():
        kind, raw = value(of)
        out += u16(kind, key) if isinstance(key, int) else u16(kind, 0x8000) + key[0] + u32(0, key[1])
        out += raw
    return out


def attribute(name, data, level=1):
    return bytes([level]) + u16(name, 6) + u32(len(data)) + data + u16(sum(data) & 0xFFFF)


def tnef(message_class, values, recipients=(), codepage=1252):
    """A whole stream: signature 4, key 2, then version, code page, class, properties and recipients."""
    out = u32(0x223E9F78) + u16(1) + attribute(0x9006, u32(0x10000)) + attribute(0x9007, u32(codepage, 0))
    if message_class:
        out += attribute(0x8008, message_class.encode() + b"\0")
    out += attribute(0x9003, properties(values))
    if recipients:
        out += attribute(0x9004, u32(len(recipients)) + b"".join(properties(row) for row in recipients))
    return out


def global_id(data=b"0123456789abcdef", day=None):
    """A GlobalObjectId: array id 16, year 2 (big-endian), month 1, day 1, created 8, zero 8, size 4, data."""
    field = bytes([day.year >> 8, day.year & 255, day.month, day.day]) if day else bytes(4)
    array_id = bytes.fromhex("040000008200E00074C5B7101A82E008")
    return array_id + field + bytes(16) + u32(len(data)) + data


def foreign_id(uid):
    return global_id(b"vCal-Uid\x01\x00\x00\x00" + uid.encode() + b"\0")


BERLIN = (-60, 0, -60, (0, 10, 0, 5, 3), (0, 3, 0, 5, 2))
"""Bias, standard bias, daylight bias; to standard and to daylight: year, month, weekday, day, hour."""
NO_DST = (-330, 0, 0, (0, 0, 0, 0, 0), (0, 0, 0, 0, 0))


def systemtime(year, month, weekday, day, hour):
    return u16(year, month, weekday, day, hour, 0, 0, 0)


def zone_struct(rule=BERLIN):
    """A TimeZoneStruct: biases 12, year 2, to standard 16, year 2, to daylight 16; 48 in all."""
    return i32(*rule[:3]) + u16(0) + systemtime(*rule[3]) + u16(0) + systemtime(*rule[4])


def zone_definition(name, *rules):
    """A time zone definition: version 2, header size 2, reserved 2, name's length 2, name, count 2, rules of 66.

    Each rule is (flags, rule): version 2, size 2, flags 2, year 2, reserved 14, biases 12, two times of 16.
    """
    header = u16(2, len(name)) + name.encode("utf-16-le") + u16(len(rules))
    out = b"\x02\x01" + u16(len(header)) + header
    for flags, rule in rules:
        times = systemtime(*rule[3]) + systemtime(*rule[4])
        out += b"\x02\x01" + u16(0x3E, flags, 2000) + bytes(14) + i32(*rule[:3]) + times
    return out


def pattern(
    frequency,
    kind,
    period,
    specific,
    start,
    *,
    ending=0x2023,
    count=10,
    last=NO_END,
    deleted=(),
    changed=(),
    begins=9 * 60,
    lasts=60,
    version=0x3009,
    calendar=0,
    extended=True,
):
    """An AppointmentRecurrencePattern. Offsets, n being the length of `specific`, d and m eight bytes for two dates:

    0 reader version 2 · 2 writer version 2 · 4 frequency 2 · 6 pattern type 2 · 8 calendar 2 · 10 first date 4 ·
    14 period 4 · 18 sliding 4 · 22 specific n · 22+n end type 4 · 26+n count 4 · 30+n first weekday 4 ·
    34+n deleted count 4, dates d · 38+n+d modified count 4, dates m · 42+n+d+m start 4 · 46+n+d+m end 4 ·
    then reader version 4, writer version 4, start offset 4, end offset 4, exception count 2, ExceptionInfos,
    reserved block 4, ExtendedExceptions, reserved block 4.
    """
    last = minutes(last) if isinstance(last, datetime) else last
    modified = [minutes(change["start"].replace(hour=0, minute=0)) for change in changed]
    out = u16(0x3004, 0x3004, frequency, kind, calendar) + u32(0, period, 0) + specific
    out += u32(ending, count, 0)
    out += u32(len(deleted), *(minutes(day) for day in deleted)) + u32(len(modified), *modified)
    out += u32(minutes(start), last)
    out += u32(0x3006, version, begins, begins + lasts) + u16(len(changed))
    out += b"".join(exception_info(**change) for change in changed)
    if not extended:
        return out
    return out + u32(0) + b"".join(extended_exception(version, **change) for change in changed) + u32(0)


def _flags(subject, location, busy, is_all_day):
    given = ((0x1, subject), (0x10, location), (0x20, busy), (0x80, is_all_day))
    # A reminder delta (0x4) and a colour (0x100) stand between, as they do in real ones.
    return 0x104 | sum(flag for flag, of in given if of is not None)


def exception_info(start, end, original, subject=None, location=None, busy=None, is_all_day=None):
    """An ExceptionInfo: start 4, end 4, original 4, flags 2; subject, reminder delta 4, location, busy 4, all-day 4,
    colour 4. A string: length + 1 2, length 2, characters.
    """
    out = u32(minutes(start), minutes(end), minutes(original)) + u16(_flags(subject, location, busy, is_all_day))
    out += _ansi(subject) + u32(15) + _ansi(location)
    out += b"" if busy is None else u32(busy)
    out += b"" if is_all_day is None else u32(is_all_day)
    return out + u32(7)


def extended_exception(version, start, end, original, subject=None, location=None, **_):
    """An ExtendedException: change highlight (from version 0x3009 on) 4 + 4, reserved 4; with subject or location
    start 4, end 4, original 4, subject 2 + 2 per character, location alike, reserved 4.
    """
    out = u32(4, 0) if version >= 0x3009 else b""
    out += u32(0)
    if subject is None and location is None:
        return out
    out += u32(minutes(start), minutes(end), minutes(original))
    for words in (subject, location):
        out += b"" if words is None else u16(len(words)) + words.encode("utf-16-le")
    return out + u32(0)


def _ansi(words):
    if words is None:
        return b""
    raw = words.encode("cp1252", "replace")
    return u16(len(raw) + 1, len(raw)) + raw


def rtf_plain(rtf):
    """RTF in its uncompressed container: size 4, raw size 4, type 4, CRC 4."""
    return u32(len(rtf) + 12, len(rtf)) + b"MELA" + u32(0) + rtf


def outcome(read, raw):
    """What `read` makes of `raw`; None for a refusal, which must say in sentences what to do."""
    try:
        return read(raw)
    except Refused as refused:
        return _silence(refused)


def _silence(refused):
    assert refused.reason.endswith(".")
    assert refused.remedy.endswith(".")
