"""Rules of the mail's structure: which part the invite is in, and how it is labelled and encoded."""

from __future__ import annotations

from invited.imip.lint.rule import Hits, Severity, for_mail, for_sample, shown
from invited.imip.lint.sample import Mail, Part, Sample, essence_of
from invited.imip.lint.scan import scan

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


@for_sample(
    WARNING,
    "ses gmail outlook",
    source="SES quotas (10 MB by the v1 API); limits of this check",
    remedy="Send large files as links.",
)
def size(sample: Sample) -> Hits:
    """The mail or file is too large for many servers, and for a whole check."""
    if sample.unread:
        yield ("whole", sample.unread[0].upper() + sample.unread[1:] + ".")


@for_sample(ERROR, "rfc", source="RFC 2046 §5.1", remedy="Build the mail anew with a MIME library.")
def mail_unreadable(sample: Sample) -> Hits:
    """The mail's MIME structure cannot be read, or no mail reader would."""
    if sample.mail and sample.mail.problem:
        yield ("whole", f"The mail was not opened: {sample.mail.problem}.")


@for_mail(
    ERROR,
    "rfc",
    source="RFC 6047 §2.4",
    remedy="Add the invite as a part text/calendar with method and charset.",
)
def calendar_missing(mail: Mail) -> Hits:
    """The mail has no calendar part: every client shows plain mail."""
    if not (mail.invites or mail.files or _tnef(mail)):
        yield ("whole", "There is no calendar object in this mail.")


@for_mail(
    ERROR,
    "gmail apple thunderbird proton",
    source="MS-OXTNEF",
    remedy="Switch TNEF (“Rich Text”) off for the recipients' domain, or send text/calendar.",
)
def winmail(mail: Mail) -> Hits:
    """The only thing that may hold an invite is winmail.dat, which only Outlook opens."""
    for part in _tnef(mail):
        if not (mail.invites or mail.files):
            yield (part.place, "The mail holds a winmail.dat and no calendar part.")


def _tnef(mail: Mail) -> list[Part]:
    types = ("application/ms-tnef", "application/vnd.ms-tnef")
    return [part for part in mail.parts if part.type in types or part.name.lower() == "winmail.dat"]


@for_mail(
    ERROR,
    "apple outlook",
    source="adamgibbons/ics#39, resend/resend-node#198",
    remedy="Put the calendar object into multipart/alternative as text/calendar, without Content-Disposition.",
)
def calendar_only_attached(mail: Mail) -> Hits:
    """The calendar object comes only as a file: iCloud and some Outlooks show no invite."""
    if mail.files and not mail.invites:
        yield (mail.files[0].place, "The calendar object is only attached.")


@for_mail(
    ERROR,
    "rfc outlook exchange",
    source="RFC 6047 §2.4",
    remedy="Add the parameter: text/calendar; method=REQUEST; charset=UTF-8.",
)
def mime_method_missing(mail: Mail) -> Hits:
    """The calendar part's Content-Type has no method: it is not an iMIP message."""
    for part in mail.invites:
        if not part.parameters.get("method"):
            yield (part.place, "Content-Type has no method parameter.")


@for_mail(
    ERROR,
    "rfc exchange outlook",
    source="RFC 6047 §2.4, maevsi/vibetype#2368",
    remedy="Give both the same method.",
)
def mime_method_mismatch(mail: Mail) -> Hits:
    """The method of the Content-Type differs from the METHOD inside; Exchange rejects that."""
    for part in mail.invites:
        outer, inner = part.parameters.get("method", "").upper(), scan(part.body).method
        if outer and inner and outer != inner:
            yield (part.place, f"Content-Type says method={shown(outer)}, the calendar object METHOD:{shown(inner)}.")


@for_mail(WARNING, "tutanota", source="tutao/tutanota#2960", remedy="Write the method in upper case.")
def mime_method_case(mail: Mail) -> Hits:
    """The method of the Content-Type is not in upper case; some clients compare it as it stands."""
    for part in mail.invites:
        method = part.parameters.get("method", "")
        if method != method.upper():
            yield (part.place, f"Content-Type says method={shown(method)}.")


@for_mail(
    ERROR,
    "rfc",
    source="RFC 6047 §2.4",
    remedy="Encode the calendar object in UTF-8 and say charset=UTF-8.",
)
def mime_charset(mail: Mail) -> Hits:
    """The calendar part has letters beyond ASCII and does not say charset=UTF-8."""
    for part in mail.invites:
        charset = part.parameters.get("charset", "")
        if not part.body.isascii() and charset.lower() not in ("utf-8", "utf8"):
            named = f"says charset={shown(charset)}" if charset else "has no charset"
            yield (part.place, f"Content-Type {named}, yet the part has letters beyond ASCII.")


@for_mail(
    WARNING,
    "thunderbird",
    source="PHPMailer/PHPMailer#175",
    remedy="Leave Content-Disposition off the calendar part.",
)
def calendar_disposition(mail: Mail) -> Hits:
    """The calendar part has a Content-Disposition, which hid the invite in Thunderbird."""
    for part in mail.invites:
        if part.disposition:
            yield (part.place, f"The calendar part has Content-Disposition: {shown(part.disposition)}.")


