"""The public door by HTTP: who may ask, what they must show, and that the answer tells nothing of the address."""

import base64
import inspect
import json
from dataclasses import replace
from datetime import datetime, timedelta

import altcha
import jwt
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples_of
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.testclient import TestClient

from invited.api import asking, examples
from invited.api.app import create_app
from invited.api.peers import peer
from invited.api.proof_of_work import is_proof
from invited.api.public import AskBody, Asked, ChallengeDetail
from invited.domain.door import Challenge
from invited.domain.event import Status
from invited.domain.invitation import State
from invited.domain.moment import Moment
from invited.messages import InviteAsked
from invited.settings import Settings
from tests.api.given import NOW, OWNER

API = "/api/v1/public/events/event1/invitations"
PAGE = "/e/event1/invite"
HTML = {"Accept": "text/html"}


@pytest.fixture
def settings():
    return Settings(domain="invites.example", public_challenge_cost=1, _env_file=None)


@pytest.fixture
def open_app(engine):
    """A client of another machine, and what the server is told to do otherwise."""

    def open_with(peer="192.0.2.7", **changes):
        changed = replace(engine, settings=engine.settings.model_copy(update=changes))
        app = create_app(changed, lab=None, mail_in=None)
        return TestClient(app, base_url="http://127.0.0.1:8000", client=(peer, 1), raise_server_exceptions=False)

    return open_with


def asked(client, email="ada@fans.example", headers=None, **more):
    return client.post(API, json={"email": email} | more, headers=headers)


def on_page(client, email="ada@fans.example", **more):
    return client.post(PAGE, data={"email": email} | more, headers=HTML)


def kind(answer):
    return answer.status_code, answer.json().get("type")


def solution(client):
    """What a browser makes of a challenge."""
    told = client.get("/api/v1/public/events/event1/challenge").json()
    challenge = altcha.Challenge.from_dict(told)
    return altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()


def test_asking_for_an_invite_needs_no_key(client, engine, event):
    answer = asked(client, "Ada@Fans.Example", name="Ada <b>x</b> www.evil.com", origin="link:mailchimp")
    assert answer.status_code == 202
    assert answer.json() == examples.ASKED
    assert engine.queue == [InviteAsked("event1", "ada@fans.example", "Ada b x b evil. com", "link:mailchimp", NOW)]
    assert engine.store.statistics("event1").invitations == 0


def test_the_answer_is_the_same_for_every_address(open_app, engine, event, invited):
    client = open_app(public_pressure=1000)
    invited(event, "known@fans.example")
    invited(event, "bounced@fans.example", state=State.FAILED)
    engine.store.suppress("gone@fans.example", "complained", NOW)
    engine.store.suppress("off@fans.example", "unsubscribed", NOW, organizer=OWNER)
    names = ["new@fans.example", "known@fans.example", "bounced@fans.example", "gone@fans.example", "off@fans.example"]
    names += [OWNER, "rsvp@invites.example"]
    told = [asked(client, name) for name in names]
    assert {(t.status_code, t.text) for t in told} == {(202, told[0].text)}
    pages = [on_page(client, name) for name in names]
    assert {p.text.replace(n, "") for p, n in zip(pages, names, strict=True)} == {pages[0].text.replace(names[0], "")}
    assert len(engine.queue) == 2 * len(names)


def test_the_door_looks_at_nothing_that_is_known_of_an_address(client, engine, event, monkeypatch):
    """So that the time of an answer tells no more than its words."""
    for method in ("invitation", "suppressed", "receipts", "newcomer", "stranger"):
        monkeypatch.setattr(engine.store, method, None)
    assert asked(client).status_code == 202
    assert on_page(client).status_code == 200
    assert "admission" not in inspect.getsource(asking)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "nobody"},
        {"email": ""},
        {"email": "a@b.example\r\nBcc: x@y.example"},
        {"email": "ada@fans.example", "attendees": []},
        {"email": "ada@fans.example", "name": "x" * 321},
        {"email": ["ada@fans.example"]},
        [],
    ],
)
def test_what_is_no_request_is_named(client, engine, event, body):
    answer = client.post(API, json=body)
    assert kind(client.post(API, content=rb'{"email": "\ud800@fans.example"}')) == (422, "/problems/invalid")
    assert kind(answer) == (422, "/problems/invalid")
    assert answer.json()["errors"]
    assert not engine.queue


