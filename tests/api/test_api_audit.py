"""The audit log, and that no route changes anything without a word in it."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from invited.api.auth import READING
from invited.credentials import event_link
from invited.domain.audit import Entry
from invited.domain.job import Job
from invited.domain.statistics import Statistics
from tests.api.given import NOW, OTHER, OWNER, routes

EXEMPT = {
    "POST /api/v1/lint": "changes nothing",
    "POST /api/v1/sign-in": "mails a link, and opens nothing",
    "POST /sign-in": "the same for people",
    "POST /sign-out": "ends the browser's own session",
    "POST /lab/mails/{id}/answer": "a mail, which is archived",
    "POST /lab/mails/{id}/return": "the same",
    "POST /lab/new": "the same",
    "POST /api/v1/events/{id}/preview": "changes nothing",
    "POST /api/v1/events/{id}/cancel/preview": "changes nothing",
    "POST /api/v1/domain/templates/{name}/preview": "changes nothing",
    "POST /templates/{name}/preview": "the same for a frame",
    "POST /api/v1/domain/templates/{name}/test": "an example, mailed to the caller alone",
    "POST /api/v1/events/{id}/lists/preview": "changes nothing",
    "POST /api/v1/public/events/{id}/invitations": "somebody asks for their own invite; no organizer acts",
    "POST /e/{id}/invite": "the same for people",
    "POST /opt-in/{signed}": "their own word, kept with the invitation or in the suppression list",
    "POST /a/{id}/{token}/{code}": "an attendee's answer, kept as a receipt",
    "POST /a/{id}/{token}/{code}/mine": "mails attendees the link to their own page",
    "POST /mine/{signed}": "an attendee's answer, kept as a receipt",
    "POST /mine/{signed}/stop": "an attendee's own word, kept in the suppression list",
    "POST /u/{id}/{token}/{code}": "an attendee's own word, kept in the suppression list",
}
"""Routes that no log tells of, each with the reason."""


def calls(dependant):
    yield dependant.call
    for one in dependant.dependencies:
        yield from calls(one)


def action(route):
    """By what name the log tells of it, None for not."""
    return next((call.action for call in calls(route.dependant) if hasattr(call, "action")), None)


def test_every_route_that_changes_something_is_audited_or_says_why_not(client):
    changing = {f"{method} {path}": route for method, path, route in routes(client.app) if method not in READING}
    assert len(changing) > 20
    assert {name for name, route in changing.items() if not action(route)} == set(EXEMPT)


@pytest.fixture
def engine(engine):
    """Time goes on from one request to the next."""
    seconds = count()
    return replace(engine, now=lambda: NOW + timedelta(seconds=next(seconds)))


@pytest.fixture
def job(engine, event, invited):
    engine.store.open_job(Job("job1", event.id, "api", NOW, Statistics()))
    invited(event, "ada@fans.example", job="job1", state="queued")


def entries(client, admin, **params):
    found = client.get("/api/v1/domain/audit", headers=admin, params=params).json()["entries"]
    return [(entry["actor"].partition(" ")[0], entry["action"], entry["about"], entry["detail"]) for entry in found]


def test_what_a_key_did_is_told_newest_first(client, admin, owner, job):
    assert client.post("/api/v1/jobs/job1/pause", headers=owner).status_code == 202
    settings = {"strangers": "refuse", "audience": None}
    assert client.patch("/api/v1/events/event1/settings", headers=admin, json=settings).status_code == 200
    assert entries(client, admin) == [
        ("key", "event.settings", "event event1", "audience as the server, strangers refuse"),
        ("key", "job.pause", "job job1", ""),
    ]
    told = client.get("/api/v1/events/event1/audit", headers=owner).json()
    assert [entry["action"] for entry in told["entries"]] == ["event.settings", "job.pause"]
    assert {entry["event"] for entry in told["entries"]} == {"event1"}
    by_owner = told["entries"][1]["actor"]
    assert by_owner == f"key {owner['Authorization'].split('_')[1]}"
    assert [e[1] for e in entries(client, admin, actor=by_owner)] == ["job.pause"]
    assert [e[1] for e in entries(client, admin, actor=by_owner, event="event1")] == ["job.pause"]
    assert entries(client, admin, event="another") == []


def test_what_is_refused_is_not_told(client, admin, owner, job):
    assert client.post("/api/v1/jobs/absent/pause", headers=owner).status_code == 404
    assert client.post("/api/v1/events/event1/invitations", headers=owner, json={"attendees": []}).status_code == 422
    client.post("/api/v1/jobs/job1/stop", headers=owner)
    assert client.post("/api/v1/jobs/job1/pause", headers=owner).status_code == 409
    assert [e[1] for e in entries(client, admin)] == ["job.stop"]


def test_the_log_is_paged_and_the_domains_is_for_admins(client, admin, owner, header, job):
    for order in ("pause", "resume", "pause"):
        client.post(f"/api/v1/jobs/job1/{order}", headers=owner)
    first = client.get("/api/v1/events/event1/audit?limit=2", headers=owner).json()
    rest = client.get(f"/api/v1/events/event1/audit?limit=2&after={first['next']}", headers=owner).json()
    assert [e["action"] for e in first["entries"] + rest["entries"]] == ["job.pause", "job.resume", "job.pause"]
    assert rest["next"] is None
    assert client.get("/api/v1/domain/audit", headers=owner).status_code == 403
    assert client.get("/api/v1/events/event1/audit", headers=header(organizer=OTHER)).status_code == 404


def test_the_holder_of_a_link_is_told_by_whose_it_is(client, admin, engine, event):
    access = event_link(engine, event.id).partition("access=")[2]
    form = {"access": access, "addresses": "ada@fans.example"}
    assert client.post("/events/event1/send", data=form).status_code == 200
    (entry,) = client.get("/api/v1/domain/audit", headers=admin).json()["entries"]
    assert (entry["actor"], entry["action"]) == (f"link {OWNER}", "event.send")
    assert entry["detail"].endswith(": 1 of 1 added")
    assert access not in str(entry)


def test_the_log_is_narrowed_to_what_was_done(client, engine, admin):
    for number, action in enumerate(("job.pause", "key.create", "job.stop")):
        engine.store.note(Entry(f"{number}", NOW, "cli ann", action, "x"))

    def found(query):
        return [
            entry["action"] for entry in client.get(f"/api/v1/domain/audit?{query}", headers=admin).json()["entries"]
        ]

    assert found("action=job.") == ["job.stop", "job.pause"]
    assert found("action=key.create&actor=cli ann") == ["key.create"]
    assert found("action=key.create&actor=cli bob") == []
