"""The jobs of an event and of the domain, and the organizer's page that directs them."""

import re
from dataclasses import replace

import pytest

from invited.credentials import event_link
from invited.domain.event import Status
from invited.domain.invitation import State
from invited.domain.job import Control, Job, Reading
from invited.domain.statistics import Statistics
from invited.messages import JobDue
from tests.api.given import NOW, OTHER


@pytest.fixture
def job(engine, event, invited):
    """Two waiting, one sent, one failed."""
    engine.store.open_job(Job("job1", event.id, "list", NOW, Statistics(), body="key", size=10))
    engine.store.advance_job("job1", 0, Reading(10, 5, rows=4))
    invited(event, "a@x.example", "b@x.example", job="job1", state=State.QUEUED)
    invited(event, "c@x.example", job="job1")
    invited(event, "d@x.example", job="job1", state=State.FAILED, reason="550 no")
    return engine.store.job("job1")


@pytest.fixture
def access(engine, event):
    return event_link(engine, event.id).partition("access=")[2]


@pytest.fixture
def shown(client, access):
    """The section on sending, as text."""

    def section():
        page = client.get(f"/events/event1?access={access}").text
        found = re.search(r'<section id="jobs">.*?</section>', page, re.DOTALL)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])) if found else ""

    return section


def order(client, access, order, job="job1", event="event1"):
    return client.post(f"/events/{event}/jobs/{job}/{order}", data={"access": access}, follow_redirects=False)


def test_the_jobs_of_an_event_and_of_the_domain(client, admin, owner, header, engine, make_event, job):
    other = make_event("event2", organizer=OTHER)
    engine.store.open_job(Job("job2", other.id, "api", NOW, Statistics()))
    engine.store.open_job(Job("job3", "event1", "api", NOW, Statistics()))
    told = client.get("/api/v1/events/event1/jobs?limit=1", headers=owner).json()
    assert ([one["id"] for one in told["jobs"]], told["next"]) == (["job3"], "job3")
    rest = client.get("/api/v1/events/event1/jobs?after=job3", headers=owner).json()
    assert ([one["id"] for one in rest["jobs"]], rest["next"]) == (["job1"], None)
    assert (rest["jobs"][0]["state"], rest["jobs"][0]["queued"]) == ("running", 2)
    every = client.get("/api/v1/domain/jobs", headers=admin).json()["jobs"]
    assert [one["id"] for one in every] == ["job3", "job2", "job1"]
    assert client.get("/api/v1/domain/jobs", headers=owner).status_code == 403
    assert client.get("/api/v1/events/event1/jobs", headers=header(organizer=OTHER)).status_code == 404


def test_the_page_tells_how_far_each_is_and_whom_a_stop_leaves_out(shown, job):
    text = shown()
    assert "List, 2026-11-20 12:00 UTC sending" in text
    assert "1 of 4 sent, 1 failed" in text
    assert "It will not go to 2 people who wait. Whoever has the invite keeps it." in text
    assert all(word in text for word in ("Pause", "Stop for good", "Try again those that failed"))
    assert "Resume" not in text


def test_an_event_without_jobs_has_no_such_section(shown, event):
    assert shown() == ""


def test_single_invitations_that_are_out_are_no_news(shown, engine, event, invited):
    for number in range(3):
        engine.store.open_job(Job(f"button{number}", event.id, "button", NOW, Statistics()))
        invited(event, f"{number}@x.example", job=f"button{number}")
    assert shown() == ""


@pytest.mark.parametrize(
    ("orders", "control", "told"),
    [
        (["pause"], Control.PAUSED, "paused"),
        (["pause", "resume"], Control.GOING, "sending"),
        (["stop"], Control.STOPPED, "stopped"),
        (["stop", "resend"], Control.GOING, "sending"),
    ],
)
def test_the_buttons_direct_a_job(client, admin, engine, job, access, shown, orders, control, told):
    for one in orders:
        answer = order(client, access, one)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/events/event1?access={access}#jobs")
    assert engine.store.job("job1").control is control
    assert f"UTC {told}" in shown()
    assert isinstance(engine.queue[-1], JobDue) if control is not Control.PAUSED else not engine.queue
    entries = client.get("/api/v1/domain/audit", headers=admin).json()["entries"]
    assert {(entry["action"], entry["about"], entry["event"]) for entry in entries} == {
        (f"job.{one}", "job job1", "event1") for one in orders
    }


def test_where_the_job_was_over_sooner_the_page_shows_it(client, engine, job, access):
    order(client, access, "stop")
    assert order(client, access, "pause").status_code == 303
    assert engine.store.job("job1").control is Control.STOPPED


def test_only_the_events_own_link_directs_its_jobs(client, engine, job, make_event):
    other = make_event("event2", organizer=OTHER)
    foreign = event_link(engine, other.id).partition("access=")[2]
    assert order(client, foreign, "stop").status_code == 403
    assert order(client, foreign, "stop", event="event2").status_code == 404
    assert order(client, "forged", "stop").status_code == 403
    assert engine.store.job("job1").control is Control.GOING


def test_no_other_site_and_no_get_directs_a_job(client, engine, job, access):
    path = "/events/event1/jobs/job1/stop"
    answer = client.post(path, data={"access": access}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert client.get(f"{path}?access={access}").status_code == 405
    assert engine.store.job("job1").control is Control.GOING


def test_nobody_of_a_cancelled_event_is_sent_to_again(client, engine, job, access, event):
    master = replace(event.head, status=Status.CANCELLED)
    engine.store.replace_event(replace(event, components=(master,), revision=1), 0)
    assert order(client, access, "resend").status_code == 409