def test_channels_that_nobody_listed_are_one(client, engine, event):
    engine.store.set_choices("event1", {"public_links": ("radio",)})
    for origin in ("link:radio", "link:mailchimp", "button", "api", "link:" + "x" * 300):
        assert asked(client, origin=origin).status_code == 202
    assert [m.origin for m in engine.queue] == ["link:radio", "link:other", "button", "link:other", "link:other"]


@pytest.mark.parametrize(
    ("component", "name", "status"),
    [
        ({"status": Status.CANCELLED}, "event-cancelled", 409),
        ({"start": Moment(datetime(2026, 11, 20, 10), "UTC")}, "event-over", 409),
        ({"start": Moment(datetime(2026, 11, 18)), "duration": None}, "event-over", 409),
        ({"start": Moment(datetime(2026, 11, 1, 10), "UTC"), "rules": ("FREQ=DAILY;COUNT=19",)}, "event-over", 409),
    ],
)
def test_nobody_asks_for_what_takes_place_no_more(client, engine, make_event, component, name, status):
    make_event(**component)
    assert kind(asked(client)) == (status, f"/problems/{name}")
    assert client.get(PAGE, headers=HTML).status_code == status
    assert on_page(client).status_code == status
    assert not engine.queue


@pytest.mark.parametrize(
    "component",
    [
        {"start": Moment(datetime(2026, 11, 20, 11), "UTC")},
        {"start": Moment(datetime(2026, 11, 20)), "duration": None},
        {"start": Moment(datetime(2026, 11, 1, 10), "UTC"), "rules": ("FREQ=DAILY;COUNT=21",)},
        {"start": Moment(datetime(2020, 1, 1, 10), "UTC"), "rules": ("FREQ=WEEKLY",)},
    ],
)
def test_an_event_that_still_goes_on_may_be_asked_for(client, make_event, component):
    make_event(**component)
    assert asked(client).status_code == 202


def test_the_kill_switch(client, engine, event, open_app):
    engine.store.set_choices("event1", {"public": False})
    assert kind(asked(client)) == (403, "/problems/not-public")
    assert kind(client.get("/api/v1/public/events/event1/challenge")) == (403, "/problems/not-public")
    assert client.get(PAGE, headers=HTML).status_code == 403
    assert on_page(client).status_code == 403
    engine.store.set_choices("event1", {"public": None})
    assert kind(asked(open_app(public=False))) == (403, "/problems/not-public")
    engine.store.set_choices("event1", {"public": True})
    assert asked(open_app(public=False)).status_code == 202


def test_an_event_that_is_not(client):
    assert kind(client.post(API, json={"email": "ada@fans.example"})) == (404, "/problems/not-found")
    assert kind(client.get("/api/v1/public/events/event1/challenge")) == (404, "/problems/not-found")
    assert client.get(PAGE).status_code == client.post(PAGE).status_code == 404


SITE = "https://club.example"


def test_any_site_may_ask_unless_the_event_names_some(client, engine, event):
    for site in (SITE, "null", "https://evil.example"):
        assert asked(client, headers={"Origin": site}).status_code == 202
    engine.store.set_choices("event1", {"public_sites": (SITE,)})
    assert asked(client, headers={"Origin": SITE}).status_code == 202
    assert asked(client).status_code == 202
    assert asked(client, headers={"Origin": "http://127.0.0.1:8000"}).status_code == 202
    for site in ("https://evil.example", "null", f"{SITE}:8443", "http://club.example", f"{SITE}.evil.example"):
        answer = asked(client, headers={"Origin": site})
        assert kind(answer) == (403, "/problems/site-not-allowed")
        assert f"{engine.settings.url}/e/event1" in answer.json()["remedy"]
        assert kind(client.get("/api/v1/public/events/event1/challenge", headers={"Origin": site}))[0] == 403
        # So that the page can read why.
        assert answer.headers["access-control-allow-origin"] == "*"
    assert len(engine.queue) == 6


