"""A TNEF stream → the MAPI properties of its message and of its recipients (MS-OXTNEF).

Written here because tnefparse 1.4 follows counts of up to four thousand million, copies the rest of the stream for
every attribute and swallows its own errors; this reads each byte once. Attachments and what is embedded in them are
passed over. Checksums are not compared: real senders and gateways get them wrong.
"""

from __future__ import annotations

import codecs
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from invited.domain.errors import Refused
from invited.imip.tnef.cursor import Cursor, damaged

SIGNATURE = 0x223E9F78
"""MS-OXTNEF 2.1.3.1."""

MAX_ATTRIBUTES = 10_000
"""Attributes of a stream; each attachment has about six."""

MAX_LIST = 4_000_000
"""Bytes of the message's property list, which holds its body, and of the recipient table."""

MAX_PROPERTIES = 5_000
"""Properties of the message; Exchange sends about 150."""

MAX_RECIPIENT_PROPERTIES = 200
"""Properties of one recipient."""

MAX_VALUES = 5_000
"""Values of one property."""

MAX_RECIPIENTS = 2_000

MAX_STRING = 400_000
"""Bytes read of one string."""

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Times outside are taken as not given: Outlook writes 1601 and 4500 for “none”."""

MEETING = uuid.UUID("6ed8da90-450b-101b-98da-00aa003f1305").bytes_le
APPOINTMENT = uuid.UUID("00062002-0000-0000-c000-000000000046").bytes_le
COMMON = uuid.UUID("00062008-0000-0000-c000-000000000046").bytes_le
"""Property sets, MS-OXPROPS 1.3.2."""

Key = int | tuple[bytes, int]
"""A tag's id, or the property set and number of a named property."""

_MESSAGE, _RECIPIENTS, _PROPERTIES, _CLASS, _CODEPAGE = 1, 0x9004, 0x9003, 0x8008, 0x9007
_FIXED = {0x0001: 0, 0x0002: 2, 0x000B: 2, 0x0003: 4, 0x0004: 4, 0x000A: 4} | dict.fromkeys(
    (0x0005, 0x0006, 0x0007, 0x0014, 0x0040), 8
)
_GUID, _STRING8, _UNICODE, _MULTIPLE = 0x0048, 0x001E, 0x001F, 0x1000
_VARIABLE = frozenset({0x0000, 0x000D, _STRING8, _UNICODE, 0x0102})
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
# Windows code pages that Python names otherwise than cp<number>.
_CODECS = (
    {65001: "utf-8", 1200: "utf-16-le", 20127: "ascii", 20866: "koi8-r", 21866: "koi8-u", 20936: "gb2312"}
    | {28590 + part: f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15)}
    | {
        50220: "iso2022-jp",
        50221: "iso2022-jp",
        50222: "iso2022-jp",
        51932: "euc-jp",
        51949: "euc-kr",
        54936: "gb18030",
    }
)


@dataclass(frozen=True, slots=True)
class Properties:
    """MAPI properties by key, each with its type and the raw values; readers give None for what is not there."""

    values: Mapping[Key, tuple[int, tuple[bytes, ...]]]
    codec: str = "cp1252"

    def text(self, *keys: Key) -> str | None:
        """The first of `keys` that holds a string that is not empty, cleaned."""
        for key in keys:
            kind, raw = self.values.get(key, (0, ()))
            if kind in (_STRING8, _UNICODE) and raw and (cleaned := clean(self._decoded(kind, raw[0]))):
                return cleaned
        return None

    def parts(self, key: Key) -> list[str]:
        """A string whose parts stand between characters 1; at least one part, "" for what is not there."""
        kind, raw = self.values.get(key, (0, ()))
        if kind not in (_STRING8, _UNICODE) or not raw:
            return [""]
        return [clean(part) for part in self._decoded(kind, raw[0]).split("\1")]

    def _decoded(self, kind: int, raw: bytes) -> str:
        return raw[:MAX_STRING].decode("utf-16-le" if kind == _UNICODE else self.codec, "replace").partition("\0")[0]

    def number(self, key: Key) -> int | None:
        """A whole number, as it stands."""
        kind, raw = self.values.get(key, (0, ()))
        return int.from_bytes(raw[0], "little", signed=True) if kind in (0x0002, 0x0003) and raw else None

    def flag(self, key: Key) -> bool | None:
        """A yes or no."""
        kind, raw = self.values.get(key, (0, ()))
        return any(raw[0]) if kind == 0x000B and raw else None

    def instant(self, *keys: Key) -> datetime | None:
        """The first of `keys` that holds a time of this age, in UTC, to the second."""
        for key in keys:
            kind, raw = self.values.get(key, (0, ()))
            found = _instant(int.from_bytes(raw[0], "little")) if kind == 0x0040 and raw else None
            if found:
                return found
        return None

    def binary(self, *keys: Key) -> bytes | None:
        """The first of `keys` that holds bytes."""
        for key in keys:
            kind, raw = self.values.get(key, (0, ()))
            if kind == 0x0102 and raw and raw[0]:
                return raw[0]
        return None