@for_mail(WARNING, "thunderbird", source="PHPMailer/PHPMailer#175", remedy="Leave Content-ID off the calendar part.")
def calendar_content_id(mail: Mail) -> Hits:
    """The calendar part has a Content-ID, which makes it look like an embedded picture."""
    for part in mail.invites:
        if part.has_content_id:
            yield (part.place, "The calendar part has a Content-ID.")


@for_mail(
    WARNING,
    "rfc gmail outlook",
    source="RFC 2046 §5.1.4, MS-OXCMAIL §2.1.3.3.8",
    remedy="Order the parts text/plain, text/html, text/calendar.",
)
def alternative_order(mail: Mail) -> Hits:
    """In multipart/alternative the calendar part is not the last, so a client may choose the text."""
    for part in mail.invites:
        parent = mail.part(part.parent)
        siblings = [other for other in mail.parts if other.path and other.parent == part.parent]
        later = siblings[siblings.index(part) + 1 :] if part in siblings else []
        if parent and parent.type == "multipart/alternative" and any(other.type.startswith("text/") for other in later):
            yield (part.place, f"{later[0].type} stands after the calendar part.")


@for_mail(
    WARNING,
    "outlook",
    source="MS-STANOICAL §2.2.168 V0343",
    remedy="Make multipart/alternative, with the calendar part in it, the first part.",
)
def calendar_not_first(mail: Mail) -> Hits:
    """The calendar part is not in the first part of multipart/mixed, the only one Outlook searches for invites."""
    for part in mail.invites:
        path = part.path
        while path:
            parent, _, number = path.rpartition(".")
            outer = mail.part(parent)
            if outer and outer.type == "multipart/mixed" and number != "1":
                yield (part.place, f"The calendar part stands in part {number} of multipart/mixed.")
            path = parent


@for_mail(
    NOTE,
    "rfc",
    source="RFC 6047 §2.4",
    remedy="Add a text/plain part that says what, when and where, in multipart/alternative.",
)
def text_missing(mail: Mail) -> Hits:
    """There is no text beside the calendar part: clients without a calendar show nothing."""
    if mail.invites and not any(part.type in ("text/plain", "text/html") for part in mail.parts):
        yield (mail.invites[0].place, "The mail has a calendar part and no text.")


@for_mail(
    WARNING,
    "outlook",
    source="jpotts/share-inbound-invites#3",
    remedy="Send the calendar part alone; add the .ics file only for recipients who need it.",
)
def calendar_twice(mail: Mail) -> Hits:
    """The same calendar object comes twice: receivers that read both make two events of it."""
    bodies = [essence_of(part.body) for part in mail.invites + mail.files]
    if len(bodies) > len(set(bodies)):
        yield ("whole", f"{len(bodies)} parts hold calendar objects, some of them the same.")


@for_mail(
    ERROR,
    "rfc gmail outlook",
    source="RFC 6047 §2.4",
    remedy="Send one calendar object per mail; an .ics file beside it must be the same to the octet.",
)
def calendars_differ(mail: Mail) -> Hits:
    """The mail holds different calendar objects: which of them counts depends on the client."""
    count = len({essence_of(part.body) for part in mail.invites + mail.files})
    if count > 1:
        yield ("whole", f"The mail holds {count} different calendar objects.")


@for_mail(
    WARNING,
    "ses",
    source="Amazon SES SendRawEmail",
    remedy="Encode the calendar part in base64.",
)
def calendar_encoding(mail: Mail) -> Hits:
    """The calendar part carries 8-bit octets bare; a server that edits the body breaks them."""
    for part in mail.invites:
        if not part.encoded.isascii():
            yield (part.place, f"Content-Transfer-Encoding is {shown(part.encoding) or 'missing'}.")


@for_mail(ERROR, "rfc", source="RFC 2045 §6.8", remedy="Encode the part anew.")
def base64_broken(mail: Mail) -> Hits:
    """A part is not the base64 it says it is: strict readers drop it."""
    for part in mail.parts:
        if part.encoding == "base64" and not _is_base64(part.encoded):
            yield (part.place, "The part has characters or a length that base64 cannot have.")


def _is_base64(encoded: bytes) -> bool:
    body = b"".join(encoded.split())
    letters = body.rstrip(b"=")
    rest = letters.translate(None, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    return not rest and len(body) % 4 == 0 and len(body) - len(letters) <= 2


@for_mail(ERROR, "rfc ses", source="RFC 5321 §2.3.8", remedy="End every line with CRLF.")
def mail_line_endings(mail: Mail) -> Hits:
    """Some lines of the mail end in CRLF and others in a bare LF or CR, which servers change or refuse."""
    pairs = mail.raw.count(b"\r\n")
    bare = mail.raw.count(b"\n") + mail.raw.count(b"\r") - 2 * pairs
    if pairs and bare:
        yield ("whole", f"{pairs} lines end in CRLF and {bare} in a bare LF or CR.")


@for_mail(
    ERROR,
    "rfc ses",
    source="RFC 5321 §4.5.3.1.6, RFC 5322 §2.1.1",
    remedy="Encode the part in base64 or quoted-printable; fold header fields.",
)
def mail_line_length(mail: Mail) -> Hits:
    """A line of the mail is longer than 998 octets: servers cut it or refuse the mail."""
    for number, line in enumerate(mail.raw.splitlines(), 1):
        if len(line) > 998:
            yield (f"line {number}", f"This line has {len(line)} octets.")
