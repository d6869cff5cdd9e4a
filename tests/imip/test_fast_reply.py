"""Wherever the fast scanner answers, the full reader answers the same; the common replies never leave it."""

import random
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invited.domain.errors import Refused
from invited.domain.invitation import Partstat
from invited.imip.bounces import read_bounce
from invited.imip.clients import Client, reply
from invited.imip.compose import Words, compose
from invited.imip.fast_reply import FastReply, scan
from invited.imip.itip import Method, understand
from invited.imip.mail import read
from tests.corpus import ABSENT, CORPUS
from tests.imip.inbound_mails import ARRIVED, calendar, event, mail
from tests.imip.made import CHANGED, SENDER, at, component, copy, occurrence
from tests.imip.made import event as an_event

NOW = datetime(2026, 11, 3, 10, 15, 30, tzinfo=UTC)

FAST = [
    "bluemind__android.reply.accept.eml",
    "bluemind__android.reply.decline.eml",
    "bluemind__bluemind.reply.eml",
    "bluemind__bm4.mapi.reply.accept.eml",
    "bluemind__google.reply.accept.eml",
    "bluemind__google.reply.decline.eml",
    "bluemind__google.reply.tentative.eml",
    "bluemind__google.reply.valarm.eml",
    "bluemind__ios.reply.accept.eml",
    "bluemind__ios.reply.decline.eml",
    "bluemind__ios.reply.tentative.eml",
    "bluemind__outlook.reply.accept.eml",
    "bluemind__outlook.reply.decline.eml",
    "bluemind__outlook.reply.tentative.eml",
    "ccs-calendarserver__good_reply.eml",
    "ccs-calendarserver__good_reply_future.eml",
    "zm-mailbox__bug-69862-reply.eml",
]

SLOW = {
    "ccs-calendarserver__reply_missing_attachment.eml": "no calendar part",
    "ccs-calendarserver__reply_missing_attendee.eml": "no ATTENDEE",
    "ccs-calendarserver__reply_missing_organizer.eml": "no ATTENDEE",
}

OUTLOOK_QP = """\
From: "Stone, Bob" <bob@guest.example>
To: rsvp@invites.example
Subject: =?utf-8?B?QWNjZXB0ZWQ=?=
Content-Type: multipart/alternative;
	boundary="_000_AM0PR01MB0001AM0PR01MB0001eurp_"
MIME-Version: 1.0

--_000_AM0PR01MB0001AM0PR01MB0001eurp_
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

<html>d=E9j=E0 vu</html>
--_000_AM0PR01MB0001AM0PR01MB0001eurp_
Content-Type: text/calendar; charset="utf-8"; method=REPLY
Content-Transfer-Encoding: quoted-printable

BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VEVENT
ATTENDEE;PARTSTAT=3DTENTATIVE;CN=3D"Stone, Bob":mailto:Bob@Guest.example
COMMENT;LANGUAGE=3Den-US:\\n
UID:abcdefghij234567-t0k3nt0k3nt0k3nt@invites.example
SUMMARY;LANGUAGE=3Den-US:Tentative: Gr=C3=B6=C3=9Fe
DTSTAMP:20261103T101530Z
SEQUENCE:3
END:VEVENT
END:VCALENDAR

--_000_AM0PR01MB0001AM0PR01MB0001eurp_--
"""


def invite(*parts):
    whole = an_event(*(parts or (component(summary="Größe, 🎉"),)), sequence=4)
    template = compose(whole, whole.components, "REQUEST", Words("S", "t", "<p>h</p>"), sender=SENDER, date=CHANGED)
    return template.fill(copy(), message_id="<a@b>")


def answered(client, partstat=Partstat.ACCEPTED, *, to=None, **options):
    return reply(to or invite(), client, partstat, now=NOW, **options)[2]


def in_full(raw):
    """What the pipeline makes of the same mail without the scanner; None where it is no answer or not one alone."""
    try:
        inbound = read(raw, "envelope@elsewhere.example")
    except Refused:
        return None
    replies = [r for r in understand(inbound, ARRIVED).replies if r.method is Method.REPLY]
    if read_bounce(inbound) is not None or inbound.hops > 30 or len(replies) != 1:
        return None
    return FastReply(inbound.sender, replies[0])


