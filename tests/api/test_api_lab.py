import base64
import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from invited.api.app import create_app
from invited.api.lab_mail import opened
from invited.domain.bounce import BounceKind
from invited.imip.bounces import read_bounce
from invited.imip.mail import read
from invited.ports import Letter
from invited.settings import Settings

CALENDAR = b"""\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:event1-token1@invites.example
DTSTAMP:20261120T120000Z
DTSTART:20270114T173000Z
DTEND:20270114T190000Z
SUMMARY:Opener
ORGANIZER;CN=Ticket office:mailto:rsvp@invites.example
ATTENDEE;RSVP=TRUE:mailto:ada@fans.example
END:VEVENT
END:VCALENDAR
""".replace(b"\n", b"\r\n")
RAW = (
    b"""\
From: Ticket office <rsvp@invites.example>
To: ada@fans.example
Subject: =?utf-8?q?Caf=C3=A9_=3Cb=3E?=
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=x

--x
Content-Type: text/plain; charset=utf-8

Please come
--x
Content-Type: text/html; charset=utf-8

<html><head><title>t</title></head><body><p>Please <b>come</b></p><script>alert(1)</script></body></html>
--x
Content-Type: text/calendar; method=REQUEST; charset=UTF-8
Content-Transfer-Encoding: base64

%s
--x--
""".replace(b"\n", b"\r\n")
    % base64.b64encode(CALENDAR)
)
ANSWER = {"as": "google", "answer": "accept"}


@pytest.fixture
def send(lab):
    """Sends mails into the lab."""

    def send(raw, to="ada@fans.example"):
        lab.send([Letter("rsvp@invites.example", to, raw)])

    return send


@pytest.fixture(autouse=True)
def mails(request, send):
    if "nothing_sent" not in request.fixturenames:
        for subject, to in (("One", "ada@fans.example"), ("Two", "ada@fans.example"), ("Three", "bob@fans.example")):
            send(RAW.replace(b"Caf=C3=A9", subject.encode()), to)


@pytest.fixture
def nothing_sent():
    """For a lab that is empty."""


def test_the_inbox_lists_what_was_sent_newest_first(client):
    page = client.get("/lab").text
    assert page.index("Three &lt;b&gt;") < page.index("Two") < page.index("One")
    assert "bob@fans.example" in page
    only = client.get("/lab", params={"to": "bob@fans.example"}).text
    assert "Three" in only
    assert "Two" not in only


def test_an_empty_inbox_says_what_to_do(client, nothing_sent):
    page = client.get("/lab").text
    assert "create@invites.example" in page
    assert "127.0.0.1:2525" in page
    assert "invited demo" in page
    assert "There are no mails here" in client.get("/lab?to=x@y.example").text


def test_mails_come_in_pages(client):
    first = client.get("/lab/mails", params={"limit": 2}).json()
    assert [mail["id"] for mail in first["mails"]] == ["3", "2"]
    rest = client.get("/lab/mails", params={"limit": 2, "after": first["next"]}).json()
    assert ([mail["id"] for mail in rest["mails"]], rest["next"]) == (["1"], None)
    assert rest["mails"][0] == {
        "id": "1",
        "at": "2026-11-20T12:00:00Z",
        "envelope_from": "rsvp@invites.example",
        "to": "ada@fans.example",
        "subject": "One <b>",
        "method": "REQUEST",
        "size": len(RAW.replace(b"Caf=C3=A9", b"One")),
    }
    assert len(client.get("/lab/mails?to=ada@fans.example").json()["mails"]) == 2
    assert "Older mails" in client.get("/lab?limit=2").text


def test_a_mail_taken_apart(client):
    mail = client.get("/lab/mails/1").json()
    assert (mail["id"], mail["to"], mail["subject"]) == ("1", "ada@fans.example", "One <b>")
    assert (mail["method"], mail["calendar"]) == ("REQUEST", CALENDAR.decode())
    assert mail["headers"]["From"] == "Ticket office <rsvp@invites.example>"
    assert mail["text"].strip() == "Please come"
    assert "<b>come</b>" in mail["html"]


def test_a_mail_as_it_was_sent(client):
    answer = client.get("/lab/mails/1.eml")
    assert answer.content == RAW.replace(b"Caf=C3=A9", b"One")
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"] == 'attachment; filename="1.eml"'


@pytest.mark.parametrize("place", ["/lab/9", "/lab/mails/9", "/lab/mails/9.eml", "/lab/mails/9/html"])
def test_a_mail_that_is_not_there(client, place):
    assert client.get(place).status_code == 404


def test_the_mails_page(client):
    page = client.get("/lab/1").text
    assert "<h1>One &lt;b&gt;</h1>" in page
    assert '<iframe class="mail" title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert page.count("formaction=") == 12
    assert "<script" not in page


