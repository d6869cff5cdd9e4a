"""Any store must keep jobs so: what is ordered of each, and how far its list is read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from invited.domain.invitation import State
from invited.domain.job import MAX_FAULTS, Control, Fault, Job, Reading, Toll
from invited.domain.statistics import Statistics
from tests.facts import NOW, a_delivery, an_event, an_invitation

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def event(store):
    event = an_event()
    store.add_event(event, 10)
    return event


@pytest.fixture
def job(store, event):
    job = Job("job1", event.id, "list", NOW, Statistics(), start=LATER, body="key", size=100, columns=(2, 0))
    store.open_job(job)
    return job


def test_a_job_is_kept_as_it_was_opened(store, job):
    kept = store.job("job1")
    assert kept == replace(job, began=LATER)
    store.open_job(replace(job, body="other", size=1))
    assert store.job("job1") == kept
    assert store.job("job2") is None


def test_orders_change_only_from_where_they_may(store, job):
    assert not store.direct_job("job2", Control.PAUSED, set(Control), NOW)
    assert not store.direct_job("job1", Control.GOING, {Control.PAUSED}, NOW)
    assert store.direct_job("job1", Control.PAUSED, {Control.GOING}, NOW)
    assert not store.direct_job("job1", Control.PAUSED, {Control.GOING}, NOW)
    assert store.job("job1").control is Control.PAUSED


def test_a_pause_is_no_time_that_the_job_needed(store, job):
    store.direct_job("job1", Control.PAUSED, set(Control), NOW)
    store.direct_job("job1", Control.PAUSED, set(Control), NOW + timedelta(seconds=1))
    store.direct_job("job1", Control.GOING, set(Control), NOW + timedelta(seconds=7))
    assert store.job("job1").began == LATER + timedelta(seconds=7)


def test_each_page_of_a_list_counts_once(store, job):
    first = Reading(60, 4, rows=3, already=1, invalid=1, faults=(Fault(2, "x", "no"),))
    assert store.advance_job("job1", 0, first)
    assert not store.advance_job("job1", 0, first)
    assert not store.advance_job("job1", 70, first)
    assert not store.advance_job("job2", 0, first)
    assert store.advance_job("job1", 60, Reading(100, 7, rows=3, suppressed=1, over=2, rest=("rest",)))
    assert store.job("job1").reading == Reading(
        100, 7, rows=6, already=1, suppressed=1, invalid=1, over=2, faults=first.faults, rest=("rest",)
    )


def test_so_many_faults_are_told_and_all_counted(store, job):
    many = tuple(Fault(n, "x", "no") for n in range(60))
    store.advance_job("job1", 0, Reading(50, 61, rows=60, invalid=60, faults=many))
    store.advance_job("job1", 50, Reading(99, 121, rows=60, invalid=60, faults=many))
    reading = store.job("job1").reading
    assert (len(reading.faults), reading.invalid) == (MAX_FAULTS, 120)


def test_the_latest_first_mail_of_a_job_is_known(store, job, event):
    store.admit(event.id, [an_invitation(event.id, "t1"), an_invitation(event.id, "t2")], 10)
    store.mark(event.id, [a_delivery("t1", at=NOW)])
    store.mark(event.id, [a_delivery("t2", at=LATER, state=State.FAILED)])
    assert store.job("job1").latest == LATER
    # An update is none of the job's mails.
    store.mark(event.id, [a_delivery("t1", revision=1, at=LATER + timedelta(days=1))])
    assert store.job("job1").latest == LATER


def test_what_failed_can_wait_anew(store, job, event):
    store.admit(event.id, [an_invitation(event.id, token) for token in ("t1", "t2", "t3")], 10)
    store.mark(event.id, [a_delivery("t1", state=State.FAILED, reason="no"), a_delivery("t2")])
    for _ in range(2):
        store.requeue(event.id, ["t1", "t2", "t3", "t4"])
    figures = store.job("job1").figures
    assert (figures.queued, figures.sent, figures.failed) == (2, 1, 0)
    assert [i.token for i in store.claim(event.id, ["t1", "t2"], 0, NOW, 60).claimed] == ["t1"]
    store.mark(event.id, [a_delivery("t1")])
    assert store.statistics(event.id).sent == 2


def test_why_a_job_paused_is_kept_until_it_goes_on_and_then_what_it_came_to(store, job, event):
    store.admit(event.id, [an_invitation(event.id, token) for token in ("t1", "t2")], 10)
    store.mark(event.id, [a_delivery("t1", state=State.FAILED), a_delivery("t2")])
    assert store.direct_job("job1", Control.PAUSED, {Control.GOING}, NOW, "too much")
    assert not store.direct_job("job1", Control.PAUSED, {Control.GOING}, NOW, "again")
    assert store.job("job1").why == "too much"
    store.direct_job("job1", Control.GOING, {Control.PAUSED}, NOW)
    assert (store.job("job1").why, store.job("job1").seen) == ("", Toll(2, 1, 0))


def test_jobs_are_listed_newest_first(store, event):
    other = an_event()
    store.add_event(other, 10)
    opened = [
        Job(f"job{n}", owner.id, "api", NOW + timedelta(seconds=n // 2), Statistics())
        for n, owner in enumerate((event, other, event, event, other))
    ]
    for one in opened:
        store.open_job(one)
    ids = ["job4", "job3", "job2", "job1", "job0"]
    assert [one.id for one in store.jobs()] == ids
    assert [one.id for one in store.jobs(after="job3", limit=2)] == ["job2", "job1"]
    assert store.jobs(after="job0") == []
    assert [one.id for one in store.jobs(event.id, limit=2)] == ["job3", "job2"]
    assert [one.id for one in store.jobs(event.id, after="job2")] == ["job0"]
    assert store.jobs("nope") == []


def test_a_job_in_a_list_has_its_figures(store, event, job):
    store.admit(event.id, [an_invitation(event.id, "t1")], 10)
    assert store.jobs() == [store.job("job1")]
    assert store.jobs()[0].figures.queued == 1
