import csv
import io
import re
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from invited.api.app import create_app
from invited.api.forms import pasted
from invited.credentials import (
    CONFIRMATION,
    CONFIRMATION_AGE,
    EVENT_PAGE,
    EVENT_PAGE_AGE,
    confirmation_link,
    event_link,
    sign,
)
from invited.domain.event import File, Status
from invited.domain.invitation import Partstat, State
from invited.domain.moment import Moment
from invited.domain.receipt import Grade, Receipt
from invited.messages import Mail, MailArrived
from invited.report import COLUMNS, PAGE
from invited.settings import Settings
from tests.api.given import NOW, SECRET

HOSTILE = """<script>alert(1)</script>"'><img src=x onerror=alert(1)>"""
HTML = {"Accept": "text/html"}


def path(link):
    parts = urlsplit(link)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.fixture
def access():
    return sign(SECRET, EVENT_PAGE, "event1", NOW)


@pytest.fixture
def mail():
    return Mail("key1", "create", "create@invites.example", "invites.example", "owner@club.example", NOW, "192.0.2.1")


def without_data(page):
    """A page without its JSON-LD, which is no script and in which nothing can end it."""
    return re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", page, count=1)


def answered(engine, invitation, partstat, **more):
    receipt = Receipt(
        "event1", invitation.token, "", partstat, 0, NOW, NOW, "m", invitation.address, "google", Grade.TOKEN
    )
    engine.store.record([replace(receipt, **more)])


def test_the_public_page_says_what_when_and_where(client, make_event):
    make_event(
        location="Arena, Gate 3", description="Gates at five.\nhttps://club.example/map", rules=("FREQ=WEEKLY;COUNT=4",)
    )
    page = client.get("/e/event1").text
    for words in ("<h1>Opener</h1>", "14 January 2027, 18:30", "20:00 (Europe/Paris, UTC+01:00)", "Arena, Gate 3"):
        assert words in page
    assert "Repeats every week, 4 times" in page
    assert '<a href="https://club.example/map" rel="nofollow noopener">' in page
    assert 'href="/e/event1.ics"' in page


def test_the_public_page_names_no_address(client, engine, event, invited):
    invited(event, "ada@fans.example")
    page = client.get("/e/event1").text
    assert "owner@club.example" not in page
    assert "ada@fans.example" not in page
    assert "Ticket office" in page


def test_changed_dates_are_told(client, make_event):
    start = Moment(datetime(2027, 1, 14, 18, 30), "Europe/Paris")
    gone = {"recurrence_id": start.plus(timedelta(days=7)), "status": Status.CANCELLED}
    moved = {"recurrence_id": start.plus(timedelta(days=14)), "start": start.plus(timedelta(days=15))}
    make_event(start=start, rules=("FREQ=WEEKLY",), changed=(gone, moved))
    page = client.get("/e/event1").text
    assert "21 January 2027, 18:30 (Europe/Paris, UTC+01:00):<br><strong>cancelled</strong>" in page
    assert "28 January 2027, 18:30 (Europe/Paris, UTC+01:00):<br><strong>Fri 29 January 2027, 18:30" in page


def test_a_cancelled_event_says_so_and_offers_nothing(client, access, make_event):
    make_event(status=Status.CANCELLED)
    public, own = client.get("/e/event1").text, client.get(f"/events/event1?access={access}").text
    assert "This event is cancelled" in public
    assert ".ics" not in public
    assert "This event is cancelled" in own
    assert 'id="send"' not in own
    assert 'id="report"' in own


