from email.message import EmailMessage

import pytest

from invited.domain.errors import Refused
from invited.imip.mail import MAX_CALENDAR, MAX_CALENDARS, MAX_MULTIPARTS, MAX_TYPE, read
from tests.imip.inbound_mails import calendar, event, mail

CALENDAR = calendar(event("SUMMARY:Fête"))


def raw(headers, body=b""):
    return headers.encode("utf-8", "surrogateescape").replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("header", "sender", "name"),
    [
        ("From: Tom <Tom@X.org>", "tom@x.org", "Tom"),
        ("From: =?iso-8859-1?Q?Ren=E9?= <r@x.org>", "r@x.org", "René"),
        ("From: =?nonsense?Q?Ren=E9?= <r@x.org>", "r@x.org", "René"),
        ("From: Ren\udce9 <r@x.org>", "r@x.org", "René"),
        ("From: nobody\nfrom: <r@x.org>", "r@x.org", ""),
        ("From: <>", "envelope@x.org", ""),
        ("To: a@x.org", "envelope@x.org", ""),
    ],
)
def test_the_sender(header, sender, name):
    found = read(raw(header), "Envelope@x.org")
    assert (found.sender, found.sender_name) == (sender, name)


def test_without_any_sender():
    assert read(b"").sender == ""
    assert read(raw("From: x"), "").sender == ""


@pytest.mark.parametrize(
    ("headers", "envelope", "is_automatic", "is_list"),
    [
        ("From: a@x.org", "a@x.org", False, False),
        ("From: a@x.org", None, False, False),
        ("From: a@x.org", "", True, False),
        ("From: a@x.org\nAuto-Submitted: no", None, False, False),
        ("From: a@x.org\nAuto-Submitted: auto-replied; x=y", None, True, False),
        ("From: a@x.org\nPrecedence: bulk", None, True, False),
        ("From: a@x.org\nPrecedence: list", None, True, True),
        ("From: a@x.org\nList-Id: <l.x.org>", None, True, True),
        ("From: MAILER-DAEMON@x.org", None, True, False),
        ("From: no-reply@x.org", None, True, False),
        ("From: do-not-reply+1@x.org", None, True, False),
        ("From: norbert@x.org", None, False, False),
        ("From: a@x.org\nX-Auto-Response-Suppress: All", None, False, False),
    ],
)
def test_automatic_mail(headers, envelope, is_automatic, is_list):
    found = read(raw(headers), envelope)
    assert (found.is_automatic, found.is_list) == (is_automatic, is_list)


def test_hops_are_counted_and_headers_bounded():
    found = read(raw("Received: a\nReceived: b\nSubject: " + "x" * 5000 + "\nMessage-ID: <[>"))
    assert found.hops == 2
    assert len(found.subject) == 998
    assert found.message_id == "<[>"


def test_bodies_and_attachments():
    message = EmailMessage()
    message.set_content("plain")
    message.add_alternative("<b>rich</b>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="../../plan.pdf")
    found = read(message.as_bytes())
    assert (found.text.strip(), found.html.strip()) == ("plain", "<b>rich</b>")
    assert [(a.name, a.content_type, a.content) for a in found.attachments] == [
        ("plan.pdf", "application/pdf", b"%PDF")
    ]
    assert found.calendars == ()


@pytest.mark.parametrize(
    "kind",
    [
        "text/calendar; method=request; charset=utf-8",
        "application/ics; name=invite.ics",
        'application/octet-stream; name="invite.ics"',
        "application/octet-stream",
        "text/plain",
    ],
)
def test_a_bare_calendar_is_the_whole_mail(kind):
    found = read(raw(f"From: a@x.org\nContent-Type: {kind}\nContent-Transfer-Encoding: 8bit", CALENDAR.encode()))
    assert [part.content for part in found.calendars] == [CALENDAR.encode()]
    assert found.calendars[0].method == ("REQUEST" if "method" in kind else "")


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "utf-16", "x-unknown", ""])
def test_calendars_become_utf_8(charset):
    codec = charset if charset in ("utf-8", "iso-8859-1", "utf-16") else "cp1252"
    kind = "text/calendar" + (f"; charset={charset}" if charset else "")
    found = read(raw(f"Content-Type: {kind}\nContent-Transfer-Encoding: 8bit", CALENDAR.encode(codec)))
    assert "Fête" in found.calendars[0].content.decode()


def test_a_character_torn_by_folding():
    octets = CALENDAR.encode().replace("ê".encode(), b"\xc3\r\n \xaa")
    found = read(raw("Content-Type: text/calendar\nContent-Transfer-Encoding: 8bit", octets))
    assert "Fête" in found.calendars[0].content.decode()


def test_the_calendar_part_wins_over_the_file():
    message = EmailMessage()
    message.set_content("x")
    message.add_attachment(CALENDAR.encode(), maintype="application", subtype="ics", filename="invite.ics")
    message.add_attachment(CALENDAR.encode(), maintype="text", subtype="calendar", params={"method": "REQUEST"})
    found = read(message.as_bytes())
    assert [part.method for part in found.calendars] == ["REQUEST"]
    assert found.attachments == ()


def test_an_invite_inside_a_forwarded_mail():
    outer = EmailMessage()
    outer.set_content("Please take this one.")
    inner = EmailMessage()
    inner.set_content("the inner text")
    inner.add_attachment(CALENDAR.encode(), maintype="text", subtype="calendar")
    outer.add_attachment(inner)
    found = read(outer.as_bytes())
    assert len(found.calendars) == 1
    assert found.text.strip() == "Please take this one."


def test_a_returned_mail_is_no_submission():
    inner = mail(CALENDAR).decode()
    found = read(
        (
            "From: mailer-daemon@x.org\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: failed\n\n"
            f"--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
        ).encode()
    )
    assert found.calendars == ()
    assert b"Action: failed" in found.report
    assert b"BEGIN:VCALENDAR" in read(found.returned).calendars[0].content
    assert found.is_automatic


@pytest.mark.parametrize(
    "octets",
    [
        raw("Content-Type: multipart/mixed; boundary=b", b"--b\n" * 5),
        raw("Content-Type: multipart/mixed"),
        raw("Content-Type: text/plain; charset=\xff\xfe"),
        raw("Content-Type: text/calendar; method*=x''%ff; charset*0=a"),
        raw("Content-Transfer-Encoding: base64\nContent-Type: text/calendar", b"=====\xff"),
        raw("Content-Disposition: attachment; filename*=nonsense'x'%ff", b"x"),
        raw("From: =?utf-8?B?====?= <a@x.org>"),
        b"\xff\xfe\x00" * 50,
    ],
)
def test_damaged_mail_is_read_as_well_as_it_goes(octets):
    read(octets)


def nested(depth):
    head = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    return head.encode() + b"Content-Type: text/plain\n\nx\n"


@pytest.mark.parametrize(
    "octets",
    [
        nested(MAX_MULTIPARTS + 1),
        nested(MAX_MULTIPARTS - 1),
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 300,
        raw("Content-Type: text/plain" + ';a="' * MAX_TYPE),
        raw("Content-Type: text/calendar", b"x" * (MAX_CALENDAR + 1)),
        mail(*[CALENDAR] * (MAX_CALENDARS + 1)),
    ],
)
def test_what_is_built_to_exhaust_us_is_refused(octets):
    with pytest.raises(Refused) as caught:
        read(octets)
    assert caught.value.reason.endswith(".")
