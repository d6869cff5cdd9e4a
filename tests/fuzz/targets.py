"""What is fuzzed: for each kind of bytes that strangers send, real examples of it and what must hold of any."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip import clients
from invited.imip.clients import Client
from tests.api.test_authorisation import ROWS, fill
from tests.conversations.returned_mails import NOTIFICATIONS
from tests.corpus import CORPUS
from tests.fuzz import doors, house, reading
from tests.imip import winmail_mails
from tests.imip.test_fast_reply import invite

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
START = Moment(datetime(2026, 12, 5, 19), "Europe/Paris")


@dataclass(frozen=True)
class Target:
    """`holds` takes any bytes and raises where they do harm; `make` gives examples to begin with; `words` are what such
    bytes are often made of. `longest` is in octets.
    """

    holds: Callable[[bytes], None]
    make: Callable[[], list[bytes]]
    words: tuple[bytes, ...]
    longest: int = 20_000

    @cached_property
    def seeds(self) -> list[bytes]:
        """Always the same: the boundaries of mails are made by chance."""
        state = random.getstate()
        random.seed(1)
        try:
            return self.make()
        finally:
            random.setstate(state)


def _real(*folders, kinds=(".eml", ".ics")):
    """The corpus' own files where it is there."""
    found = [path for folder in folders for path in sorted((CORPUS / folder).iterdir())] if CORPUS else []
    return [path.read_bytes() for path in found if path.suffix in kinds]


def _requests():
    values = {
        "organizer": "ann@club.example",
        "organizer_name": "Ann",
        "to": "create@invites.example",
        "uid": "uid-1",
        "summary": "Game; night, with <b>ünïcode</b>",
        "start": START,
        "end": START.plus(timedelta(hours=3)),
        "sequence": 1,
        "now": NOW,
    }
    made = [clients.request(client, **values, method=method) for client in Client for method in ("REQUEST", "CANCEL")]
    return [*made, winmail_mails.request(**values)]


def _mails():
    kinds = ("organizer-request", "update", "cancel", "reply", "counter", "bounce", "malformed-mime", "malformed-ics")
    replies = [clients.reply(invite(), client, Partstat.TENTATIVE, now=NOW, comment="Hm")[2] for client in Client]
    return [*_requests(), *replies, *_real(*kinds)]