def test_the_mails_html_is_shut_in(client):
    answer = client.get("/lab/mails/1/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert '<head><base target="_blank"><title>' in answer.text


def test_a_mail_without_a_calendar_has_no_buttons(client, send):
    send(b"Subject: Hello\r\n\r\nplain")
    page = client.get("/lab/4").text
    assert "formaction" not in page
    assert "<iframe" not in page
    assert "plain" in page
    assert client.get("/lab/mails/4/html").text.startswith("<base")


def test_hostile_mail_can_be_looked_at(client, send):
    raw = b"Subject: =?x?q?\xff?=\r\nMessage-ID: <[>\r\nContent-Type: text/html; charset=nonsense\r\n\r\n\xff<b>"
    send(raw)
    for place in ("/lab/4", "/lab/mails/4", "/lab/mails/4/html"):
        assert client.get(place).status_code == 200
    assert opened(b"Content-Type: multipart/alternative\r\n\r\n").text == ""


@pytest.mark.parametrize("client_name", ["google", "outlook", "apple"])
@pytest.mark.parametrize(
    ("word", "partstat"), [("accept", "ACCEPTED"), ("maybe", "TENTATIVE"), ("decline", "DECLINED")]
)
def test_answering_by_json(client, mailed, client_name, word, partstat):
    answer = client.post("/lab/mails/1/answer", json={"as": client_name, "answer": word, "comment": "late"})
    ((envelope_from, to, raw),) = mailed
    assert (answer.status_code, to) == (202, "rsvp@invites.example")
    assert answer.json() == {"as": client_name, "answer": word, "from": envelope_from, "to": to}
    reply = opened(raw)
    unfolded = reply.calendar.replace("\r\n ", "")
    assert (reply.method, reply.header("To")) == ("REPLY", "rsvp@invites.example")
    assert f"PARTSTAT={partstat}" in unfolded
    assert "late" in unfolded


def test_answering_by_a_button(client, mailed):
    form = {"comment": "Yes!", "answer": "maybe"}
    answer = client.post("/lab/mails/1/answer?as=outlook", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lab/1?answered=outlook+maybe")
    assert b"Microsoft" in opened(mailed[0][2]).calendar.encode()
    assert "Answered: <strong>outlook maybe</strong>" in client.get(answer.headers["location"]).text
    assert "Answered" not in client.get("/lab/1?answered=%3Cb%3E").text


def test_proposing_another_time_by_a_button(client, mailed):
    form = {"comment": "Later?", "answer": "propose", "start": "2027-01-14T20:15"}
    answer = client.post("/lab/mails/1/answer?as=google", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lab/1?answered=google+propose")
    ((_, to, raw),) = mailed
    asked = opened(raw)
    assert (to, asked.method) == ("rsvp@invites.example", "REPLY")
    assert "METHOD:COUNTER" in asked.calendar
    assert dict(asked.event())["DTSTART"] == "20270114T201500Z"
    assert "Proposed another time: <strong>google propose</strong>" in client.get(answer.headers["location"]).text


@pytest.mark.parametrize("start", ["", "soon"])
def test_a_proposal_names_a_time(client, mailed, start):
    answer = client.post("/lab/mails/1/answer?as=google", data={"answer": "propose", "start": start})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert mailed == []


@pytest.mark.parametrize(
    "body",
    [{}, [], ANSWER | {"as": "lotus"}, ANSWER | {"answer": "perhaps"}, ANSWER | {"comment": "x" * 1001}, "accept"],
)
def test_a_wrong_answer_is_refused(client, mailed, body):
    answer = client.post("/lab/mails/1/answer", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert not mailed


def test_what_is_no_invite_cannot_be_answered(client, send, mailed):
    send(b"Subject: Hello\r\n\r\nplain")
    answer = client.post("/lab/mails/4/answer", json=ANSWER)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-invite")
    assert answer.json()["remedy"]
    assert not mailed


def test_a_closed_smtp_port_is_told(engine, lab):
    def refuse(*_):
        raise ConnectionRefusedError

    client = TestClient(create_app(engine, lab=lab, mail_in=refuse), base_url="http://localhost")
    answer = client.post("/lab/mails/1/answer", json=ANSWER)
    assert (answer.status_code, answer.json()["type"]) == (502, "/problems/mail-not-taken")
    assert "127.0.0.1:2525" in answer.json()["remedy"]


PLACES = ("/lab", "/lab/mails", "/lab/1", "/lab/mails/1", "/lab/mails/1.eml", "/lab/mails/1/html")


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "127.8.8.8:1", "[::1]:8000", "LOCALHOST"])
def test_whoever_sits_at_this_machine_needs_no_key(client, host):
    assert all(client.get(place, headers={"Host": host}).status_code == 200 for place in PLACES)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "evil.example:8000"},
        {"Host": "user@evil.example"},
        {"Host": "[::2]"},
        {"Host": "[x"},
        {"Host": ""},
        {"X-Forwarded-For": "192.0.2.1"},
        {"Forwarded": "for=192.0.2.1"},
        {"Via": "1.1 proxy"},
    ],
)
def test_from_elsewhere_the_lab_needs_an_admins_key(client, admin, owner, headers, mailed):
    for place in PLACES:
        assert client.get(place, headers=headers).status_code == 401
        assert client.get(place, headers=headers | owner).status_code == 403
        assert client.get(place, headers=headers | admin).status_code == 200
    assert client.post("/lab/mails/1/answer", json=ANSWER, headers=headers).status_code == 401
    assert not mailed


