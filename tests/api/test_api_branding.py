from base64 import b64encode

import pytest

from invited.credentials import digest_of
from invited.domain.branding import MailTemplate
from invited.ports import Session
from invited.sessions import AGE
from tests.api.given import NOW

PNG = b"\x89PNG\r\n\x1a\nrest"
CHOSEN = {"name": "Ball & Club", "color": "#B3002D", "footer": "1 Park Road", "wording": {"created": {"intro": "Go!"}}}
AT = "/api/v1/domain/branding"


@pytest.fixture
def put(client, admin):
    return lambda body, **headers: client.put(AT, json=body, headers=admin | headers)


def test_what_is_chosen_dresses_pages_and_is_seen_by_everybody(client, put, event):
    answer = put(CHOSEN | {"logo": b64encode(PNG).decode()})
    assert answer.status_code == 200
    assert answer.json()["wording"] == CHOSEN["wording"]
    assert answer.json()["has_logo"]
    look = client.get("/api/v1/branding").json()
    assert (look["name"], look["color"], look["ink"]) == ("Ball & Club", "#b3002d", "#ffffff")
    assert client.get(look["logo"]).content == PNG
    assert client.get(look["logo"]).headers["content-type"] == "image/png"
    page = client.get(f"/e/{event.id}").text
    assert "Ball &amp; Club" in page
    assert look["logo"] in page
    assert "--accent: #b3002d" in client.get("/pages.css").text


def test_the_logo_stays_until_another_is_brought_or_it_is_taken_away(client, put):
    put({"logo": b64encode(PNG).decode()})
    assert put({"name": "x"}).json()["has_logo"]
    answer = put({"name": "x", "logo": ""}).json()
    assert not answer["has_logo"]
    assert answer["look"]["logo"] is None
    assert client.get("/brand").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"color": "red"},
        {"color": "#ffffff"},
        {"color": "#1b212b"},
        {"logo": "no base64!"},
        {"logo": b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()},
        {"logo": b64encode(PNG + b"x" * 200_000).decode()},
        {"name": "x" * 81},
        {"footer": "x" * 2001},
        {"wording": {"created": {"intro": "x" * 1001}}},
        {"wording": {"nothing": {"intro": "x"}}},
        {"wording": {"created": {"nothing": "x"}}},
        {"wording": {"created": {"intro": "{{ nobody }}"}}},
        {"wording": {"created": {"intro": "{% for a in event.files %}{{ a }}{% endfor %}"}}},
        {"wording": {"created": {"intro": "{{ ''.__class__ }}"}}},
        {"wording": {"created": {"intro" + "x" * n: "x" * 1000 for n in range(51)}}},
        {"other": 1},
    ],
)
def test_what_could_not_be_shown_is_refused_and_changes_nothing(client, put, admin, body):
    answer = put(body)
    assert answer.status_code == 422
    assert answer.json()["remedy"]
    assert client.get(AT, headers=admin).json()["name"] == ""


def test_a_fault_in_a_phrase_is_told_by_its_place(put):
    answer = put({"wording": {"created": {"intro": "{{ nobody }}", "note": "fine"}}}).json()
    assert [error["pointer"] for error in answer["errors"]] == ["#/wording/created/intro"]


def test_of_two_admins_the_second_is_told(client, put, admin):
    seen = client.get(AT, headers=admin).headers["etag"]
    assert put({"name": "one"}, **{"If-Match": seen}).status_code == 200
    assert put({"name": "two"}, **{"If-Match": seen}).status_code == 412


def test_only_domains_served_here_are_dressed(client, admin):
    assert client.get(f"{AT}?domain=other.example", headers=admin).status_code == 404
    assert client.get("/api/v1/branding?domain=other.example").status_code == 404
    assert client.get(f"{AT}?domain=INVITES.example", headers=admin).json()["domain"] == "invites.example"


TEMPLATES = "/api/v1/domain/templates"
OWN = {"text": "Come in\n{{ words.intro }}\n{{ link }}", "mjml": "<mj-text>Come <a href='{{ link }}'>in</a></mj-text>"}