def test_browsers_may_call_the_public_api_from_other_sites_and_no_other(client, event, owner):
    preflight = {
        "Origin": SITE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    allowed = client.options(API, headers=preflight)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert "POST" in allowed.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in allowed.headers
    for path in ("/api/v1/events/event1/invitations", "/e/event1/invite", "/api/v1/events/event1/ticket-secret"):
        assert "access-control-allow-origin" not in client.options(path, headers=preflight).headers
    assert "access-control-allow-origin" not in client.get(PAGE, headers={"Origin": SITE}).headers


def test_a_crowd_from_one_address_must_show_a_proof_of_work_and_then_wait(open_app, engine, event):
    client = open_app(public_pressure=60, public_per_peer=6)
    assert [asked(client, f"fan{n}@d{n}.example").status_code for n in range(3)] == [202] * 3
    assert kind(asked(client)) == (403, "/problems/challenge-needed")
    assert asked(client, altcha=solution(client)).status_code == 202
    assert asked(open_app("192.0.2.8", public_pressure=60)).status_code == 202
    # The page has no script to solve it: a mail asks instead.
    assert "open the link in it" in on_page(client).text
    assert engine.queue[-1].needs_confirmation
    answer = asked(client)
    assert kind(answer) == (429, "/problems/too-many-requests")
    assert int(answer.headers["retry-after"]) > 0
    assert on_page(client).status_code == 429


def test_many_victims_of_one_mail_domain_are_spared(open_app, engine, event):
    """List bombing by a botnet: each request comes from another address, for another victim."""
    clients = [open_app(f"198.51.100.{n}", public_pressure=40, public_per_domain=12) for n in range(30)]
    told = [kind(asked(client, f"victim{n}@victim.example")) for n, client in enumerate(clients[:15])]
    assert told == [(202, None)] * 10 + [(403, "/problems/challenge-needed")] * 5
    # Without a script nothing but a question goes out, and with a proof not more than the limit.
    assert on_page(clients[20], "victim20@victim.example").status_code == 200
    assert engine.queue[-1].needs_confirmation
    assert asked(clients[21], "victim21@victim.example", altcha=solution(clients[21])).status_code == 202
    answer = asked(clients[22], "victim22@victim.example", altcha=solution(clients[22]))
    assert kind(answer) == (429, "/problems/too-many-requests")
    # Others are not concerned.
    assert asked(clients[23], "ada@fans.example").status_code == 202


def test_many_victims_of_one_event_are_spared(open_app, make_event, engine, event):
    clients = [open_app(f"2001:db8:{n:x}::1", public_pressure=20, public_per_event=22) for n in range(30)]
    told = [kind(asked(client, f"victim@d{n}.example")) for n, client in enumerate(clients[:22])]
    assert told == [(202, None)] * 20 + [(403, "/problems/challenge-needed")] * 2
    for n in (22, 23):
        assert asked(clients[n], f"victim@d{n}.example", altcha=solution(clients[n])).status_code == 202
    assert kind(asked(clients[24], altcha=solution(clients[24]))) == (429, "/problems/too-many-requests")
    make_event("event2")
    elsewhere = clients[25].post(API.replace("event1", "event2"), json={"email": "ada@fans.example"})
    assert elsewhere.status_code == 202


def test_a_proof_of_work_can_always_be_asked_for(client, engine, event):
    engine.store.set_choices("event1", {"public_challenge": Challenge.ALWAYS})
    assert kind(asked(client)) == (403, "/problems/challenge-needed")
    proof = solution(client)
    assert asked(client, altcha=proof).status_code == 202
    assert kind(asked(client, altcha=proof)) == (403, "/problems/challenge-needed")
    assert on_page(client).status_code == 200
    assert [m.needs_confirmation for m in engine.queue] == [False, True]


def test_a_proof_is_for_one_event_and_ten_minutes(client, engine, make_event):
    event, other = make_event(), make_event("event2")
    assert not is_proof(engine, other, solution(client))
    late = replace(engine, now=lambda: NOW + timedelta(minutes=10, seconds=1))
    assert not is_proof(late, event, solution(client))
    assert not is_proof(replace(engine, secret=b"another secret 0"), event, solution(client))
    assert is_proof(engine, event, solution(client))


def test_a_challenge_that_was_made_easier_proves_nothing(client, engine, event):
    made = altcha.create_challenge(
        "SHA-256", 1, key_prefix="", data={"event": "event1", "expires": 9e9}, hmac_secret=b"x"
    )
    assert not is_proof(engine, event, altcha.Payload(made, altcha.solve_challenge(made)).to_base64())
    told = client.get("/api/v1/public/events/event1/challenge").json()
    told["parameters"]["keyPrefix"] = ""
    easier = altcha.Challenge.from_dict(told)
    assert not is_proof(engine, event, altcha.Payload(easier, altcha.solve_challenge(easier)).to_base64())
    wrong = altcha.Payload(
        altcha.Challenge.from_dict(client.get(API.replace("invitations", "challenge")).json()),
        altcha.Solution(0, "00" * 32),
    )
    assert not is_proof(engine, event, wrong.to_base64())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
)