@dataclass(frozen=True, slots=True)
class Message:
    """What the stream says of the mail itself."""

    properties: Properties
    recipients: tuple[Properties, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """The attributes of the message, first of each kind, not yet looked into."""

    attributes: Mapping[int, memoryview]

    @property
    def message_class(self) -> str:
        """attMessageClass, else PidTagMessageClass, else ""."""
        if _CLASS in self.attributes:
            return bytes(self.attributes[_CLASS][:256]).partition(b"\0")[0].decode("ascii", "replace")
        try:
            return self.message().properties.text(0x001A) or ""
        except Refused:
            return ""

    def message(self) -> Message:
        """The properties; raises Refused where they are damaged or beyond the limits."""
        codec = codec_of(int.from_bytes(self.attributes.get(_CODEPAGE, b"")[:4], "little"))
        cursor = Cursor(self._list(_PROPERTIES), "the meeting's properties")
        values = _properties(cursor, MAX_PROPERTIES) if cursor.left else {}
        return Message(Properties(values, codec), self._recipients(codec))

    def _recipients(self, codec: str) -> tuple[Properties, ...]:
        cursor = Cursor(self._list(_RECIPIENTS), "the list of recipients")
        if not cursor.left:
            return ()
        rows = range(cursor.count(MAX_RECIPIENTS))
        return tuple(Properties(_properties(cursor, MAX_RECIPIENT_PROPERTIES), codec) for _ in rows)

    def _list(self, name: int) -> memoryview:
        found = self.attributes.get(name, memoryview(b""))
        if len(found) > MAX_LIST:
            raise damaged(f"a list of more than {MAX_LIST:,} bytes")
        return found


def read(data: bytes) -> Stream | None:
    """The stream that `data` is, None where it is none; what follows a truncated attribute is left out."""
    if len(data) < 6 or int.from_bytes(data[:4], "little") != SIGNATURE:
        return None
    cursor = Cursor(data, "an attribute", 6)
    attributes: dict[int, memoryview] = {}
    try:
        for _ in range(MAX_ATTRIBUTES):
            if not cursor.left:
                break
            # attribute: level 1, name 2, type 2, length 4, data, checksum 2 (MS-OXTNEF 2.1.3.2)
            level, name, _kind, size = cursor.number(1), cursor.number(2), cursor.number(2), cursor.number(4)
            value = cursor.take(size)
            if level == _MESSAGE:
                attributes.setdefault(name, value)
            cursor.take(2)
    except Refused:
        pass
    return Stream(attributes)


def clean(words: str) -> str:
    """`words` stripped, with plain line ends and without control characters and lone surrogates."""
    return _UNPRINTABLE.sub("", words.replace("\r\n", "\n").replace("\r", "\n")).strip()


def codec_of(codepage: int) -> str:
    """Python's name of a Windows code page, cp1252 for one it does not know."""
    name = _CODECS.get(codepage, f"cp{codepage}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _properties(cursor: Cursor, limit: int) -> dict[Key, tuple[int, tuple[bytes, ...]]]:
    """A MsgPropertyList (MS-OXTNEF 2.1.3.4)."""
    found: dict[Key, tuple[int, tuple[bytes, ...]]] = {}
    for _ in range(cursor.count(limit)):
        kind, tag = cursor.number(2), cursor.number(2)
        key = _name(cursor) if tag >= 0x8000 else tag
        value = (kind & ~_MULTIPLE, _values(cursor, kind))
        if key is not None:
            found.setdefault(key, value)
    return found


def _name(cursor: Cursor) -> Key | None:
    """What stands for a tag from 0x8000: a property set and a number, or a string, which nothing here asks for."""
    owner = bytes(cursor.take(16))
    if cursor.number(4) == 0:
        return owner, cursor.number(4)
    cursor.take(_padded(cursor.number(4)))
    return None


def _values(cursor: Cursor, kind: int) -> tuple[bytes, ...]:
    plain = kind & ~_MULTIPLE
    is_variable = plain in _VARIABLE
    count = cursor.count(MAX_VALUES) if is_variable or kind & _MULTIPLE else 1
    if is_variable:
        return tuple(_padded_value(cursor) for _ in range(count))
    size = 16 if plain == _GUID else _FIXED.get(plain)
    if size is None:
        # Without its length nothing after it can be found.
        raise damaged("a property of an unknown type")
    values = tuple(bytes(cursor.take(size)) for _ in range(count))
    cursor.take(-(size * count) % 4)
    return values


def _padded_value(cursor: Cursor) -> bytes:
    size = cursor.number(4)
    value = bytes(cursor.take(size))
    # The very last value of a list may lack its padding.
    cursor.take(min(-size % 4, cursor.left))
    return value


def _padded(size: int) -> int:
    return size + -size % 4


def _instant(filetime: int) -> datetime | None:
    """A FILETIME: 100 ns since 1601 in UTC."""
    try:
        found = _EPOCH + timedelta(seconds=filetime // 10_000_000)
    except OverflowError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