def test_the_calendar_file(client, event):
    answer = client.get("/e/event1.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert "METHOD:PUBLISH" in answer.text
    assert "UID:event1@invites.example" in answer.text
    assert "rsvp@invites.example" in answer.text
    assert "owner@club.example" not in answer.text
    assert client.get("/e/absent.ics").status_code == 404


@pytest.mark.parametrize("field", ["summary", "location", "description", "html"])
def test_what_an_organizer_wrote_never_becomes_markup(client, access, make_event, field):
    make_event(**{field: HOSTILE})
    for page in (client.get("/e/event1"), client.get(f"/events/event1?access={access}")):
        assert page.status_code == 200
        assert "<script" not in without_data(page.text)
        assert "<img src=x o" not in page.text
        assert "script-src" not in page.headers["content-security-policy"]
        assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_link_with_a_script_is_no_link(client, make_event):
    make_event(description="javascript:alert(1)", html='<a href="javascript:alert(1)">x</a>')
    assert 'href="javascript' not in client.get("/e/event1").text


def test_every_page_is_kept_safe(client, event, access):
    for place in ("/", "/e/event1", f"/events/event1?access={access}", "/lab", "/nothing", "/problems/invalid"):
        headers = client.get(place, headers=HTML).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_pages_have_no_script_and_no_inline_style(client, engine, event, invited, access):
    invited(event, "ada@fans.example")
    for place in ("/", "/e/event1", f"/events/event1?access={access}", "/lab", "/nothing"):
        page = client.get(place, headers=HTML).text
        assert page.startswith("<!doctype html>")
        for forbidden in ("<script", " style=", "<style", " onclick", "http-equiv"):
            assert forbidden not in without_data(page)
    assert client.get("/pages.css").headers["content-type"].startswith("text/css")


def test_the_organizers_page(client, engine, event, invited):
    for name, partstat in (
        ("ada", Partstat.ACCEPTED),
        ("bob", Partstat.TENTATIVE),
        ("eve", Partstat.DECLINED),
        ("joe", None),
    ):
        invitation = invited(event, f"{name}@fans.example")
        if partstat:
            answered(engine, invitation, partstat)
    page = client.get(path(event_link(engine, "event1"))).text
    assert 'aria-label="Yes 1, Maybe 1, No 1, No answer 1"' in page
    assert '<rect class="maybe" x="25.0" y="0" width="25.0" height="10"/>' in page
    for part in ('id="send"', 'id="embed"', 'id="report"'):
        assert part in page
    link = "http://127.0.0.1:8000/e/event1/invite?origin=button"
    assert f"&lt;a href=&#34;{link}&#34;&gt;Add “Opener” to your calendar&lt;/a&gt;" in page


def test_the_embed_code_is_safe_on_anybodys_site(client, access, make_event):
    make_event(summary='</a><script>"')
    page = client.get(f"/events/event1?access={access}").text
    assert "Add “&amp;lt;/a&amp;gt;&amp;lt;script&amp;gt;&amp;#34;” to your calendar" in page


def test_newsletters_get_a_link_with_their_own_merge_tags(client, engine, event, access):
    page = client.get(f"/events/event1?access={access}").text
    base = "http://127.0.0.1:8000/e/event1/invite?origin=link:"
    assert f"{base}mailchimp&amp;email=*|EMAIL|*&amp;name=*|FNAME|*</textarea>" in page
    for tool in (
        "klaviyo&amp;email={{ email|urlencode }}",
        "sendgrid&amp;email={{email}}",
        "hubspot&amp;email={{ contact.",
    ):
        assert f"{base}{tool}" in page
    engine.store.set_choices("event1", {"public": False})
    page = client.get(f"/events/event1?access={access}").text
    assert "/invite?origin" not in page
    assert "People cannot ask for invites to this event themselves." in page


@pytest.mark.parametrize(
    ("secret", "purpose", "payload", "age"),
    [
        (b"another secret 0", EVENT_PAGE, "event1", timedelta(0)),
        (SECRET, CONFIRMATION, "event1", timedelta(0)),
        (SECRET, EVENT_PAGE, "event2", timedelta(0)),
        (SECRET, EVENT_PAGE, "event1", EVENT_PAGE_AGE + timedelta(seconds=1)),
    ],
)
def test_only_this_events_own_link_opens_it(client, event, engine, secret, purpose, payload, age):
    access = sign(secret, purpose, payload, NOW - age)
    for answer in (
        client.get(f"/events/event1?access={access}", headers=HTML),
        client.get(f"/events/event1/report.csv?access={access}", headers=HTML),
        client.post("/events/event1/send", data={"access": access, "addresses": "a@b.example"}, headers=HTML),
    ):
        assert answer.status_code == 403
        assert "<h1>The link is not valid</h1>" in answer.text
    assert not engine.queue


@pytest.mark.parametrize("access", ["", "x", "a.b.c", "é", "." * 3000])
def test_a_broken_link_is_told_to_be_one(client, event, access):
    answer = client.get("/events/event1", params={"access": access})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/link-not-valid")


def test_the_organizer_sends_to_a_pasted_list(client, engine, event, access):
    pasted = 'ada@fans.example, "Bell, Bob" <bob@fans.example>\r\na&b<; ada@fans.example'
    page = client.post("/events/event1/send", data={"access": access, "addresses": pasted}).text
    assert "<b>2</b> on their way" in page
    assert "<b>1</b> invited before" in page
    assert "a&amp;b&lt;" in page
    (request,) = engine.queue
    assert (request.origin, len(request.attendees)) == ("list", 3)
    assert {i.name for i in engine.store.invitations("event1")} == {"", "Bell, Bob"}


@pytest.mark.parametrize("addresses", ["", " \n;,", "a@b.example\n" * 10_001])
def test_an_empty_or_endless_list_is_refused(client, engine, event, access, addresses):
    answer = client.post("/events/event1/send", data={"access": access, "addresses": addresses}, headers=HTML)
    assert answer.status_code == 422
    assert "10,000" in answer.text
    assert not engine.queue


def test_pasted_lists():
    people, nobody = pasted('a@b.example;Bob <b@b.example>,"X, Y" <c@b.example>\n\nnobody\nD <e@b.example')
    assert [(p.email, p.name) for p in people] == [
        ("a@b.example", ""),
        ("b@b.example", "Bob"),
        ("c@b.example", "X, Y"),
        ("D <e@b.example", ""),
    ]
    assert nobody == (("nobody", "there is no @ in it, so it is no address"),)
    assert len(pasted('"' + "," * 1_000_000)[0]) == 0


def test_a_pasted_table():
    people, _ = pasted("Name\tMail\nAda Élan\tada@b.example\n")
    assert [(p.email, p.name) for p in people] == [("ada@b.example", "Ada Élan")]


@pytest.mark.parametrize("origin", ["http://[", "://", "http://127.0.0.1:8000@evil.example"])
def test_a_broken_origin_is_another_site(client, origin):
    assert client.post("/confirm/x", headers={"Origin": origin}).json()["type"] == "/problems/cross-site"


def test_a_form_of_another_site_does_nothing(client, engine, event, access, mail):
    confirm = path(confirmation_link(engine, mail, "Opener"))
    foreign = [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
    ]
    for headers in foreign:
        for place, data in (
            ("/events/event1/send", {"access": access, "addresses": "a@b.example"}),
            (confirm, {}),
            ("/lab/mails/1/answer", {"as": "google", "answer": "accept"}),
        ):
            answer = client.post(place, data=data, headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/cross-site")
    assert not engine.queue
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://127.0.0.1:8000"}, {}):
        assert client.post(confirm, headers=headers).status_code == 200


def test_confirming_takes_a_post(client, engine, mail):
    link = path(confirmation_link(engine, mail, "Opener <b>"))
    page = client.get(link).text
    assert "Opener &lt;b&gt;" in page
    assert "owner@club.example" in page
    assert not engine.queue
    assert client.post(link).status_code == 200
    assert list(engine.queue) == [MailArrived(replace(mail, is_confirmed=True))]


@pytest.mark.parametrize(
    ("age", "words"), [(CONFIRMATION_AGE + timedelta(seconds=1), "has expired"), (None, "changed")]
)
def test_an_old_or_forged_confirmation_changes_nothing(engine, lab, mail, age, words):
    link = path(confirmation_link(replace(engine, now=lambda: NOW - (age or timedelta(0))), mail, "Opener"))
    client = TestClient(create_app(engine, lab=lab, mail_in=None))
    link = link if age else link.replace("/confirm/", "/confirm/x")
    for answer in (client.get(link, headers=HTML), client.post(link, headers=HTML)):
        assert answer.status_code == 403
        assert words in answer.text
    assert not engine.queue


def test_a_mails_text_cannot_forge_a_confirmation(client, engine, mail):
    # The same payload, signed for the event page.
    forged = sign(SECRET, EVENT_PAGE, {"mail": {}, "summary": "x"}, NOW)
    assert client.post(f"/confirm/{forged}").status_code == 403


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_the_report(client, engine, event, invited, access):
    ada = invited(event, "ada@fans.example", name='Ada "A", B')
    invited(event, "bob@fans.example", state=State.FAILED, reason="550 no such\r\nuser")
    answered(engine, ada, Partstat.ACCEPTED, comment="See you,\nthere", guests=2)
    answered(engine, ada, Partstat.DECLINED, recurrence_id="20270121T173000Z")
    answered(engine, replace(ada, address="eve@x.example"), Partstat.DECLINED, grade=Grade.FORWARDED)
    answer = client.get(f"/events/event1/report.csv?access={access}")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="report-event1.csv"'
    assert answer.text.split("\r\n")[0] == ",".join(COLUMNS)
    by_email = {row["email"]: row for row in rows(answer)}
    assert len(by_email) == 3
    assert by_email["ada@fans.example"] == {
        "email": "ada@fans.example",
        "name": 'Ada "A", B',
        "origin": "api",
        "state": "sent",
        "reason": "",
        "sent": "2026-11-20T12:00:00+00:00",
        "answer": "accepted",
        "answered_at": "2026-11-20T12:00:00+00:00",
        "client": "google",
        "grade": "token",
        "comment": "See you,\nthere",
        "guests": "2",
        "asked_again": "",
        "previous_answer": "",
    }
    bob, eve = by_email["bob@fans.example"], by_email["eve@x.example"]
    assert (bob["state"], bob["reason"], bob["answer"]) == ("failed", "550 no such\r\nuser", "none")
    assert (eve["state"], eve["answer"], eve["grade"]) == ("stranger", "declined", "forwarded")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(client, engine, event, invited, access, start):
    evil = f'{start}HYPERLINK("http://evil.example")'
    answered(
        engine, invited(event, "=a@fans.example", name=evil, reason=evil), Partstat.ACCEPTED, comment=evil, client=evil
    )
    (row,) = rows(client.get(f"/events/event1/report.csv?access={access}"))
    assert row["email"] == "'=a@fans.example"
    assert {row[column] for column in ("name", "reason", "comment", "client")} == {"'" + evil}


def test_a_long_report_is_read_page_by_page(client, engine, event, invited, access, monkeypatch):
    invited(event, *(f"fan{number}@fans.example" for number in range(2 * PAGE + 1)))
    asked = []
    read = engine.store.invitations
    monkeypatch.setattr(engine.store, "invitations", lambda *a, **k: asked.append(k["limit"]) or read(*a, **k))
    found = rows(client.get(f"/events/event1/report.csv?access={access}"))
    assert len({row["email"] for row in found}) == 2 * PAGE + 1
    assert asked == [PAGE] * 4


def test_an_operator_replaces_templates_file_by_file(engine, event, tmp_path):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "base.html").write_text("OUR BRAND {% block main %}{% endblock %}")
    settings = Settings(domain="invites.example", templates_dir=tmp_path, _env_file=None)
    client = TestClient(create_app(replace(engine, settings=settings), lab=None, mail_in=None))
    page = client.get("/e/event1").text
    assert page.startswith("OUR BRAND")
    assert "<h1>Opener</h1>" in page


def attached(*files):
    message = EmailMessage()
    message.set_content("x")
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def test_a_file_is_saved_and_never_shown(client, engine, make_event):
    key = engine.archive.put(attached(("a.pdf", b"one"), ("Plän.pdf", b"two")))
    files = (File("Plän.pdf", "application/pdf", 3, key, 1, is_linked=True),)
    make_event(files=files)
    answer = client.get("/e/event1/files/0")
    assert (answer.status_code, answer.content) == (200, b"two")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''Pl%C3%A4n.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    assert '<a href="/e/event1/files/0">Plän.pdf</a>' in client.get("/e/event1").text
    assert client.get("/e/event1/files/1").status_code == 404
    assert client.get("/e/nothing/files/0").status_code == 404
    assert client.get("/e/event1/files/99").status_code == 422
