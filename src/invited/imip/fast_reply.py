"""The common answer read at a glance: nothing but what a REPLY needs, where a mail is plain enough to be sure of it.

`scan` answers only where the full reader (`mail.read`, then `itip.understand`) says the same, which tests hold it to;
anything unusual it leaves to that. It knows the MIME trees, encodings and content lines that Gmail, Outlook and Apple
send: one calendar part with one VEVENT, ASCII headers, no occurrence, nobody answering for somebody else.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from invited.domain.invitation import Partstat
from invited.imip.dialects import client
from invited.imip.itip import MAX_COMMENT, MAX_GUESTS, MAX_PRODUCT, Method, Reply
from invited.imip.values import FIRST_YEAR, LAST_YEAR, text

MAX_MAIL = 100_000
"""Octets of a mail; no limit of the full reader's can be met within."""

MAX_TRACE = 20
"""Received fields; more may be a mail that goes in circles."""

MAX_DEPTH = 3
"""Multiparts inside one another; Google needs two."""

MAX_PARTS = 10

MAX_TYPE = 1_000
"""Octets of a Content-Type."""

MAX_KNOWN = 300
"""Octets of a part's header that is remembered."""

MAX_UID = 255

_WORD = rb"[A-Za-z0-9!#$%&+./:=?^_{|}~-]+"
_TYPE = re.compile(
    rb"(multipart/(?:mixed|alternative|related)|text/(?:plain|html|calendar)|application/ics)"
    rb"((?:[ \t\n]*;[ \t\n]*[a-z-]+=(?:" + _WORD + rb'|"[^"\\\n]*"))*)[ \t\n]*;?[ \t\n]*',
    re.IGNORECASE,
)
_PARAMETER = re.compile(rb";[ \t\n]*([A-Za-z-]+)=(?:(" + _WORD + rb')|"([^"\\\n]*)")')
_PLAIN_TYPE = frozenset({b"charset", b"boundary", b"method", b"name", b"format", b"delsp", b"x-unix-mode"})
_DISPOSITION = re.compile(
    rb'(?:inline|attachment)(?:[ \t\n]*;[ \t\n]*filename=(?:[A-Za-z0-9._-]+|"[A-Za-z0-9._ -]*"))?', re.IGNORECASE
)
_CHARSET = re.compile(rb"utf-8|us-ascii|iso-8859-[0-9]{1,2}|windows-125[0-9]", re.IGNORECASE)
_ENCODINGS = frozenset({b"7bit", b"8bit", b"quoted-printable", b"base64"})
_BOUNDARY = re.compile(rb"[A-Za-z0-9'()+_,./:=?-]{1,70}")

_HEAD = re.compile(rb"(?:[!-9;-~]++:[^\n]*+(?:\n[ \t][^\n]*+)*+(?:\n|\Z))++")
_VALUE = re.compile(rb"[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)")

