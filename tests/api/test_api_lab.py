from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from invited.api.app import create_app
from invited.api.lab_mail import opened
from invited.domain.errors import Refused
from invited.domain.invitation import Partstat
from invited.imip import clients
from invited.settings import Settings
from tests.api.conftest import NOW, LabItem

RAW = b"""\
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

QkVHSU46VkNBTEVOREFSDQo=
--x--
""".replace(b"\n", b"\r\n")
ANSWER = {"as": "google", "answer": "accept"}


@pytest.fixture(autouse=True)
def mails(lab):
    for number in range(1, 4):
        to = "ada@fans.example" if number < 3 else "bob@fans.example"
        lab.items.append(LabItem(str(number), to, f"Opener {number} <b>", RAW, at=NOW + timedelta(minutes=number)))


@pytest.fixture
def reply(monkeypatch):
    """What was asked of the wire, which answers with a mail of three letters."""
    asked = []

    def write(raw, client, partstat, *, now, comment):
        asked.append((raw, client, partstat, now, comment))
        return "ada@fans.example", "rsvp@invites.example", b"raw"

    monkeypatch.setattr(clients, "reply", write)
    return asked


def test_the_inbox_lists_what_was_sent_newest_first(client):
    page = client.get("/lab").text
    assert page.index("Opener 3 &lt;b&gt;") < page.index("Opener 2") < page.index("Opener 1")
    assert "bob@fans.example" in page
    only = client.get("/lab", params={"to": "bob@fans.example"}).text
    assert "Opener 3" in only
    assert "Opener 2" not in only


def test_an_empty_inbox_says_what_to_do(client, lab):
    lab.items.clear()
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
        "at": "2026-11-20T12:01:00Z",
        "envelope_from": "rsvp@invites.example",
        "to": "ada@fans.example",
        "subject": "Opener 1 <b>",
        "method": "REQUEST",
        "size": len(RAW),
    }
    assert len(client.get("/lab/mails?to=ada@fans.example").json()["mails"]) == 2
    assert "Older mails" in client.get("/lab?limit=2").text


def test_a_mail_taken_apart(client):
    mail = client.get("/lab/mails/1").json()
    assert (mail["id"], mail["to"], mail["subject"]) == ("1", "ada@fans.example", "Café <b>")
    assert (mail["method"], mail["calendar"]) == ("REQUEST", "BEGIN:VCALENDAR\r\n")
    assert mail["headers"]["From"] == "Ticket office <rsvp@invites.example>"
    assert mail["text"].strip() == "Please come"
    assert "<b>come</b>" in mail["html"]


def test_a_mail_as_it_was_sent(client):
    answer = client.get("/lab/mails/1.eml")
    assert (answer.content, answer.headers["content-type"]) == (RAW, "message/rfc822")
    assert answer.headers["content-disposition"] == 'attachment; filename="1.eml"'


@pytest.mark.parametrize("place", ["/lab/9", "/lab/mails/9", "/lab/mails/9.eml", "/lab/mails/9/html"])
def test_a_mail_that_is_not_there(client, place):
    assert client.get(place).status_code == 404


def test_the_mails_page(client):
    page = client.get("/lab/1").text
    assert "<h1>Café &lt;b&gt;</h1>" in page
    assert '<iframe class="mail" title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert page.count("formaction=") == 9
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


def test_a_mail_without_a_calendar_has_no_buttons(client, lab):
    lab.items.append(LabItem("4", "ada@fans.example", "Hello", b"Subject: Hello\r\n\r\nplain"))
    page = client.get("/lab/4").text
    assert "formaction" not in page
    assert "<iframe" not in page
    assert "plain" in page
    assert client.get("/lab/mails/4/html").text.startswith("<base")


def test_hostile_mail_can_be_looked_at(client, lab):
    raw = b"Subject: =?x?q?\xff?=\r\nMessage-ID: <[>\r\nContent-Type: text/html; charset=nonsense\r\n\r\n\xff<b>"
    lab.items.append(LabItem("4", "a@b.example", "", raw))
    for place in ("/lab/4", "/lab/mails/4", "/lab/mails/4/html"):
        assert client.get(place).status_code == 200
    assert opened(b"Content-Type: multipart/alternative\r\n\r\n").text == ""


@pytest.mark.parametrize("client_name", ["google", "outlook", "apple"])
@pytest.mark.parametrize(
    ("word", "partstat"),
    [("accept", Partstat.ACCEPTED), ("maybe", Partstat.TENTATIVE), ("decline", Partstat.DECLINED)],
)
def test_answering_by_json(client, reply, mailed, client_name, word, partstat):
    answer = client.post("/lab/mails/1/answer", json={"as": client_name, "answer": word, "comment": "late"})
    assert answer.status_code == 202
    assert reply == [(RAW, client_name, partstat, NOW, "late")]
    assert mailed == [("ada@fans.example", "rsvp@invites.example", b"raw")]


def test_answering_by_a_button(client, reply, mailed):
    form = {"comment": "Yes!", "answer": "maybe"}
    answer = client.post("/lab/mails/1/answer?as=outlook", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lab/1?answered=outlook+maybe")
    assert reply[0][1:] == ("outlook", Partstat.TENTATIVE, NOW, "Yes!")
    assert "Answered: <strong>outlook maybe</strong>" in client.get(answer.headers["location"]).text
    assert "Answered" not in client.get("/lab/1?answered=%3Cb%3E").text


@pytest.mark.parametrize(
    "body",
    [{}, [], ANSWER | {"as": "lotus"}, ANSWER | {"answer": "perhaps"}, ANSWER | {"comment": "x" * 1001}, "accept"],
)
def test_a_wrong_answer_is_refused(client, reply, mailed, body):
    answer = client.post("/lab/mails/1/answer", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert not mailed


def test_what_is_no_invite_cannot_be_answered(client, mailed, monkeypatch):
    def refuse(*_, **__):
        raise Refused("This mail holds no invite.", "Choose another one.")

    monkeypatch.setattr(clients, "reply", refuse)
    answer = client.post("/lab/mails/1/answer", json=ANSWER)
    assert (answer.status_code, answer.json()["detail"]) == (409, "This mail holds no invite.")
    assert not mailed


def test_a_closed_smtp_port_is_told(engine, lab, reply):
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
def test_from_elsewhere_the_lab_needs_an_admins_key(client, admin, owner, headers, reply, mailed):
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
