import pytest

from invited.api.auth import held
from invited.domain.hook import Hook
from invited.domain.job import Job
from invited.domain.principal import ALL, USUAL, Scope
from invited.domain.statistics import Statistics
from tests.api.given import OPEN, OTHER, OWNER, routes

ROUTES = [
    ("GET", "/api/v1/events/event1"),
    ("GET", "/api/v1/events/event1/statistics"),
    ("POST", "/api/v1/events/event1/invitations"),
    ("GET", f"/api/v1/organizers/{OWNER}/events"),
    ("GET", "/api/v1/jobs/job1"),
    ("GET", "/api/v1/jobs/job1/live"),
    ("POST", "/api/v1/events/event1/lists"),
    ("POST", "/api/v1/jobs/job1/resend"),
    ("GET", "/api/v1/domain/events"),
    ("GET", "/api/v1/webhooks/hook1"),
    ("GET", "/api/v1/webhooks/hook1/deliveries"),
]
BODY = {"attendees": [{"email": "ada@fans.example"}]}


@pytest.fixture(autouse=True)
def job(engine, event):
    engine.store.open_job(Job("job1", "event1", "api", event.created, Statistics()))
    engine.store.add_hook(Hook("hook1", OWNER, "https://x.example/", event.created), 5)


def ask(client, method, path, headers=None):
    return client.request(method, path, headers=headers, json=BODY if method == "POST" else None)


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "sent",
    [
        None,
        "Bearer nonsense",
        "Bearer inv_x",
        "Bearer inv__",
        "Basic YTpi",
        "Bearer inv_aaaabbbbccccdddd_0123",
        "Bearer é",
    ],
)
def test_without_a_valid_key_nothing_is_told(client, engine, method, path, sent):
    answer = ask(client, method, path, {"Authorization": sent.encode()} if sent else None)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="invited"')
    assert answer.json()["type"] == "/problems/unauthorized"
    assert not engine.queue


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_an_admins_key_opens_everything(client, admin, method, path):
    assert ask(client, method, path, admin).status_code in (200, 202)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_an_organizers_key_opens_their_own(client, owner, method, path):
    assert ask(client, method, path, owner).status_code == (
        403 if "domain" in path else 202 if method == "POST" else 200
    )


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_another_organizers_things_are_not_there(client, header, engine, method, path):
    answer = ask(client, method, path, header(organizer=OTHER))
    assert answer.status_code == (403 if "domain" in path else 404)
    if answer.status_code == 404:
        absent = (
            path.replace("event1", "absent")
            .replace("job1", "absent")
            .replace("hook1", "absent")
            .replace(OWNER, "absent@club.example")
        )
        assert ask(client, method, absent, header(organizer=OTHER)).json() == answer.json()
    assert not engine.queue


def test_a_key_with_one_letter_changed_is_refused(client, admin, event):
    text = admin["Authorization"]
    changed = text[:-1] + ("0" if text[-1] != "0" else "1")
    assert client.get("/api/v1/events/event1", headers={"Authorization": changed}).status_code == 401


def test_a_key_does_only_what_its_scopes_allow(client, engine, header):
    reader = header(organizer=OWNER, scopes={Scope.EVENTS_READ})
    assert client.get("/api/v1/events/event1", headers=reader).status_code == 200
    answer = ask(client, "POST", "/api/v1/events/event1/invitations", reader)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/insufficient-scope")
    # RFC 6750 §3.1
    told = 'Bearer realm="invited", error="insufficient_scope", scope="invitations:send"'
    assert answer.headers["www-authenticate"] == told
    assert not engine.queue


def test_whole_addresses_must_be_asked_for():
    assert {Scope.ATTENDEES_READ} == ALL - USUAL


def test_every_route_of_the_api_says_once_which_scopes_it_needs(client):
    ours = [(path, route) for _method, path, route in routes(client.app) if path.startswith("/api/v1")]
    assert ours
    for path, route in ours:
        declared = sum(needed.call is held for needed in route.dependant.dependencies)
        assert declared == (path not in OPEN), path


def test_the_description_tells_the_scopes(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert paths["/api/v1/events/{id}/invitations"]["post"]["security"] == [
        {"key": ["invitations:send"]},
        {"session": []},
    ]
