"""A mail as it came in, made safe to look at: addresses, bodies, calendar parts (RFC 5322, 2045-2047, 6047 §2.4).

Whatever a stranger sends, `read` returns or raises Refused. The stdlib's lenient `compat32` policy is used on purpose:
the modern one raises IndexError, KeyError or LookupError on headers that hostile mail holds.
"""

from __future__ import annotations

import email
import email.header
import email.message
import email.policy
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from invited.domain.addresses import clean_name, normalised
from invited.domain.errors import Refused
from invited.imip.automatic import AUTOMATIC_HEADERS, is_automatic_subject
from invited.imip.tnef import calendar_of

MAX_PARTS = 200
"""MIME parts of one mail; Exchange sends fewer than twenty."""

MAX_DEPTH = 20
"""Multiparts and forwarded mails inside one another."""

MAX_CALENDAR = 1_000_000
"""Octets of one calendar part, decoded."""

MAX_CALENDARS = 20
"""Calendar parts of one mail."""

MAX_HEADER = 998
"""Characters kept of a Subject or Message-ID: one line of RFC 5322 §2.1.1."""

MAX_MULTIPARTS = 60
"""Multiparts and nested mails; the parser's work grows with their nesting times the length of the mail."""

MAX_TYPE = 8_000
"""Octets of a Content-Type or Content-Disposition, folding included; the parser's work grows with their square."""

MAX_NAMES = 20_000
"""Characters looked at of a From or Subject."""

MAX_BODY = 200_000
"""Characters kept of a text or HTML body."""

MAX_ANSWERS = 20
"""Message-IDs that are looked at of those that a mail answers."""