def check(raw):
    """The scanner's answer, once it is known to be the full reader's."""
    found = scan(raw)
    if found is not None:
        assert found == in_full(raw)
    return found


MADE = [answered(client, partstat) for client in Client for partstat in (Partstat.ACCEPTED, Partstat.DECLINED)]
MADE += [answered(client, Partstat.TENTATIVE, comment="Später, “ja”; a\\b\nx") for client in Client]
MADE += [OUTLOOK_QP.encode(), OUTLOOK_QP.replace("\n", "\r\n").encode()]
REAL = [(CORPUS / "reply" / name).read_bytes() for name in FAST] if CORPUS else []


@pytest.mark.parametrize("name", FAST)
def test_the_common_replies_of_the_corpus_are_read_fast(name):
    if CORPUS is None:
        pytest.skip(ABSENT)
    assert check((CORPUS / "reply" / name).read_bytes()) is not None


def test_every_mail_of_the_corpus_is_read_as_in_full():
    if CORPUS is None:
        pytest.skip(ABSENT)
    fast = [path.name for path in sorted(CORPUS.rglob("*.eml")) if check(path.read_bytes())]
    assert fast == FAST
    assert {path.name for path in (CORPUS / "reply").glob("*.eml")} == {*FAST, *SLOW}


@pytest.mark.parametrize("raw", MADE, ids=range(len(MADE)))
def test_the_replies_of_our_clients_are_read_fast(raw):
    assert check(raw) is not None
    assert check(raw.replace(b"\r\n", b"\n")) is not None


def test_what_is_read():
    found = check(OUTLOOK_QP.encode())
    assert found.sender == found.reply.attendee == "bob@guest.example"
    assert (found.reply.partstat, found.reply.sequence, found.reply.comment) == (Partstat.TENTATIVE, 3, "")
    assert found.reply.client == "Exchange"
    assert check(MADE[6]).reply.comment == "Später, “ja”; a\\b\nx"


def test_a_bare_calendar_is_read_fast():
    body = calendar(event("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x.example", "DTSTAMP:20261103T101530Z"), method="REPLY")
    assert check(b"From: a@x.example\nContent-Type: text/calendar; method=REPLY\n\n" + body.encode()) is not None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("METHOD:REPLY", "METHOD:COUNTER"),
        ("METHOD:REPLY", "METHOD:REQUEST"),
        ("METHOD:REPLY", "METHOD:REPLY\nMETHOD:COUNTER"),
        ("SEQUENCE:3", "SEQUENCE:3\nRECURRENCE-ID:20261201T090000Z"),
        ("SEQUENCE:3", "SEQUENCE:three"),
        ("SEQUENCE:3", "SEQUENCE:3\nSEQUENCE:4"),
        ("SEQUENCE:3", "SEQUENCE:3\nATTENDEE;PARTSTAT=3DACCEPTED:mailto:c@x.example"),
        ("PARTSTAT=3DTENTATIVE", "PARTSTAT=3DDELEGATED"),
        ("PARTSTAT=3DTENTATIVE", "PARTSTAT=3DNEEDS-ACTION"),
        ("PARTSTAT=3DTENTATIVE", "PARTSTAT=3DTENTATIVE;PARTSTAT=3DDECLINED"),
        ("PARTSTAT=3DTENTATIVE", 'PARTSTAT=3DTENTATIVE;SENT-BY=3D"mailto:c@x.example"'),
        ("PARTSTAT=3DTENTATIVE", 'PARTSTAT=3DTENTATIVE;DELEGATED-TO=3D"mailto:c@x.example"'),
        ("PARTSTAT=3DTENTATIVE", 'PARTSTAT=3DTENTATIVE;X-RESPONSE-COMMENT=3D"hm"'),
        ("DTSTAMP:20261103T101530Z\n", ""),
        ("DTSTAMP:20261103T101530Z", "DTSTAMP:20261131T101530Z"),
        ("DTSTAMP:20261103T101530Z", "DTSTAMP:20261103T101560Z"),
        ("UID:", "X-UID:"),
        ("mailto:Bob@Guest.example", "mailto:bob@xn--bcher-kva.example"),
        ("mailto:Bob@Guest.example", "urn:uuid:1"),
        ("END:VEVENT", "END:VEVENT\nBEGIN:VEVENT\nUID:2\nEND:VEVENT"),
        ("END:VCALENDAR\n", "END:VCALENDAR\nBEGIN:VCALENDAR\nEND:VCALENDAR\n"),
        ("END:VEVENT\nEND:VCALENDAR\n", ""),
        ('charset="utf-8"', 'charset="utf-16"'),
        ('charset="utf-8"', "charset=utf-8; charset=us-ascii"),
        ('charset="utf-8"', "charset*=utf-8''utf-8"),
        ("From:", "From: eve@x.example\nFrom:"),
        ('"Stone, Bob" <bob@guest.example>', "bob@guest.example, eve@x.example"),
        ('"Stone, Bob" <bob@guest.example>', '"Stone,\n Bob" <bob@guest.example>'),
        ("multipart/alternative", "multipart/report"),
        ("multipart/alternative", "multipart/digest"),
        ("text/html", "message/rfc822"),
        ("text/html", "text/calendar"),
        ("<html>", "Content-Type: text/plain\n<html>"),
        ("MIME-Version: 1.0", "MIME-Version: 1.0\nnonsense"),
        ("eurp_--\n", "eurp_\n"),
        ("To:", "Received: x\n" * 31 + "To:"),
        ("quoted-printable\n\nBEGIN", "uuencode\n\nBEGIN"),
        ("quoted-printable\n\nBEGIN", "quoted-printable \n\nBEGIN"),
        ("<html>", "<html>\r"),
        ("<html>", "<html>" + "x" * 100_000),
    ],
)
def test_the_unusual_is_left_to_the_full_reader(before, after):
    assert before in OUTLOOK_QP
    assert scan(OUTLOOK_QP.replace(before, after).encode()) is None


