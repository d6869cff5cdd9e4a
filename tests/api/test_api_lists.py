"""Uploading a list, following its job, and directing it."""

import json

import pytest

from invited.api import feeds, uploads
from invited.bodies import PIECE, stream
from invited.domain.event import Status
from invited.domain.invitation import State
from invited.domain.job import Control, Fault, Job, Reading
from invited.domain.principal import ALL, Scope
from invited.domain.statistics import Statistics
from invited.messages import JobDue, ListDue
from invited.settings import Settings
from tests.api.given import NOW, OTHER, OWNER

PATH = "/api/v1/events/event1/lists"


@pytest.fixture
def settings():
    return Settings(domain="invites.example", list_max_bytes=3_000_000, _env_file=None)


@pytest.fixture
def upload(client, owner, event):
    def upload(content=b"a@x.example\nb@x.example\n", params=None, **more):
        headers = owner | {"Content-Type": "text/csv"} if "files" not in more else owner
        body = {} if "files" in more else {"content": content}
        return client.post(PATH, headers=headers, params=params, **body, **more)

    return upload


def kept(engine, job_id):
    job = engine.store.job(job_id)
    return b"".join(stream(engine.archive, job.body))


def test_a_list_is_kept_and_announced(upload, engine):
    answer = upload(params={"origin": "link:mailchimp"})
    job_id = answer.json()["job"]
    assert answer.status_code == 202
    assert engine.queue == [ListDue("event1", job_id)]
    assert kept(engine, job_id) == b"a@x.example\nb@x.example\n"
    assert engine.store.job(job_id).origin == "link:mailchimp"


def test_a_long_list_is_kept_in_pieces_as_utf8(upload, engine):
    text = "é@x.example\n" * 100_000
    job_id = upload(content=text.encode("utf-16")).json()["job"]
    assert kept(engine, job_id).decode() == text
    job = engine.store.job(job_id)
    assert job.size == len(text.encode())
    assert b"".join(stream(engine.archive, job.body, PIECE + 7)).decode() == text.encode()[PIECE + 7 :].decode()
    assert list(stream(engine.archive, job.body, job.size)) == []


def test_a_list_by_a_form(upload, engine):
    answer = upload(files={"file": ("guests.txt", b"a@x.example")})
    assert kept(engine, answer.json()["job"]) == b"a@x.example"
    problem = upload(files={"nothing": (None, "x")}).json()
    assert (problem["type"], problem["detail"]) == ("/problems/invalid", "The form has no file.")


def test_a_list_that_waits_for_its_time(upload, client, owner):
    job_id = upload(params={"start_at": "2026-11-20T13:00:00+00:00"}).json()["job"]
    told = client.get(f"/api/v1/jobs/{job_id}", headers=owner).json()
    assert (told["state"], told["start"]) == ("queued", "2026-11-20T13:00:00Z")
    assert upload(params={"start_at": "2026-11-20T13:00:00"}).status_code == 422
    assert upload(params={"start_at": "tomorrow"}).status_code == 422


def test_a_spreadsheet_is_refused(upload, engine):
    problem = upload(content=b"PK\x03\x04...").json()
    assert problem["type"] == "/problems/invalid"
    assert "CSV" in problem["remedy"]
    assert not engine.queue


@pytest.mark.parametrize("content", [b"x" * 3_000_001, iter([b"x" * 1_000_000] * 4)])
def test_a_list_above_the_limit_is_refused_announced_or_not(upload, engine, content):
    answer = upload(content=content)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
    assert "3,000,000" in answer.json()["detail"]
    assert not engine.queue


def test_a_list_longer_than_other_bodies_is_taken(upload, engine, monkeypatch):
    monkeypatch.setattr(uploads, "IN_MEMORY", 1000)
    job_id = upload(content=b"fan@x.example\n" * 200_000).json()["job"]
    assert engine.store.job(job_id).size == 2_800_000


def test_nobody_is_invited_to_a_cancelled_event(client, owner, make_event, engine):
    make_event(status=Status.CANCELLED)
    answer = client.post(PATH, headers=owner, content=b"a@x.example")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/event-cancelled")
    assert not engine.queue


@pytest.fixture
def job(engine, event, invited):
    """One that has sent one invite of two."""
    engine.store.open_job(Job("job1", "event1", "list", NOW, Statistics(), body="key", size=9))
    engine.store.advance_job("job1", 0, Reading(9, 3, rows=2))
    invited(event, "a@x.example", job="job1")
    invited(event, "b@x.example", job="job1", state=State.QUEUED)


def test_how_far_a_job_is(client, owner, job):
    told = client.get("/api/v1/jobs/job1", headers=owner).json()
    assert (told["state"], told["invitations"], told["queued"], told["sent"]) == ("running", 2, 1, 1)
    assert (told["list"]["rows"], told["list"]["duplicates"], told["list"]["faults"]) == (2, 0, [])


def test_what_no_address_could_be_read_from_is_shown_to_those_who_may_see_addresses(client, engine, header, job):
    bad = Fault(2, "ada.fans.example", "there is no @ in it")
    engine.store.advance_job("job1", 9, Reading(9, 3, rows=3, invalid=1, faults=(bad,)))
    for scopes, text in ((frozenset({Scope.EVENTS_READ}), ""), (ALL, "ada.fans.example")):
        (fault,) = client.get("/api/v1/jobs/job1", headers=header(organizer=OWNER, scopes=scopes)).json()["list"][
            "faults"
        ]
        assert fault == {"line": 2, "text": text, "reason": "there is no @ in it"}


def test_a_job_is_paused_resumed_stopped_and_sent_again(client, owner, job, engine):
    def order(what):
        answer = client.post(f"/api/v1/jobs/job1/{what}", headers=owner)
        return answer.status_code, answer.json().get("state") or answer.json()["type"]

    assert order("pause") == order("pause") == (202, "paused")
    assert not engine.queue
    assert order("resume") == order("resume") == (202, "running")
    assert order("stop") == order("stop") == (202, "stopped")
    assert order("resume") == order("pause") == (409, "/problems/job-over")
    engine.queue.clear()
    assert order("resend") == (202, "running")
    assert engine.queue == [JobDue("event1", "job1", is_resend=True)]
    engine.store.direct_job("job1", Control.GOING, set(Control), NOW)


def test_a_job_of_another_organizer_is_not_there(client, header, job, engine):
    other = header(organizer=OTHER)
    for method, path in [("GET", ""), ("GET", "/live"), ("POST", "/pause"), ("POST", "/resend")]:
        assert client.request(method, f"/api/v1/jobs/job1{path}", headers=other).status_code == 404
    assert not engine.queue


def test_a_job_is_followed_live_until_it_is_over(client, owner, job, engine, event, invited, monkeypatch):
    looks = []

    async def instead_of_waiting(_seconds):
        looks.append(1)
        if len(looks) == 3:
            invited(event, "b@x.example", job="job1")

    monkeypatch.setattr(feeds.asyncio, "sleep", instead_of_waiting)
    answer = client.get("/api/v1/jobs/job1/live", headers=owner)
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = [json.loads(line[5:]) for line in answer.text.splitlines() if line.startswith("data:")]
    assert [(one["state"], one["sent"]) for one in told] == [("running", 1), ("done", 2)]