@examples_of(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=60) | json_values.map(lambda v: base64.b64encode(json.dumps(v).encode()).decode()))
def test_what_is_no_proof_is_none(engine, event_once, text):
    assert not is_proof(engine, event_once, text)


@pytest.fixture
def event_once(make_event):
    return make_event("event3")


def test_double_opt_in_asks_first(client, engine, event):
    engine.store.set_choices("event1", {"public_double_opt_in": True})
    told = asked(client).json()
    assert told["confirmation"] is True
    assert told["detail"].startswith("A mail that asks whether it was you is on its way.")
    assert "open the link in it" in on_page(client).text
    assert all(m.needs_confirmation for m in engine.queue)


@pytest.fixture
def site(client, owner, event, engine):
    """The organizer's own site, which signs tickets."""
    engine.store.set_choices("event1", {"public_ticket": True})
    secret = client.post("/api/v1/events/event1/ticket-secret", headers=owner).json()["secret"]

    def sign(email="ada@fans.example", jti="order-1", key=secret):
        claims = {"event": "event1", "email": email, "exp": int(NOW.timestamp()) + 600, "jti": jti}
        return jwt.encode(claims, key, algorithm="HS256")

    return sign


def test_an_event_may_ask_for_a_ticket(client, engine, site):
    assert kind(asked(client)) == (403, "/problems/ticket-needed")
    assert kind(asked(client, ticket=site(key="x" * 43))) == (403, "/problems/ticket-needed")
    assert kind(asked(client, "eve@fans.example", ticket=site())) == (403, "/problems/ticket-needed")
    assert not engine.queue
    assert asked(client, ticket=site()).status_code == 202
    assert kind(asked(client, ticket=site())) == (403, "/problems/ticket-needed")
    (message,) = engine.queue
    assert message.is_vouched


def test_the_page_takes_the_ticket_along(client, engine, site):
    bare = client.get(PAGE).text
    assert "This event is for those with a ticket" in bare
    assert "<form" not in bare
    page = client.get(PAGE, params={"email": "ada@fans.example", "ticket": site()}).text
    assert f'name="ticket" value="{site()}"' in page
    assert on_page(client, ticket=site()).status_code == 200
    assert on_page(client, ticket=site()).status_code == 403
    assert len(engine.queue) == 1


def test_a_ticket_stands_for_a_proof_of_work_and_for_the_network_address(open_app, engine, site):
    """The organizer's server asks for all its customers."""
    client = open_app(public_pressure=0, public_per_peer=1)
    for n in range(5):
        email = f"fan{n}@fans.example"
        assert asked(client, email, ticket=site(email, f"order-{n}")).status_code == 202
    assert not any(m.needs_confirmation for m in engine.queue)


def test_only_the_organizer_makes_a_ticket_secret(client, event, engine, header):
    path = "/api/v1/events/event1/ticket-secret"
    assert client.post(path).status_code == 401
    assert client.post(path, headers=header(organizer="other@club.example")).status_code == 404
    assert engine.store.event("event1").door.public_ticket_keys is None


@pytest.mark.parametrize(
    ("host", "forwarded", "expected"),
    [
        ("192.0.2.7", [], "192.0.2.7"),
        ("192.0.2.7", ["203.0.113.9"], "192.0.2.7"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["6.6.6.6, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["6.6.6.6", "203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["10.9.9.9, 10.0.0.2"], "10.9.9.9"),
        ("10.0.0.1", ["nonsense"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", [], "192.0.2.7"),
        ("fe80::1%eth0", [], "fe80::/64"),
        ("::ffff:10.0.0.1", ["2001:db8::1"], "2001:db8::/64"),
        ("testclient", ["203.0.113.9"], "testclient"),
    ],
)
def test_the_network_address_of_a_client(host, forwarded, expected):
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    request = Request({"type": "http", "client": (host, 1), "headers": headers})
    assert peer(request, Settings(trusted_proxies="10.0.0.0/8", _env_file=None)) == expected


def test_the_examples_have_the_shape_of_the_answers():
    assert AskBody.model_validate(examples.ASK).model_dump(include=set(examples.ASK)) == examples.ASK
    for shape, example in ((Asked, examples.ASKED), (ChallengeDetail, examples.CHALLENGE)):
        assert shape.model_validate(example).model_dump(mode="json") == example


def test_a_challenge_has_the_shape_of_its_example(client, event):
    told = client.get("/api/v1/public/events/event1/challenge").json()
    assert told.keys() == examples.CHALLENGE.keys()
    assert told["parameters"].keys() == examples.CHALLENGE["parameters"].keys()