_ATOM = r"[A-Za-z0-9_+=~-]+"
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,62}\.)+[A-Za-z]{2,63}"
_ADDRESS = rf"{_ATOM}(?:\.{_ATOM})*@{_HOST}"
_FROM = re.compile(
    rf"""(?:(?:"[^"\\\n]*"|[A-Za-z0-9=?_'*+/! -]*)[ ]*<(?P<angled>{_ADDRESS})>|(?P<bare>{_ADDRESS}))[ ]*""", re.ASCII
)
_MAILTO = re.compile(rf"mailto:({_ADDRESS})", re.IGNORECASE | re.ASCII)

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LINE = re.compile(r"([A-Z][A-Z0-9_-]*)[;:]")
_NOTHING: frozenset[str] = frozenset()
_INSIDE = {
    "": frozenset({"VCALENDAR"}),
    "VCALENDAR": frozenset({"VEVENT", "VTIMEZONE"}),
    "VTIMEZONE": frozenset({"STANDARD", "DAYLIGHT"}),
    "VEVENT": frozenset({"VALARM"}),
}
_KEPT = {
    "VCALENDAR": frozenset({"METHOD", "PRODID"}),
    "VEVENT": frozenset(
        {"UID", "DTSTAMP", "SEQUENCE", "ATTENDEE", "RECURRENCE-ID", "COMMENT"}
        | {"X-MICROSOFT-CDO-APPT-SEQUENCE", "X-CALENDARSERVER-PRIVATE-COMMENT"}
    ),
}
_STAMP = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z")
_NUMBER = re.compile(r"[0-9]{1,9}")
_NOTE = re.compile(r"(?:;LANGUAGE=[A-Za-z-]+)?:(.*)")
_ATTENDEE = re.compile(r'((?:;[A-Z-]+=(?:"[^"]*"|[^";:,]*))+):(.*)')
_ATTENDEE_PARAMETER = re.compile(r';([A-Z-]+)=("[^"]*"|[^";:,]*)')
_PLAIN_ATTENDEE = frozenset({"CN", "CUTYPE", "DIR", "EMAIL", "LANGUAGE", "PARTSTAT", "ROLE", "RSVP", "X-NUM-GUESTS"})
_PARTSTATS = {
    "ACCEPTED": Partstat.ACCEPTED,
    "DECLINED": Partstat.DECLINED,
    "TENTATIVE": Partstat.TENTATIVE,
}
_client = lru_cache(maxsize=1_000)(client)


@dataclass(frozen=True, slots=True)
class FastReply:
    """What a mail amounts to that holds exactly one answer: the normalised From, and the answer."""

    sender: str
    reply: Reply


class _Unusual(Exception):
    """Something that the full reader must look at."""


def scan(raw: bytes) -> FastReply | None:
    """The answer that `raw` holds, None where it must be read in full. Never raises."""
    try:
        return _scanned(raw)
    except _Unusual:
        return None


def _scanned(raw: bytes) -> FastReply:
    mail = raw.replace(b"\r", b"")
    if len(raw) > MAX_MAIL or len(raw) - len(mail) != raw.count(b"\r\n") or b"\0" in mail:
        raise _Unusual
    parts: list[_Part] = []
    top = _walk(mail, 0, parts)
    calendars = [part for part in parts if part.nature.kind == b"text/calendar"]
    # A line that looks like a part's type but stands in a text makes the full reader count differently.
    described = sum(part.nature.described for part in parts)
    if len(parts) > MAX_PARTS or len(calendars) != 1 or (b"\n" + mail.lower()).count(b"\ncontent-") != described:
        raise _Unusual
    head = _Head.of(top)
    if head.names.count(b"\nreceived:") > MAX_TRACE:
        raise _Unusual
    return FastReply(_sender(head), _reply(_calendar(_text(calendars[0]))))


def _require(condition: bool) -> None:  # noqa: FBT001 - reads as a sentence
    if not condition:
        raise _Unusual


class _Head(NamedTuple):
    """The fields of a header; `names` is the same in lower case, so that names can be found in it."""

    text: bytes
    names: bytes

    @classmethod
    def of(cls, text: bytes) -> _Head:
        return cls(text, b"\n" + text.lower())

    def value(self, name: bytes, default: bytes) -> bytes:
        """What a field says, its folds still in it; raises _Unusual where it stands there twice."""
        key = b"\n" + name + b":"
        at = self.names.find(key)
        if at < 0:
            return default
        match = _VALUE.match(self.text, at + len(key) - 1)
        if match is None or self.names.find(key, at + 1) >= 0:
            raise _Unusual
        return match[1]


class _Nature(NamedTuple):
    """What the header of a MIME entity says of it; `described` counts its Content- fields."""

    kind: bytes
    charset: bytes
    boundary: bytes
    encoding: bytes
    described: int


class _Part(NamedTuple):
    """One node of the MIME tree; that of a multipart is all that it holds."""

    nature: _Nature
    content: bytes


