"""Signing in by a link in a mail, and what the session may then do, for how long, and from where."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from invited.api import apps
from invited.api.app import create_app
from invited.api.sign_in import MOST, MOST_OF_PEER
from invited.domain.errors import Aside
from invited.messages import SignInRequested
from invited.pipelines import usher
from invited.sessions import AGE, CHANGE, GRACE, IDLE, LINK_AGE, SEEN, sign_in_link
from invited.sessions import MOST as MOST_SESSIONS
from invited.settings import Settings
from tests.api.given import OTHER, OWNER

ADMIN = "root@club.example"
OURS = {"Sec-Fetch-Site": "same-origin"}
SECOND = timedelta(seconds=1)


@pytest.fixture
def settings():
    return Settings(domain="invites.example", admins=f"{ADMIN.upper()}, second@club.example", _env_file=None)


@pytest.fixture(autouse=True)
def built(tmp_path, monkeypatch):
    """Where the apps would be built; there are none."""
    monkeypatch.setattr(apps, "BUILT", tmp_path)
    return tmp_path


@pytest.fixture
def browser(client):
    """A browser on which nobody is signed in yet."""
    client.follow_redirects = False
    return client


@pytest.fixture
def enter(engine, browser):
    """Signs somebody in on the browser."""

    def enter(address=OWNER):
        path = sign_in_link(engine, address).removeprefix(engine.settings.url)
        answer = browser.post(path, headers=OURS)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        return answer

    return enter


def cookie(browser):
    return browser.cookies["invited-session"]


def mailed_link(lab):
    (item,) = lab.mails(None, "", 10)
    assert item.to == OWNER
    from email import message_from_bytes, policy

    text = message_from_bytes(lab.raw(item.id), policy=policy.default).get_body(("plain",)).get_content()
    return re.search(r"http://127\.0\.0\.1:8000(/sign-in/\S+)", text)[1]


def test_who_signs_in_comes_to_the_app_where_it_is_built(browser, engine, built, event):
    (built / "app").mkdir()
    (built / "app/index.html").write_text("the app")
    path = sign_in_link(engine, OWNER).removeprefix(engine.settings.url)
    assert browser.post(path, headers=OURS).headers["location"] == "/app/"


def test_the_whole_way_in_and_out(browser, engine, lab, event):
    assert browser.get("/account").headers["location"] == "/sign-in"
    assert 'action="/sign-in"' in browser.get("/sign-in").text
    assert OWNER in browser.post("/sign-in", data={"email": "Owner@Club.example"}, headers=OURS).text
    (asked,) = engine.queue
    usher.handle(asked, engine)
    path = mailed_link(lab)
    for _ in range(2):
        # A mail scanner looks first.
        assert OWNER in browser.get(path).text
    answer = browser.post(path, headers=OURS)
    assert answer.headers["location"] == "/account"
    shown = browser.get("/account").text
    assert "Opener" in shown
    assert f"/events/{event.id}?access=" in shown
    assert browser.get("/api/v1/me").json()["address"] == OWNER
    browser.post("/sign-out", headers=OURS)
    assert browser.get("/account").headers["location"] == "/sign-in"
    assert browser.get("/api/v1/me").status_code == 401


def test_a_link_works_once(browser, engine, event):
    path = sign_in_link(engine, OWNER).removeprefix(engine.settings.url)
    assert browser.post(path, headers=OURS).status_code == 303
    browser.cookies.clear()
    for answer in (browser.get(path), browser.post(path, headers=OURS)):
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/link-not-valid")
        assert "/sign-in" in answer.json()["remedy"]
    assert not browser.cookies


def test_a_link_expires(browser, engine, clock, event):
    path = sign_in_link(engine, OWNER).removeprefix(engine.settings.url)
    clock.at += LINK_AGE - SECOND
    assert browser.get(path).status_code == 200
    clock.at += SECOND
    assert browser.get(path).status_code == browser.post(path, headers=OURS).status_code == 403


def test_another_site_can_neither_ask_nor_enter(browser, engine, event):
    path = sign_in_link(engine, OWNER).removeprefix(engine.settings.url)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        for way in (path, "/sign-in"):
            answer = browser.post(way, data={"email": OWNER}, headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/cross-site")
    assert not engine.queue
    assert not browser.cookies


def test_known_and_unknown_addresses_are_answered_alike(client, engine, event):
    answers = [client.post("/api/v1/sign-in", json={"email": email}) for email in (OWNER, ADMIN, OTHER)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, '{"minutes":15}')}
    assert engine.queue == [SignInRequested(OWNER), SignInRequested(ADMIN), SignInRequested(OTHER)]


def test_only_organizers_with_events_and_admins_get_a_link(engine, lab, event):
    usher.handle(SignInRequested(OWNER), engine)
    usher.handle(SignInRequested(ADMIN), engine)
    with pytest.raises(Aside):
        usher.handle(SignInRequested(OTHER), engine)
    assert sorted(mail.to for mail in lab.mails(None, "", 10)) == [OWNER, ADMIN]


def test_one_address_gets_so_many_links_an_hour_and_hears_nothing_of_more(client, engine, clock, event):
    answers = {client.post("/api/v1/sign-in", json={"email": OWNER}).status_code for _ in range(MOST + 2)}
    assert answers == {202}
    assert len(engine.queue) == MOST
    clock.advance(3600)
    client.post("/api/v1/sign-in", json={"email": OWNER})
    assert len(engine.queue) == MOST + 1


def test_one_network_may_ask_so_often_an_hour(engine, lab, event):
    app = create_app(engine, lab=lab, mail_in=None)

    def ask(host, n):
        return TestClient(app, client=(host, 50000)).post("/api/v1/sign-in", json={"email": f"{n}@club.example"})

    answers = [ask(f"2001:db8::{n:x}", n) for n in range(MOST_OF_PEER + 1)]
    assert [answer.status_code for answer in answers] == [202] * MOST_OF_PEER + [429]
    assert answers[-1].headers["retry-after"] == "3600"
    assert answers[-1].json()["type"] == "/problems/too-many-requests"
    assert ask("2001:db8:0:1::1", "x").status_code == ask("192.0.2.1", "x").status_code == 202


@pytest.mark.parametrize("email", ["", "x", "a@b\r\nc@d.example", "x" * 300 + "@club.example"])
def test_what_is_no_address_is_refused(client, engine, email):
    answer = client.post("/api/v1/sign-in", json={"email": email})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert not engine.queue


def test_the_cookie_is_for_this_host_and_no_script(enter, event):
    told = enter().headers["set-cookie"]
    assert re.fullmatch(r"invited-session=\S+; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax", told)


def test_with_https_the_cookie_goes_nowhere_else(engine, lab, event):
    safe = replace(engine, settings=Settings(public_url="https://invites.example", _env_file=None))
    browser = TestClient(create_app(safe, lab=lab, mail_in=None), "https://invites.example", follow_redirects=False)
    path = sign_in_link(safe, OWNER).removeprefix("https://invites.example")
    told = browser.post(path, headers=OURS).headers["set-cookie"]
    assert told.startswith("__Host-invited-session=")
    assert told.endswith("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure")
    assert browser.get("/api/v1/me").json()["address"] == OWNER


def test_the_store_keeps_no_secret(engine, enter, browser, event):
    enter()
    (session,) = engine.store.sessions(OWNER)
    assert cookie(browser).split(".")[1] not in repr(session)


def test_an_organizer_sees_their_own_with_every_scope(enter, browser, make_event, event):
    make_event("event2", organizer=OTHER)
    enter()
    me = browser.get("/api/v1/me").json()
    assert (me["kind"], me["role"], len(me["scopes"])) == ("session", "organizer", 8)
    assert me["limits"]["invitations"] == 1_000_000
    assert browser.get("/api/v1/events/event1").status_code == 200
    assert browser.get("/api/v1/events/event2").status_code == 404
    assert browser.get("/api/v1/domain/events").status_code == 403


def test_an_admin_sees_the_domain_as_long_as_the_settings_say_so(enter, browser, engine, lab, event):
    enter(ADMIN)
    assert browser.get("/api/v1/me").json()["role"] == "admin"
    assert browser.get("/api/v1/domain/events").status_code == 200
    assert OWNER in browser.get("/account").text
    former = create_app(replace(engine, settings=Settings(_env_file=None)), lab=lab, mail_in=None)
    now = TestClient(former, "http://127.0.0.1:8000", cookies={"invited-session": cookie(browser)})
    assert now.get("/api/v1/me").json()["role"] == "organizer"
    assert now.get("/api/v1/domain/events").status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:8000"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_a_session_changes_things_from_our_own_pages_only(enter, browser, event, headers, status):
    enter()
    answer = browser.patch("/api/v1/events/event1/settings", json={"strangers": "refuse"}, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["type"] == "/problems/cross-site"
    shown = browser.get("/api/v1/events/event1", headers=headers)
    assert (shown.status_code, shown.json()["strangers"]) == (200, "refuse" if status == 200 else "ask")


def test_a_key_needs_no_page_of_ours(client, owner, event):
    headers = owner | {"Origin": "https://club.example"}
    assert client.patch("/api/v1/events/event1/settings", json={}, headers=headers).status_code == 200


def test_a_session_ends_when_nobody_uses_it(enter, browser, clock, event):
    enter()
    for _ in range(3):
        clock.at += IDLE - SEEN
        assert browser.get("/api/v1/me").status_code == 200
    clock.at += IDLE
    answer = browser.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="invited"'


def test_a_session_ends_by_its_age_however_much_it_is_used(enter, browser, clock, event):
    enter()
    end = clock.at + AGE
    while clock.at + CHANGE < end:
        clock.at += CHANGE
        assert browser.get("/api/v1/me").status_code == 200
    clock.at = end
    assert browser.get("/api/v1/me").status_code == 401


def test_the_secret_changes_and_the_former_is_good_for_a_moment(enter, browser, clock, event):
    enter()
    former = cookie(browser)
    clock.at += CHANGE
    assert browser.get("/api/v1/me").status_code == 200
    assert cookie(browser) != former
    clock.at += GRACE
    assert browser.get("/api/v1/me", headers={"Cookie": f"invited-session={former}"}).status_code == 200
    assert browser.get("/api/v1/me").status_code == 200


def test_a_copy_of_a_former_secret_ends_the_session(enter, browser, clock, engine, event):
    enter()
    copied = cookie(browser)
    clock.at += CHANGE
    browser.get("/api/v1/me")
    clock.at += GRACE + SECOND
    assert browser.get("/api/v1/me", headers={"Cookie": f"invited-session={copied}"}).status_code == 401
    assert engine.store.sessions(OWNER) == []
    assert browser.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("page", ["/account", "/api/v1/events/absent"])
def test_a_changed_secret_goes_with_any_answer(enter, browser, clock, event, page):
    enter()
    clock.at += CHANGE
    assert "set-cookie" in browser.get(page).headers


@pytest.mark.parametrize("value", ["nonsense", ".", "a.b", "x" * 4000, '"'])
def test_what_is_no_cookie_of_ours_opens_nothing(browser, value):
    assert browser.get("/api/v1/me", headers={"Cookie": f"invited-session={value}"}).status_code == 401


def test_a_session_and_another_ones_secret_open_nothing(enter, browser, event):
    enter()
    one = cookie(browser)
    browser.cookies.clear()
    enter()
    mixed = f"{one.split('.')[0]}.{cookie(browser).split('.')[1]}"
    assert browser.get("/api/v1/me", headers={"Cookie": f"invited-session={mixed}"}).status_code == 401


def test_signing_in_again_ends_the_session_that_the_browser_had(enter, browser, engine, event):
    enter()
    first = cookie(browser)
    enter()
    assert cookie(browser) != first
    assert len(engine.store.sessions(OWNER)) == 1


def test_sessions_are_listed_and_ended(enter, browser, engine, event):
    for _ in range(3):
        browser.cookies.clear()
        enter()
    listed = browser.get("/api/v1/sessions").json()["sessions"]
    assert [s["is_this"] for s in listed].count(True) == 1
    assert cookie(browser).split(".")[1] not in str(listed)
    other = next(s["id"] for s in listed if not s["is_this"])
    assert browser.delete(f"/api/v1/sessions/{other}", headers=OURS).status_code == 204
    assert len(engine.store.sessions(OWNER)) == 2
    assert browser.delete("/api/v1/sessions", headers=OURS).status_code == 204
    assert browser.get("/api/v1/sessions").status_code == 401


def test_nobody_sees_or_ends_anybody_elses_sessions_but_an_admin(enter, browser, client, header, engine, event):
    enter()
    (session,) = engine.store.sessions(OWNER)
    browser.cookies.clear()
    other, admin = header(organizer=OTHER), header(is_admin=True)
    assert client.get("/api/v1/sessions", headers=other).json() == {"sessions": []}
    assert client.get(f"/api/v1/sessions?address={OWNER}", headers=other).status_code == 403
    assert client.delete(f"/api/v1/sessions?address={OWNER}", headers=other).status_code == 403
    assert client.delete(f"/api/v1/sessions/{session.id}", headers=other).status_code == 404
    assert len(client.get(f"/api/v1/sessions?address={OWNER}", headers=admin).json()["sessions"]) == 1
    assert client.delete(f"/api/v1/sessions/{session.id}", headers=admin).status_code == 204
    assert engine.store.sessions(OWNER) == []


def test_the_page_ends_one_session_or_all(enter, browser, engine, event):
    for _ in range(3):
        browser.cookies.clear()
        enter()
    other = engine.store.sessions(OWNER)[-1].id
    if cookie(browser).startswith(other):
        other = engine.store.sessions(OWNER)[0].id
    assert f"/account/sessions/{other}/end" in browser.get("/account").text
    assert browser.post(f"/account/sessions/{other}/end").status_code == 403
    browser.post(f"/account/sessions/{other}/end", headers=OURS)
    assert len(engine.store.sessions(OWNER)) == 2
    browser.post("/account/sessions/all/end", headers=OURS)
    assert engine.store.sessions(OWNER) == []


def test_one_person_has_so_many_sessions(enter, browser, engine, clock, event):
    for _ in range(MOST_SESSIONS + 2):
        browser.cookies.clear()
        clock.advance(1)
        enter()
    assert len(engine.store.sessions(OWNER)) == MOST_SESSIONS
    assert browser.get("/api/v1/me").status_code == 200


def test_the_events_page_leads_to_a_link_by_mail(client, engine, event):
    from invited.credentials import event_link

    page = client.get(event_link(engine, event.id).removeprefix(engine.settings.url)).text
    assert '<form method="post" action="/sign-in">' in page
    assert f'value="{OWNER}"' in page