def test_an_occurrence_is_left_to_the_full_reader():
    series = invite(component(rules=("FREQ=WEEKLY;COUNT=10",)), occurrence(at("2026-12-15T10:00")))
    raw = answered(Client.APPLE, to=series, recurrence_id="20261215T090000Z")
    assert scan(raw) is None
    assert in_full(raw).reply.recurrence_id == "20261215T090000Z"


def lines(raw):
    return re.split(rb"(?<=\n)", raw)


def shuffled_head(raw, at_random):
    head, blank, rest = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    fields = re.split(rb"\n(?![ \t])", head)
    at_random.shuffle(fields)
    return b"\n".join(fields) + blank + rest


def swapped_case(raw, at_random):
    found = list(re.finditer(rb"[A-Za-z]+", raw))
    word = at_random.choice(found)
    return raw[: word.start()] + word.group().swapcase() + raw[word.end() :]


def one_line(change):
    def mutate(raw, at_random):
        found = lines(raw)
        place = at_random.randrange(len(found))
        found[place] = change(found[place], at_random, found)
        return b"".join(found)

    return mutate


def folded(line, at_random, _):
    cut = at_random.randrange(len(line) + 1)
    return (
        line[:cut] + at_random.choice([b"\n ", b"\r\n ", b"\r\n\t", b"=\n", b"\r ", b"\n\n ", b"\n\xa0"]) + line[cut:]
    )


def with_odd_octet(line, at_random, _):
    cut = at_random.randrange(len(line) + 1)
    return line[:cut] + at_random.choice(ODD) + line[cut:]


def one_octet_less(line, at_random, _):
    cut = at_random.randrange(len(line) + 1)
    return line[:cut] + line[cut + 1 :]


ODD = [b'"', b"\\", b";", b":", b",", b"=", b" ", b"\t", b"\r", b"\n", b"\0", b"\x0b", b"\x85", b"\xff", b"\xc2\xa0"]
ODD += [
    b"--",
    b"<",
    b">",
    b"(",
    b"@",
    b"%40",
    b"*",
    b"'",
    b"^",
    b"\xef\xbb\xbf",
    "é".encode(),
    b"=3D",
    b"=0A",
    b"mailto:",
]
ODD += [b"\nBEGIN:VEVENT\n", b"\nEND:VEVENT\n", b"\nbegin:valarm\n", b"\nContent-Type: text/calendar\n", b"\n\n"]
ODD += [
    b";TZID=x",
    b";CN=a,b",
    b";EMAIL=x@y.example",
    b"\nATTENDEE:mailto:c@x.example\n",
    b"\nComment :x\n",
    b"\nUID:z\n",
]
ODD += [
    b"; charset=utf-7",
    b"; name=x",
    b"; method=COUNTER",
    b"\nFrom: z@x.example\n",
    b"\nSEQUENCE:9\n",
    b"X-NUM-GUESTS=9",
]