def _walk(entity: bytes, depth: int, parts: list[_Part]) -> bytes:
    """Add the nodes of a MIME entity to `parts`, itself first; the octets of its header."""
    head, blank, content = entity.partition(b"\n\n")
    if not blank or depth > MAX_DEPTH:
        raise _Unusual
    nature = (_known_nature if len(head) <= MAX_KNOWN else _nature)(head)
    parts.append(_Part(nature, content))
    if nature.kind.startswith(b"multipart/"):
        for child in _children(content, nature.boundary):
            _walk(child, depth + 1, parts)
    return head


def _nature(text: bytes) -> _Nature:
    """What a header that can be read in one way only says of its entity."""
    if not text.isascii() or not _HEAD.fullmatch(text):
        raise _Unusual
    head = _Head.of(text)
    kind, parameters = _type(head.value(b"content-type", b""))
    encoding = head.value(b"content-transfer-encoding", b"7bit").lower()
    disposition = head.value(b"content-disposition", b"inline")
    if encoding not in _ENCODINGS or not _DISPOSITION.fullmatch(disposition):
        raise _Unusual
    if kind.startswith(b"multipart/") and encoding not in (b"7bit", b"8bit"):
        raise _Unusual
    charset = parameters.get(b"charset", b"us-ascii").lower()
    return _Nature(kind, charset, parameters.get(b"boundary", b""), encoding, head.names.count(b"\ncontent-"))


# Each client writes the same few octets over each of its text parts.
_known_nature = lru_cache(maxsize=1_000)(_nature)


def _children(content: bytes, boundary: bytes) -> list[bytes]:
    """The entities between the delimiters of a multipart that is whole (RFC 2046 §5.1.1)."""
    _require(_BOUNDARY.fullmatch(boundary) is not None)
    _, *chunks = (b"\n" + content).split(b"\n--" + boundary)
    _require(1 < len(chunks) <= MAX_PARTS + 1)
    *entities, rest = chunks
    _require(rest == b"--" or rest.startswith(b"--\n"))
    _require(all(entity.startswith(b"\n") for entity in entities))
    return [entity[1:] for entity in entities]


def _sender(head: _Head) -> str:
    match = _FROM.fullmatch(head.value(b"from", b"").decode("ascii"))
    if match is None:
        raise _Unusual
    return _address(match["angled"] or match["bare"])


def _address(plain: str) -> str:
    """What `normalised` makes of an address that holds nothing but plain letters."""
    local, _, host = plain.lower().partition("@")
    # A domain in A-labels would have to be decoded.
    _require(len(local) <= 64 and len(plain) <= 254 and "--" not in host)
    return f"{local}@{host}"