_CALENDAR_TYPES = frozenset({"text/calendar", "application/ics", "application/calendar", "text/x-vcalendar"})
_RETURNED_TYPES = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_FEEDBACK_TYPES = frozenset({"message/feedback-report"})
_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_VAGUE_TYPES = ("application/octet-stream", "text/plain", "application/binary", "application/x-", "application/unknown")
_WINMAIL_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_WINMAIL_NAMES = frozenset({"winmail.dat", "win.dat"})
_WINMAIL = b"\x78\x9f\x3e\x22"
_METHOD = re.compile(rb"^METHOD:([A-Z]{1,20})\r?$", re.MULTILINE)
_ROBOTS = re.compile(
    r"(mailer-daemon|postmaster|(no|do-?not|dont)[-_.]?reply([-_.+].*)?|bounces?([-_.+].*)?)@", re.IGNORECASE
)
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,500})>")
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_FOLD = re.compile(rb"\r?\n[ \t]")
_TYPE = re.compile(rb"(?mi)(?:^|\r)content-(?:type|disposition)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is neither body nor calendar. `name` is bounded and holds no path; `is_inline` for a picture that
    belongs to the HTML body.
    """

    name: str
    content_type: str
    content: bytes
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """An iCalendar object as UTF-8; `method` is the MIME parameter in upper case, "" where it is missing."""

    content: bytes
    method: str


@dataclass(frozen=True, slots=True)
class InboundMail:
    """What matters of a mail. `sender` is the normalised From, else the envelope's, else "".

    `is_automatic`: no human wrote it and none must be answered (RFC 3834); it may hold an invite or a reply all the
    same, Google marks those so. `hops` counts Received headers. `text` and `html` are the first such bodies.
    `report` is the delivery-status part of a multipart/report, `complaint` its feedback-report part (RFC 5965) and
    `returned` the mail or headers it gives back. `answers` are the Message-IDs that it answers, nearest first
    (RFC 5322 §3.6.4).
    `fault` says what is wrong with a winmail.dat that holds a meeting, in a mail without any other calendar part.
    """

    message_id: str
    sender: str
    sender_name: str
    subject: str
    is_automatic: bool
    is_list: bool
    hops: int
    text: str
    html: str
    calendars: tuple[CalendarPart, ...]
    attachments: tuple[Attachment, ...]
    report: bytes | None
    returned: bytes | None
    complaint: bytes | None = None
    fault: Refused | None = None
    answers: tuple[str, ...] = ()


def read(raw: bytes, envelope_from: str | None = None) -> InboundMail:
    """Take a mail apart; `envelope_from` is the SMTP MAIL FROM, "" for the null sender, None where it is unknown.

    Raises Refused where the mail cannot be read at all or is built to exhaust its reader.
    """
    _check_shape(raw)
    try:
        return _inbound(email.message_from_bytes(raw, policy=email.policy.compat32), envelope_from)
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise Refused(
            "The mail is damaged: its parts could not be read.", "Send the invite again from your calendar."
        ) from error


def _check_shape(raw: bytes) -> None:
    """Refuse what the parser itself would choke on."""
    types = [match.group().lower() for match in _TYPE.finditer(raw)]
    if any(len(kind) > MAX_TYPE for kind in types):
        raise Refused("A part of the mail has a type of unreasonable length.", "Send the invite from your calendar.")
    if sum(b"boundary" in kind or b"message/" in kind for kind in types) > MAX_MULTIPARTS:
        raise _too_many_parts()


def _too_many_parts() -> Refused:
    return Refused(
        f"The mail has more than {MAX_PARTS} parts, or parts nested deeper than {MAX_DEPTH} levels.",
        "Send the invite by itself, not inside a collection of other mails.",
    )


@dataclass(slots=True)
class _Parts:
    """What has been found so far; `sender` stands for people whom a winmail.dat does not name."""

    sender: str = ""
    text: str | None = None
    html: str | None = None
    calendars: list[CalendarPart] = field(default_factory=list)
    loose: list[CalendarPart] = field(default_factory=list)
    forwarded: list[CalendarPart] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    is_report: bool = False
    report: bytes | None = None
    returned: bytes | None = None
    complaint: bytes | None = None
    fault: Refused | None = None


def _inbound(message: email.message.Message, envelope_from: str | None) -> InboundMail:
    name, sender = _sender(message, envelope_from)
    parts = _Parts(sender, is_report=message.get_content_type() == "multipart/report")
    for part, is_forwarded in _leaves(message, may_enter=not parts.is_report):
        _sort(part, parts, is_forwarded=is_forwarded)
    # Google and Domino attach the object of the calendar part a second time as a file.
    calendars = parts.calendars or parts.loose or parts.forwarded
    if len(calendars) > MAX_CALENDARS:
        raise Refused(
            f"The mail has more than {MAX_CALENDARS} calendar files.", "Send fewer calendar files in each mail."
        )
    is_list = _is_list(message)
    return InboundMail(
        message_id=_header(message, "Message-ID"),
        sender=sender,
        sender_name=name,
        subject=_header(message, "Subject"),
        is_automatic=is_list or parts.is_report or _is_automatic(message, sender, envelope_from),
        is_list=is_list,
        hops=len(message.get_all("Received", [])),
        text=parts.text or "",
        html=parts.html or "",
        calendars=tuple(calendars),
        attachments=tuple(parts.attachments),
        report=parts.report,
        returned=parts.returned,
        complaint=parts.complaint,
        fault=None if calendars else parts.fault,
        answers=_answers(message),
    )


def _leaves(message: email.message.Message, *, may_enter: bool) -> Iterator[tuple[email.message.Message, bool]]:
    """Every part that is no container, and whether it stands inside a forwarded mail."""
    stack = [(message, 0, False)]
    seen = 0
    while stack:
        part, depth, is_forwarded = stack.pop()
        seen += 1
        if seen > MAX_PARTS or depth > MAX_DEPTH:
            raise _too_many_parts()
        is_mail = part.get_content_type() in _RETURNED_TYPES
        children = part.get_payload() if part.is_multipart() else None
        is_status = part.get_content_type() in _STATUS_TYPES | _FEEDBACK_TYPES
        if not isinstance(children, list) or is_status or (is_mail and not may_enter):
            yield part, is_forwarded
            continue
        if is_mail:
            yield part, is_forwarded
        stack += [
            (child, depth + 1, is_forwarded or is_mail) for child in reversed(children) if not isinstance(child, str)
        ]


def _sort(part: email.message.Message, parts: _Parts, *, is_forwarded: bool) -> None:
    kind = part.get_content_type()
    if kind in _STATUS_TYPES:
        parts.report = parts.report or (_raw_text(part) if parts.is_report else None)
    elif kind in _FEEDBACK_TYPES:
        parts.complaint = parts.complaint or (_raw_text(part) if parts.is_report else None)
    elif kind in _RETURNED_TYPES:
        parts.returned = parts.returned or (_raw_text(part) if parts.is_report else None)
    elif calendar := _calendar(part, kind) or _meeting(part, kind, parts):
        found = parts.forwarded if is_forwarded else parts.calendars if kind == "text/calendar" else parts.loose
        found.append(calendar)
    elif is_forwarded:
        return
    elif kind == "text/plain" and parts.text is None and not _is_attached(part):
        parts.text = _body(part)
    elif kind == "text/html" and parts.html is None and not _is_attached(part):
        parts.html = _body(part)
    elif not part.is_multipart():
        is_inline = _is_inline(part, parts.html or "")
        parts.attachments.append(Attachment(_file_name(part), kind, _content(part), is_inline))


def _calendar(part: email.message.Message, kind: str) -> CalendarPart | None:
    if kind not in _CALENDAR_TYPES:
        is_named = _file_name(part).lower().endswith((".ics", ".ical", ".icalendar"))
        if not (kind.startswith(_VAGUE_TYPES) and (is_named or _begins(_content(part)))):
            return None
    content = _content(part)
    if len(content) > MAX_CALENDAR:
        raise Refused(
            f"The calendar part of the mail is larger than {MAX_CALENDAR:,} bytes.",
            "Shorten the description, or put large content behind a link.",
        )
    value = part.get_param("method") or ""
    method = value if isinstance(value, str) else email.utils.collapse_rfc2231_value(value)
    return CalendarPart(_decoded(content, _charset(part)).encode(), method.strip().upper()[:40])


def _meeting(part: email.message.Message, kind: str, parts: _Parts) -> CalendarPart | None:
    """The meeting inside a winmail.dat; what is wrong with it is told only where nothing else says the same."""
    content = _content(part) if _may_be_winmail(part, kind) else b""
    try:
        found = calendar_of(content, sender=parts.sender) if content.startswith(_WINMAIL) else None
    except Refused as refused:
        parts.fault = parts.fault or refused
        return None
    if found is None:
        return None
    method = _METHOD.search(found)
    return CalendarPart(found, method[1].decode() if method else "")


def _may_be_winmail(part: email.message.Message, kind: str) -> bool:
    if kind in _WINMAIL_TYPES:
        return True
    is_named = _file_name(part).lower() in _WINMAIL_NAMES
    return kind.startswith(_VAGUE_TYPES) and (is_named or _content(part).startswith(_WINMAIL))


def _begins(content: bytes) -> bool:
    return content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")[:15].upper() == b"BEGIN:VCALENDAR"


def _is_attached(part: email.message.Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _is_inline(part: email.message.Message, html: str) -> bool:
    """Whether the body shows it (RFC 2392), as Exchange says by its disposition and others only there."""
    for value in _raw(part, "Content-ID"):
        name = value.strip().strip("<>")
        return bool(name) and (part.get_content_disposition() == "inline" or f"cid:{name}" in html)
    return False


def _content(part: email.message.Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _charset(part: email.message.Message) -> str:
    try:
        return part.get_content_charset() or ""
    except (LookupError, ValueError):
        return ""


def _body(part: email.message.Message) -> str:
    return _decoded(_content(part)[: 4 * MAX_BODY], _charset(part))[:MAX_BODY].replace("\0", "")


def _decoded(content: bytes, charset: str) -> str:
    """By the declared charset; where that fails UTF-8, also with characters torn apart by folding, then Windows'."""
    for codec in (charset if charset not in ("", "us-ascii") else "utf-8-sig", "utf-8-sig"):
        for octets in (content, _FOLD.sub(b"", content)):
            try:
                return octets.decode(codec).encode("utf-8", "replace").decode()
            except (LookupError, ValueError, TypeError):
                continue
    return content.decode("cp1252", "replace")


def _raw_text(part: email.message.Message) -> bytes:
    """A part's content with its own headers, as close to what came as the parser kept it."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return b"\n".join(_serialised(child) for child in payload if isinstance(child, email.message.Message))
    return _content(part)


def _serialised(message: email.message.Message) -> bytes:
    try:
        return message.as_bytes(policy=email.policy.compat32)
    except (LookupError, ValueError, TypeError, AttributeError):
        lines = [f"{name}: {_plain(value)}" for name, value in message.raw_items()]
        return "\n".join([*lines, "", ""]).encode("utf-8", "replace")


def _file_name(part: email.message.Message) -> str:
    try:
        name = part.get_filename() or ""
    except (LookupError, ValueError, TypeError):
        return ""
    return clean_name(_words(name).replace("\\", "/").rpartition("/")[2])


def _sender(message: email.message.Message, envelope_from: str | None) -> tuple[str, str]:
    """Display name and normalised address of the From; the envelope's address where there is no usable From."""
    for value in _raw(message, "From"):
        for name, address in email.utils.getaddresses([value]):
            try:
                return clean_name(_words(name)), normalised(address)
            except ValueError:
                continue
    try:
        return "", normalised(envelope_from or "")
    except ValueError:
        return "", ""


def _header(message: email.message.Message, name: str) -> str:
    for value in _raw(message, name):
        return " ".join(_words(value).split())[:MAX_HEADER]
    return ""


def _raw(message: email.message.Message, name: str) -> Iterator[str]:
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            yield _plain(value)[:MAX_NAMES]


def _plain(value: object) -> str:
    """A header's text; raw 8-bit octets, which old servers let through, read as UTF-8 or Windows'."""
    octets = str(value).encode("utf-8", "surrogateescape")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def _words(value: str) -> str:
    """RFC 2047 words decoded, each as well as its charset allows."""
    try:
        chunks = email.header.decode_header(value)
    except (ValueError, LookupError, AssertionError, email.errors.HeaderParseError):
        return value
    decoded = (chunk if isinstance(chunk, str) else _decoded(chunk, charset or "") for chunk, charset in chunks)
    return "".join(decoded)


def _answers(message: email.message.Message) -> tuple[str, ...]:
    direct, thread = (_MESSAGE_ID.findall(_header(message, name)) for name in ("In-Reply-To", "References"))
    return tuple(dict.fromkeys([*direct, *reversed(thread)]))[:MAX_ANSWERS]


def _is_list(message: email.message.Message) -> bool:
    return any(name in message for name in ("List-Id", "List-Post", "Mailing-List", "X-Mailing-List")) or (
        _header(message, "Precedence").lower() == "list"
    )


def _is_automatic(message: email.message.Message, sender: str, envelope_from: str | None) -> bool:
    submitted = _header(message, "Auto-Submitted").lower().partition(";")[0].strip()
    return (
        (submitted not in ("", "no"))
        or envelope_from in ("", "<>")
        or _header(message, "Precedence").lower() in _BULK
        or any(name in message for name in AUTOMATIC_HEADERS)
        or is_automatic_subject(_header(message, "Subject"))
        or bool(_ROBOTS.match(sender))
        or bool(envelope_from and _ROBOTS.match(envelope_from.strip("<>")))
    )