MUTATIONS = [
    shuffled_head,
    swapped_case,
    one_line(folded),
    one_line(with_odd_octet),
    one_line(one_octet_less),
    one_line(lambda line, *_: line * 2),
    one_line(lambda *_: b""),
    one_line(lambda line, at_random, found: line + at_random.choice(found)),
    one_line(lambda line, *_: line.upper()),
    one_line(lambda line, *_: line.lower()),
    one_line(lambda line, *_: line.rstrip() + b" \n"),
    lambda raw, _: raw.replace(b"\r\n", b"\n"),
    lambda raw, _: raw.replace(b"\n", b"\r\n"),
    lambda raw, at_random: raw[: at_random.randrange(len(raw))],
    lambda raw, at_random: raw + raw[at_random.randrange(len(raw)) :],
    lambda raw, _: raw.replace(b"utf-8", b"iso-8859-1"),
    lambda raw, _: raw.replace(b"quoted-printable", b"7bit"),
    lambda raw, _: raw.replace(b"text/html", b"text/calendar"),
    lambda raw, _: raw.replace(b"ATTENDEE;", b"ATTENDEE;RSVP=TRUE;"),
]


@settings(max_examples=600, deadline=timedelta(seconds=5), suppress_health_check=list(HealthCheck))
@given(st.sampled_from(MADE + REAL), st.lists(st.sampled_from(MUTATIONS), max_size=4), st.integers(0, 2**32))
def test_a_mutated_reply_is_read_as_in_full_or_not_at_all(raw, mutations, seed):
    at_random = random.Random(seed)
    for mutate in mutations:
        raw = mutate(raw, at_random) or raw
    check(raw)


@settings(max_examples=300, deadline=timedelta(seconds=5), suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=3),
    st.integers(0, 2**32),
    st.sampled_from(["7bit", "base64"]),
)
def test_a_mutated_calendar_is_read_as_in_full_or_not_at_all(mutations, seed, encoding):
    at_random = random.Random(seed)
    octets = OUTLOOK_QP.partition("printable\n\nBEGIN")[2].rpartition("\n\n")[0].replace("=3D", "=")
    octets = ("BEGIN" + octets + "\n").encode()
    for mutate in mutations:
        octets = mutate(octets, at_random) or octets
    message = EmailMessage()
    message["From"] = "Bob Stone <bob@guest.example>"
    message.set_content(octets, maintype="text", subtype="calendar", cte="base64", params={"method": "REPLY"})
    raw = message.as_bytes()
    if encoding == "7bit":
        raw = raw.replace(b"base64", b"8bit").partition(b"\n\n")[0] + b"\n\n" + octets
    check(raw)


ADDRESSES = st.from_regex(r"[A-Za-z0-9_+=~.-]{1,12}@[A-Za-z0-9.-]{1,20}", fullmatch=True)


@settings(max_examples=300, deadline=timedelta(seconds=5), suppress_health_check=list(HealthCheck))
@given(
    ADDRESSES,
    ADDRESSES,
    st.sampled_from(["{}", "<{}>", "A B <{}>", '"A, (B)" <{}>', "=?utf-8?Q?A=C3=A9?= <{}>", "<{}> "]),
)
def test_addresses_are_read_as_in_full_or_not_at_all(sender, attendee, form):
    body = calendar(event(f"ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:{attendee}", "DTSTAMP:20261103T101530Z"), method="REPLY")
    check(f"From: {form.format(sender)}\nContent-Type: text/calendar; method=REPLY\n\n{body}".encode())


@settings(max_examples=200, deadline=timedelta(seconds=5), suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300))
def test_any_octets(octets):
    check(octets)
    check(mail(b"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n" + octets + b"\nEND:VEVENT\nEND:VCALENDAR"))