def _calendars():
    made = [raw[raw.index(b"BEGIN:VCALENDAR") :] for raw in _requests() if b"BEGIN:VCALENDAR" in raw]
    series = (
        b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20261101T120000Z\r\nSUMMARY:A\\, b\r\n"
        b"DTSTART;TZID=Europe/Paris:20261205T190000\r\nDURATION:PT3H\r\nRRULE:FREQ=WEEKLY;BYDAY=SA;COUNT=9\r\n"
        b"EXDATE;TZID=Europe/Paris:20261212T190000\r\nORGANIZER;CN=Ann:mailto:ann@club.example\r\n"
        b"X-ALT-DESC;FMTTYPE=text/html:<p>Hi</p>\r\nLOCATION:Stadium\r\nURL:https://x.example/\r\nEND:VEVENT\r\n"
        b"BEGIN:VEVENT\r\nUID:u\r\nRECURRENCE-ID;TZID=Europe/Paris:20261219T190000\r\nDTSTAMP:20261101T120000Z\r\n"
        b"DTSTART;TZID=Europe/Paris:20261220T190000\r\nDTEND;TZID=Europe/Paris:20261220T200000\r\nSUMMARY:B\r\n"
        b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    real = _real("organizer-request", "recurring", "timezones", "malformed-ics", "update", kinds=(".ics",))
    mails = _real("organizer-request", "recurring", "timezones", "malformed-ics", "update", kinds=(".eml",))
    real += [raw[raw.index(b"BEGIN:VCALENDAR") :] for raw in mails if b"BEGIN:VCALENDAR" in raw]
    return [*made, series, *real]


def _winmails():
    made = winmail_mails.request(**_WINMAIL), winmail_mails.request(**_WINMAIL, method="CANCEL")
    streams = [_attached(raw) for raw in made]
    return [*streams, *_real("tnef", kinds=(".dat", ".tnef", ".winmail"))]


_WINMAIL = {
    "organizer": "ann@club.example",
    "organizer_name": "Ann",
    "uid": "uid-1",
    "summary": "Game",
    "start": START,
    "end": START.plus(timedelta(hours=3)),
    "sequence": 1,
    "now": NOW,
}


def _attached(raw):
    from email import message_from_bytes, policy

    (only,) = message_from_bytes(raw, policy=policy.default).iter_attachments()
    return only.get_content()


def _bounces():
    original = invite().decode("latin-1")
    made = [make("bob@fans.example", "550 5.1.1 No such user", original) for make in NOTIFICATIONS.values()]
    return [*(raw.encode("latin-1") for raw in made), *_real("bounce")]


def _lists():
    text = 'Name;E-Mail;Phone\r\nBob;bob@fans.example;1\r\n"Cid, ""the\nelder""";cid@fans.example;=1+1\r\n'
    return [
        text.encode(),
        text.encode("utf-16"),
        text.encode("cp1252"),
        b"\xef\xbb\xbfemail,name\nada@fans.example,Ada\n",
        b"Bob <bob@fans.example>, cid@fans.example; dan@fans.example\n\n# x\n",
        b"sep=|\nfirst|last|mail\nA|B|a@x.example\n",
        b"a@x.example\n" * 40,
    ]


def _sessions():
    mail = b"Subject: a\r\n\r\nSee you\r\n.\r\n"
    start = b"EHLO c.example\r\nMAIL FROM:<joe@there.example> SIZE=100 BODY=8BITMIME\r\n"
    return [
        start
        + b"RCPT TO:<create@invites.example>\r\nRCPT TO:<rsvp+x@invites.example>\r\nDATA\r\n"
        + mail
        + b"QUIT\r\n",
        start + b"RCPT TO:<list.abc@INVITES.example>\r\nDATA\r\n..dot\r\n.\n.\r.\r\n.\r\nRSET\r\nNOOP\r\n",
        b"HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<x@else.example>\r\nDATA\r\nVRFY a\r\nHELP\r\nSTARTTLS\r\nAUTH PLAIN\r\n",
        start + b"RCPT TO:<report@invites.example>\r\nDATA\r\n\r\ntrouble\r\n.\r\n" + start[16:],
        b'EHLO [1.2.3.4]\r\nMAIL FROM:<"a b"@x.example> SMTPUTF8\r\nRCPT TO:<"create"@invites.example>\r\n',
    ]


def _answers():
    ehlo = b"220 mx ESMTP\r\n250-mx\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n"
    good = b"250 ok\r\n250 ok\r\n354 go on\r\n250 taken\r\n"
    return [
        ehlo + b"235 welcome\r\n" + good * 3,
        ehlo.replace(b"-PIPELINING", b"-STARTTLS") + b"220 go\r\n" + ehlo[14:] + b"235 ok\r\n" + good * 3,
        b"220 mx\r\n500 what\r\n250 mx\r\n" + good,
        ehlo + b"235 ok\r\n250 ok\r\n550-no\r\n550 such user\r\n554 no\r\n250 ok\r\n451 later\r\n503 x\r\n421 bye\r\n",
    ]


def _asked():
    rows = [f"{verb} {fill(path)}\n\n{body}" for verb, path, _, _, body in ROWS]
    rows += [
        f"{verb.lower()} {fill(path)}\nContent-Type: application/json\n\n{body}" for verb, path, _, _, body in ROWS
    ]
    form = "Content-Type: application/x-www-form-urlencoded\nSec-Fetch-Site: same-origin\n"
    for number in range(4):
        rows += [f"GET $ {number}".replace("$ ", "$"), f"POST ${number}\n{form}\nanswer=yes&comment=Hi"]
    asked = '{"email": "eve@far.example", "name": "Eve", "origin": "button"}'
    rows += [
        f"POST /e/{house.EVENT}/invite?origin=link:x\n{form}\nemail=eve@far.example&name=Eve",
        f"POST /api/v1/public/events/{house.EVENT}/invitations\nContent-Type: application/json\n\n" + asked,
        f"get /api/v1/events/{house.EVENT}/attendees?limit=1&after=x&partstat=ACCEPTED\nIf-None-Match: x\n\n",
        f"post /api/v1/events/{house.EVENT}/lists\nContent-Type: text/csv\nIdempotency-Key: k\n\nemail\na@b.example\n",
        "post /api/v1/lint\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n",
    ]
    return [row.replace("event1", house.EVENT).encode() for row in rows]


_MIME = (
    b"\r\n\r\n",
    b"From: a@x.example\r\n",
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Type: text/calendar; method=REPLY; charset=utf-7\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"=?utf-8?b?Cg==?=",
    b"=?utf-8?q?=0D=0ABcc:_eve@x.example?=",
    b"--b\r\n",
    b"Received: x\r\n" * 20,
    b"\xff",
    b"\x00",
)
_ICAL = (
    b"\r\n ",
    b"\\n",
    b"BEGIN:VEVENT\r\n",
    b"END:VEVENT\r\n",
    b"ATTENDEE:mailto:eve@x.example\r\n",
    b'ORGANIZER;SENT-BY="mailto:eve@x.example":mailto:x@x.example\r\n',
    b"RRULE:FREQ=SECONDLY\r\n",
    b";INTERVAL=0",
    b";COUNT=99999999999",
    b"99991231T235959Z",
    b"00010101",
    b"-P99999W",
    b"DTSTART;TZID=x:",
    b"RECURRENCE-ID;RANGE=THISANDFUTURE:",
    b"EXDATE:",
    b"\xe2\x80\xa8",
    b"\x85",
    b"\x0b",
    b"^n",
    b'"',
)
_SMTP = (b"\r\n.\r\n", b"\n.\n", b"\r.\r", b"\r\n.\n", b"\n.\r\n", b"\r", b"DATA\r\n", b"RSET\r\n", b"BDAT 1 LAST\r\n")
_SMTP += (b"MAIL FROM:<>\r\n", b"RCPT TO:<create@invites.example>\r\n", b"STARTTLS\r\n", b"\x00", b"\xff", b"x" * 1100)
_CSV = (
    b'"',
    b";",
    b",",
    b"\t",
    b"\r",
    b"\n",
    b"=cmd|' /C calc'!A0",
    b"\x00",
    b"\xff\xfe",
    b"@",
    b"<",
    b">",
    b"\xe2\x80\xa8",
)
_HTTP = (
    b"\n\n",
    b"%00",
    b"%0d%0a",
    b"../",
    b"?",
    b"&",
    b"=",
    b'{"',
    b"null",
    b"[]",
    b"1e999",
    b"\xff",
    b"Range: bytes=0-\n",
)
_TNEF = (
    b"\x78\x9f\x3e\x22",
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x00",
    b"LZFu",
    b"MELA",
    b"IPM.Schedule.Meeting.Request",
)
_REPLIES = (b"250 ok\r\n", b"250-", b"421 bye\r\n", b"354 go\r\n", b"550 no\r\n", b"\r\n", b"\n", b"\xff", b"x" * 5000)

TARGETS = {
    "mail": Target(reading.a_mail, _mails, _MIME + _ICAL),
    "calendar": Target(reading.a_calendar, _calendars, _ICAL),
    "winmail": Target(reading.a_winmail, _winmails, _TNEF),
    "bounce": Target(reading.a_mail, _bounces, _MIME),
    "list": Target(reading.a_list, _lists, _CSV),
    "preflight": Target(reading.a_preflight, _mails, _MIME + _ICAL),
    "smtp": Target(doors.a_client, _sessions, _SMTP),
    "relay": Target(doors.a_relay, _answers, _REPLIES),
    "http": Target(house.a_request, _asked, _HTTP),
    "house": Target(house.a_mail_in, lambda: [*_mails(), *_bounces()], _MIME + _ICAL),
}
