"""Organizers' terms over the API, and that a suspended one is refused everything."""

import pytest

from invited.credentials import event_link
from invited.domain.invitation import State
from invited.domain.job import Control, Job
from invited.domain.organizer import FEW
from invited.domain.statistics import Statistics
from tests.api.given import NOW, OTHER, OWNER

PATH = "/api/v1/domain/organizers"
SUSPENSION = {"reason": "Many guests complained"}


@pytest.fixture
def suspended(client, admin, event):
    assert client.post(f"{PATH}/{OWNER}/suspend", headers=admin, json=SUSPENSION).status_code == 200


def test_organizers_are_listed_by_address(client, admin, event, make_event):
    make_event("event2", organizer=OTHER)
    first = client.get(f"{PATH}?limit=1", headers=admin).json()
    assert ([one["email"] for one in first["organizers"]], first["next"]) == ([OTHER], OTHER)
    rest = client.get(f"{PATH}?after={OTHER}", headers=admin).json()
    assert rest == {
        "organizers": [
            {
                "email": OWNER,
                "events": 1,
                "event_limit": None,
                "invitation_limit": None,
                "may_send_lists": True,
                "suspended": None,
                "reason": "",
            }
        ],
        "next": None,
    }


def test_terms_are_set_one_by_one(client, admin, engine):
    path = f"{PATH}/{OWNER.upper()}"
    client.patch(path, headers=admin, json={"event_limit": 3, "may_send_lists": False})
    told = client.patch(path, headers=admin, json={"invitation_limit": 0, "event_limit": None}).json()
    assert (told["event_limit"], told["invitation_limit"], told["may_send_lists"]) == (None, 0, False)
    assert client.get(path, headers=admin).json() == told
    assert engine.store.organizer(OWNER).invitation_limit == 0
    (last, _) = client.get("/api/v1/domain/audit", headers=admin).json()["entries"]
    assert last["action"] == "organizer.terms"


@pytest.mark.parametrize(
    "body", [{"event_limit": -1}, {"may_send_lists": None}, {"suspended": None}, {"event_limit": 1e10}]
)
def test_terms_that_cannot_be_are_refused(client, admin, body):
    assert client.patch(f"{PATH}/{OWNER}", headers=admin, json=body).status_code == 422


def test_what_is_no_address_is_refused(client, admin):
    assert client.get(f"{PATH}/nobody", headers=admin).status_code == 422
    assert client.post(f"{PATH}/nobody/suspend", headers=admin, json=SUSPENSION).status_code == 422


def test_organizers_are_for_admins_alone(client, owner, event):
    for method, path in (("GET", ""), ("GET", f"/{OWNER}"), ("PATCH", f"/{OWNER}"), ("POST", f"/{OWNER}/readmit")):
        assert client.request(method, PATH + path, headers=owner, json={}).status_code == 403
    assert client.post(f"{PATH}/{OTHER}/suspend", headers=owner, json=SUSPENSION).status_code == 403


def test_a_suspended_organizers_key_opens_nothing(client, owner, header, suspended):
    answer = client.get("/api/v1/events/event1", headers=owner)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/barred")
    assert "Many guests complained" in answer.json()["detail"]
    assert client.get(f"/api/v1/organizers/{OTHER}/events", headers=header(organizer=OTHER)).status_code == 200


def test_nobody_sends_for_a_suspended_organizer(client, admin, engine, event, invited, suspended):
    engine.store.open_job(Job("job1", "event1", "api", NOW, Statistics(), control=Control.PAUSED))
    invited(event, "bob@x.example", job="job1", state=State.QUEUED)
    body = {"attendees": [{"email": "ada@x.example"}]}
    access = event_link(engine, "event1").partition("access=")[2]
    page = {"access": access, "addresses": "ada@x.example"}
    answers = [
        client.post("/api/v1/events/event1/invitations", headers=admin, json=body),
        client.post("/api/v1/events/event1/lists", headers=admin, content=b"ada@x.example"),
        client.post("/api/v1/events/event1/nudges", headers=admin),
        client.post("/api/v1/jobs/job1/resume", headers=admin),
        client.post("/api/v1/jobs/job1/resend", headers=admin),
        client.post("/events/event1/send", data=page),
        client.post("/events/event1/jobs/job1/resume", data=page),
    ]
    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert {answer.json()["type"] for answer in answers} == {"/problems/barred"}
    assert not engine.queue
    assert engine.store.statistics("event1").invitations == 1
    assert client.post("/api/v1/jobs/job1/stop", headers=admin).status_code == 202


def test_the_public_door_of_a_suspended_organizer_is_shut_without_a_word_why(client, engine, suspended):
    answer = client.post("/api/v1/public/events/event1/invitations", json={"email": "ada@x.example"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-public")
    assert "complained" not in answer.text
    assert not engine.queue


def test_who_is_readmitted_goes_on(client, admin, owner, suspended):
    told = client.post(f"{PATH}/{OWNER}/readmit", headers=admin).json()
    assert (told["suspended"], told["reason"]) == (None, "")
    assert client.get("/api/v1/events/event1", headers=owner).status_code == 200


def test_without_lists_only_a_few_are_invited_at_a_time(client, admin, owner, engine, event):
    client.patch(f"{PATH}/{OWNER}", headers=admin, json={"may_send_lists": False})

    def send(count):
        body = {"attendees": [{"email": f"{n}@x.example"} for n in range(count)]}
        return client.post("/api/v1/events/event1/invitations", headers=owner, json=body).status_code

    assert send(FEW + 1) == 403
    assert client.post("/api/v1/events/event1/lists", headers=owner, content=b"a@x.example").status_code == 403
    assert not engine.queue
    assert send(2) == 202


def test_an_organizers_own_limit_holds(client, admin, owner, event):
    client.patch(f"{PATH}/{OWNER}", headers=admin, json={"invitation_limit": 1})
    body = {"attendees": [{"email": f"{n}@x.example"} for n in range(2)]}
    told = client.post("/api/v1/events/event1/invitations", headers=owner, json=body).json()
    assert told["added"] == 1
    assert told["invalid"][0]["why"] == "the event's limit of 1 invitations is reached"


def test_organizers_are_found_by_a_part_of_the_address_and_by_being_suspended(client, make_event, admin):
    make_event("a", organizer="ann@club.example")
    make_event("b", organizer="bob@club.example")
    client.post("/api/v1/domain/organizers/bob@club.example/suspend", json={"reason": "abuse"}, headers=admin)

    def found(query):
        page = client.get(f"/api/v1/domain/organizers?{query}", headers=admin).json()
        return [each["email"] for each in page["organizers"]]

    assert found("q=ANN") == ["ann@club.example"]
    assert found("suspended=true") == ["bob@club.example"]
    assert found("q=ann&suspended=true") == []
