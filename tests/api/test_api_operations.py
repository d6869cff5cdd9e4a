"""How the server fares and what it wants in DNS, as an admin asks for it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from invited.api.app import create_app
from invited.messages import EventCreated
from invited.ports import Vitals
from tests.api.given import NOW


def test_health_tells_of_the_queue_and_the_dead_letters(client, embedded, admin):
    embedded.queue.publish([EventCreated("a"), EventCreated("b")])
    embedded.queue.publish([EventCreated("c")], delay=60)
    told = client.get("/api/v1/health", headers=admin).json()
    assert told["queues"] == [{"name": "EventCreated", "ready": 2, "later": 1, "oldest": "2026-11-20T12:00:00Z"}]
    assert (told["engine"], told["mail"], told["dead_letters"], told["disk"]) == ("embedded", "lab", 0, None)
    for taken in embedded.queue.take(9, 60):
        embedded.queue.bury(taken.handle, "no")
    told = client.get("/api/v1/health", headers=admin).json()
    assert (told["dead_letters"], told["queues"][0]["ready"], told["queues"][0]["oldest"]) == (2, 0, None)


class Elsewhere:
    """A site whose DNS is a dictionary; what it lacks nobody knows."""

    def __init__(self, site, answers):
        self._site, self._answers = site, answers
        self.asked = []

    def records(self):
        return self._site.records()

    def vitals(self):
        return Vitals("aws", [], 3)

    def look_up(self, name, kind):
        self.asked.append((name, kind))
        return self._answers.get((name, kind))


@pytest.fixture
def site(engine):
    return Elsewhere(
        engine.site,
        {("invites.example", "MX"): ["127.0.0.1"], ("invites.example", "TXT"): ["x", "v=spf1 a -all"]},
    )


@pytest.fixture
def elsewhere(engine, site):
    app = create_app(replace(engine, site=site), lab=None, mail_in=lambda *_: None)
    return TestClient(app, base_url="http://127.0.0.1:8000")


def test_health_on_aws(elsewhere, admin):
    told = elsewhere.get("/api/v1/health", headers=admin).json()
    assert (told["engine"], told["mail"], told["dead_letters"], told["disk"]) == ("aws", "ses", 3, None)


def test_dns_is_asked_only_where_that_is_wanted(elsewhere, site, admin):
    told = elsewhere.get("/api/v1/domain/dns", headers=admin).json()
    assert [(record["purpose"], record["standing"]) for record in told["records"]] == [
        ("mx", None),
        ("spf", None),
        ("dmarc", None),
    ]
    assert told["looked_up"] is None
    assert site.asked == []


def test_records_tell_how_they_stand(elsewhere, admin):
    told = elsewhere.get("/api/v1/domain/dns?look=true", headers=admin).json()
    assert [(record["standing"], record["found"]) for record in told["records"]] == [
        ("published", ["127.0.0.1"]),
        ("differs", ["v=spf1 a -all"]),
        ("unknown", []),
    ]
    assert {record["domain"] for record in told["records"]} == {"invites.example"}
    assert told["looked_up"] == "2026-11-20T12:00:00Z"


def test_a_recipient_domain_that_rests_says_so_to_admins(client, engine, event, invited, admin, owner):
    invited(event, "ada@fans.example", "bob@far.example")
    engine.store.slow({"fans.example": "450 4.2.0 Jane is away"}, NOW, 60)
    domains = client.get("/api/v1/domain/domains", headers=admin).json()["domains"]
    rest = {"until": (NOW + timedelta(seconds=60)).isoformat().replace("+00:00", "Z"), "said": "450 4.2.0"}
    assert {each["domain"]: each["rests"] for each in domains} == {"fans.example": rest, "far.example": None}
    own = client.get("/api/v1/events/event1/domains", headers=owner).json()["domains"]
    assert all("rests" not in each for each in own)