def test_templates_are_stored_shown_and_taken_back(client, admin):
    at = f"{TEMPLATES}/sign_in"
    assert client.put(at, json=OWN, headers=admin).status_code == 200
    shown = client.get(at, headers=admin).json()
    assert shown["own"] == OWN
    assert shown["usual"]["text"].startswith("{{ words.subject }}")
    assert shown["phrases"]["button"] == "Sign in"
    items = {item["name"]: item["is_own"] for item in client.get(TEMPLATES, headers=admin).json()["templates"]}
    assert items["sign_in"]
    assert not items["created"]
    frame = client.get(f"{at}/preview", headers=admin)
    assert "Come <a" in frame.text
    assert frame.headers["content-security-policy"].startswith("sandbox")
    assert client.delete(at, headers=admin).status_code == 204
    assert not client.get(at, headers=admin).json()["is_own"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"text": "{{ nobody }}"}, "nobody"),
        ({"mjml": "<mj-text>\n</mj-txt>"}, "line 2"),
        ({"mjml": "<mj-text>{{ event.__class__ }}</mj-text>"}, "unsafe"),
        ({"text": "{% set x = 1 %}"}, "assign"),
        ({"text": "x" * 32_001}, "fault"),
    ],
)
def test_templates_that_make_no_mail_are_refused(client, admin, body, told):
    answer = client.put(f"{TEMPLATES}/sign_in", json=body, headers=admin)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert not client.get(f"{TEMPLATES}/sign_in", headers=admin).json()["is_own"]


def test_an_invite_is_tried_in_all_its_forms(client, admin):
    body = {"text": "{% if kind == 'cancelled' %}{{ gone }}{% endif %}"}
    assert client.put(f"{TEMPLATES}/invite", json=body, headers=admin).status_code == 422


def test_a_preview_takes_drafts_and_changes_nothing(client, admin, put):
    put({"name": "Club", "logo": b64encode(PNG).decode()})
    body = {"text": OWN["text"], "wording": {"intro": "Welcome back."}}
    mail = client.post(f"{TEMPLATES}/sign_in/preview", json=body, headers=admin).json()
    assert mail["subject"] == "Come in"
    assert mail["text"].startswith("Welcome back.\n")
    assert "Welcome back." in mail["html"]
    assert "data:image/png;base64," in mail["html"]
    assert not client.get(f"{TEMPLATES}/sign_in", headers=admin).json()["is_own"]
    cancelled = client.post(f"{TEMPLATES}/invite/preview?kind=cancelled", json={}, headers=admin).json()
    assert cancelled["subject"] == "Cancelled: Home opener"
    assert "data:" not in cancelled["html"]
    assert client.post(f"{TEMPLATES}/nothing/preview", json={}, headers=admin).status_code == 404


def test_a_fault_that_shows_later_is_told(client, admin, engine):
    engine.store.set_mail_template("invites.example", MailTemplate("sign_in", "{{ gone }}", "", NOW, "gone"))
    items = client.get(TEMPLATES, headers=admin).json()["templates"]
    assert next(item for item in items if item["name"] == "sign_in")["fault"] == "gone"


@pytest.fixture
def signed_in(engine):
    """An admin at a browser."""
    object.__setattr__(engine.settings, "admins", ("boss@club.example",))
    session = Session("s1", digest_of("secret"), "boss@club.example", NOW, NOW, NOW, NOW + AGE)
    engine.store.add_session(session, NOW)
    return {"Cookie": "invited-session=s1.secret", "Sec-Fetch-Site": "same-origin"}


def test_a_test_mail_goes_to_oneself_alone_and_not_without_end(client, lab, signed_in, engine):
    object.__setattr__(engine.settings, "notice_limit", 2)
    answers = [client.post(f"{TEMPLATES}/created/test", headers=signed_in) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].json() == {"to": "boss@club.example"}
    (newest, *_) = lab.mails()
    assert (newest.to, newest.subject) == ("boss@club.example", "Test: Ready to send: Home opener")


def test_a_key_without_an_address_gets_no_test_mail(client, admin, lab):
    answer = client.post(f"{TEMPLATES}/created/test", headers=admin)
    assert answer.json()["type"] == "/problems/no-address"
    assert list(lab.mails()) == []


def test_a_draft_is_shown_in_a_frame_of_ours(client, admin):
    answer = client.post("/templates/created/preview", data={"text": "Subject\n\nHello you"}, headers=admin)
    assert "Hello you" in answer.text
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    refused = client.post("/templates/created/preview", data={"mjml": "{{ nonsense( }}"}, headers=admin)
    assert refused.status_code == 422