def _type(value: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """Type and parameters of a Content-Type that can be read in one way only."""
    match = _TYPE.fullmatch(value) if len(value) <= MAX_TYPE else None
    if match is None:
        raise _Unusual
    told = _PARAMETER.findall(match[2])
    parameters = {name.lower(): plain or quoted for name, plain, quoted in told}
    _require(len(parameters) == len(told) and parameters.keys() <= _PLAIN_TYPE)
    _require(_CHARSET.fullmatch(parameters.get(b"charset", b"utf-8")) is not None)
    return match[1].lower(), parameters


def _text(part: _Part) -> str:
    """The text of the calendar part, its lines unfolded."""
    _require(part.nature.charset in (b"utf-8", b"us-ascii"))
    try:
        decoded = _octets(part).decode("utf-8")
    except ValueError:
        raise _Unusual from None
    lines = decoded.replace("\r\n", "\n").rstrip("\n")
    _require(_CONTROL.search(lines) is None and "\n\n" not in lines)
    return lines.replace("\n ", "").replace("\n\t", "")


def _octets(part: _Part) -> bytes:
    match part.nature.encoding:
        case b"base64":
            return binascii.a2b_base64(part.content.replace(b"\n", b""), strict_mode=True)
        case b"quoted-printable":
            return binascii.a2b_qp(part.content)
        case _:
            return part.content


def _calendar(lines: str) -> dict[str, str]:
    """What a VCALENDAR and its only VEVENT say, by name: each line's rest from the `;` or `:` on."""
    found: dict[str, str] = {}
    begun, inside = [], [""]
    kept = _NOTHING
    for line in lines.split("\n"):
        match = _LINE.match(line)
        if match is None:
            raise _Unusual
        name = match[1]
        if name in kept:
            _require(name not in found)
            found[name] = line[match.end() - 1 :]
        elif name in ("BEGIN", "END"):
            begun += _turned(line, inside)
            kept = _KEPT.get(inside[-1], _NOTHING)
    _require(inside == [""] and begun.count("VCALENDAR") == begun.count("VEVENT") == 1 and line == "END:VCALENDAR")
    return found


def _turned(line: str, inside: list[str]) -> list[str]:
    """Go into a component or out of it; the name of the one that begins."""
    place, name = inside[-1], line.partition(":")[2]
    if line == f"END:{place}":
        inside.pop()
        return []
    _require(line.startswith("BEGIN:") and name in _INSIDE.get(place, _NOTHING))
    inside.append(name)
    return [name]


def _reply(found: dict[str, str]) -> Reply:
    _require(found.get("METHOD") == ":REPLY" and "RECURRENCE-ID" not in found)
    attendee, parameters = _attendee(found.get("ATTENDEE", ""))
    guests = parameters.get("X-NUM-GUESTS", "0")
    partstat = _PARTSTATS.get(parameters.get("PARTSTAT", ""))
    if partstat is None or not _NUMBER.fullmatch(guests):
        raise _Unusual
    return Reply(
        method=Method.REPLY,
        uid=_uid(found),
        recurrence_id="",
        attendee=attendee,
        sent_by="",
        partstat=partstat,
        sequence=_sequence(found),
        dtstamp=_dtstamp(_value(found, "DTSTAMP")),
        client=_client(" ".join(text(_value(found, "PRODID")).split())[:MAX_PRODUCT]),
        comment=_comment(found),
        guests=min(int(guests), MAX_GUESTS),
    )


def _value(found: dict[str, str], name: str) -> str:
    """A value that no parameter stands before, "" where there is none."""
    value = found.get(name, ":")
    _require(value[0] == ":")
    return value[1:].strip()


def _uid(found: dict[str, str]) -> str:
    uid = _value(found, "UID")
    _require(0 < len(uid) <= MAX_UID)
    return uid


def _attendee(line: str) -> tuple[str, dict[str, str]]:
    """Address and parameters of an ATTENDEE."""
    match = _ATTENDEE.fullmatch(line)
    address = match and _MAILTO.fullmatch(match[2])
    if match is None or address is None:
        raise _Unusual
    told = _ATTENDEE_PARAMETER.findall(match[1])
    parameters = dict(told)
    _require(len(parameters) == len(told) and parameters.keys() <= _PLAIN_ATTENDEE)
    return _address(address[1]), parameters


def _sequence(found: dict[str, str]) -> int | None:
    name = "SEQUENCE" if "SEQUENCE" in found else "X-MICROSOFT-CDO-APPT-SEQUENCE"
    if name not in found:
        return None
    value = _value(found, name)
    _require(_NUMBER.fullmatch(value) is not None)
    return int(value)


def _dtstamp(value: str) -> datetime:
    match = _STAMP.fullmatch(value)
    if match is None:
        raise _Unusual
    year, month, day, hour, minute, second = map(int, match.groups())
    _require(FIRST_YEAR <= year <= LAST_YEAR)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise _Unusual from None


def _comment(found: dict[str, str]) -> str:
    comment = _note(found, "COMMENT") or _note(found, "X-CALENDARSERVER-PRIVATE-COMMENT")
    comment = text(comment).strip()
    _require(len(comment) <= MAX_COMMENT)
    return comment


def _note(found: dict[str, str], name: str) -> str:
    match = _NOTE.fullmatch(found.get(name, ":"))
    if match is None:
        raise _Unusual
    return match[1].strip()