def test_a_server_that_listens_to_the_world_needs_an_admins_key(engine, lab, admin):
    settings = Settings(domain="invites.example", http_listen="0.0.0.0:8000", _env_file=None)
    client = TestClient(
        create_app(replace(engine, settings=settings), lab=lab, mail_in=None), base_url="http://localhost"
    )
    assert client.get("/lab").status_code == 401
    assert client.get("/lab", headers=admin).status_code == 200


def test_with_a_relay_there_is_no_lab(engine, admin):
    client = TestClient(create_app(engine, lab=None, mail_in=None), base_url="http://localhost")
    for place in PLACES:
        answer = client.get(place, headers=admin)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-lab")
        assert "INVITED_RELAY" in answer.json()["remedy"]
    assert "/lab" not in client.get("/").text


def test_searching_the_inbox(client):
    page = client.get("/lab", params={"q": " thr"}).text
    assert "Three" in page
    assert "Two" not in page
    assert "There are no mails here" in client.get("/lab", params={"q": "nothing"}).text


def test_the_calendar_part_is_shown_as_it_is_read_and_held_against_the_rules(client, send):
    page = client.get("/lab/1").text
    assert "<dt>ATTENDEE</dt>" in page
    assert "20270114T173000Z" in page
    assert "What clients will mind" in page
    event = b'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:a\\, b\\nc\r\n d\r\nno line\r\nX;A="b:c":d\r\nEND:VEVENT\r\n'
    raw = b"Content-Type: text/calendar; method=REQUEST\r\n\r\n" + event
    assert opened(raw).event() == (("SUMMARY", "a, b\ncd"), ('X;A="b:c"', "d"))
    assert opened(b"Content-Type: text/calendar\r\n\r\nnothing").event() == ()


def test_a_missing_header_that_plain_http_explains_is_explained(client, send):
    why = "one-click unsubscribing needs HTTPS"
    assert why not in client.get("/lab/1").text
    send(b"List-Unsubscribe: <http://invites.example/u/1>\r\n" + RAW)
    page = client.get("/lab/4").text
    assert "unsubscribe-one-click" in page
    assert why in page


def test_returning_an_invite(client, mailed):
    answer = client.post("/lab/mails/1/return", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lab/1?returned=true")
    ((envelope_from, to, raw),) = mailed
    assert (envelope_from, to) == ("", "rsvp@invites.example")
    bounce = read_bounce(read(raw), raw)
    assert (bounce.kind, bounce.recipient) == (BounceKind.HARD, "ada@fans.example")
    assert "5.1.1" in bounce.reason
    assert client.post("/lab/mails/99/return").status_code == 404


def test_a_mail_without_a_return_path_is_not_returned(client, lab, mailed):
    lab.send([Letter("", "ada@fans.example", b"Subject: x\r\n\r\nx")])
    answer = client.post("/lab/mails/4/return")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-invite")
    assert not mailed


FORM = {"as": "outlook", "organizer": "Dana@Club.example", "summary": "Ball", "day": "2027-01-14", "hour": "18:30"}


def test_inviting_changing_and_cancelling_as_an_organizer(client, mailed):
    assert 'value="2026-12-04"' in client.get("/lab/new").text
    first = client.post("/lab/new", data=FORM | {"method": "REQUEST"}, follow_redirects=False)
    page = client.get(first.headers["location"]).text
    assert "Mail the change" in page
    given = dict(re.findall(r'name="(uid|sequence)" value="([^"]*)"', page))
    last = client.post("/lab/new", data=FORM | given | {"method": "CANCEL"}, follow_redirects=False)
    assert "Cancelled" in client.get(last.headers["location"]).text
    (sender, to, invite), (_, _, cancel) = mailed
    assert (sender, to) == ("dana@club.example", "create@invites.example")
    lines = [dict(opened(raw).event()) for raw in (invite, cancel)]
    assert [(line["SEQUENCE"], line["UID"]) for line in lines] == [("0", given["uid"]), ("1", given["uid"])]
    assert [opened(raw).method for raw in (invite, cancel)] == ["REQUEST", "CANCEL"]
    assert "20270114T183000" in opened(invite).calendar


@pytest.mark.parametrize(
    "wrong", [{"zone": "Mars"}, {"day": "soon"}, {"day": ""}, {"organizer": "x"}, {"uid": "a\r\nb"}, {"name": "a\r\nb"}]
)
def test_what_is_no_invite_is_not_mailed(client, mailed, wrong):
    answer = client.post("/lab/new", data=FORM | wrong)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert not mailed
