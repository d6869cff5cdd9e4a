"""A list from its first octet to the last invite: what is counted, reported, paused, stopped, and what a crash does."""

from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from invited.domain.addresses import token
from invited.domain.errors import Aside, Refused
from invited.domain.job import Control, Phase
from invited.jobs import Plan, begin, direct
from invited.messages import AudienceDue, ListDue
from invited.pipelines import PIPELINES, enlist
from invited.ports import Sent
from tests.facts import NOW

LIST = b"""name;email
Ada;ada@x.example
Bob;bob@x.example
;bob
Eve;eve@x.example
Ada again;ADA@x.example
Gone;gone@x.example
"""


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(enlist, "PAGE", 2)


@pytest.fixture
def send(engine, event):
    def send(raw=LIST, job="job1", start=None):
        begin(engine, event, Plan(job, "list", start), [raw])

    return send


def counts(job):
    read = job.reading
    return (job.figures.invitations, read.already, read.suppressed, job.duplicates, read.invalid, read.over, read.rows)


def text(letter):
    return message_from_bytes(letter.raw, policy=policy.default).get_body(("plain",)).get_content()


def test_a_list_is_sent_counted_and_reported(engine, event, send, work, relay):
    engine.store.suppress("gone@x.example", "unsubscribed", NOW)
    send()
    work()
    assert relay.invited == ["ada@x.example", "bob@x.example", "eve@x.example"]
    job = engine.store.job("job1")
    assert counts(job) == (3, 0, 1, 1, 1, 0, 6)
    assert [(fault.line, fault.text) for fault in job.reading.faults] == [(4, "bob")]
    assert job.phase(NOW) is Phase.DONE
    (report,) = relay.notices
    assert report.to == event.organizer
    for line in ("Added            3", "Suppressed       1", "Duplicates       1", "Line 4: bob", "All rows         6"):
        assert line in text(report)
    assert {i.name for i in engine.store.invitations(event.id)} == {"Ada", "Bob", "Eve"}


def test_the_columns_that_were_chosen_are_read_on_every_page(engine, event, work, relay):
    rows = [f"Guest {n},guest{n}@work.example,guest{n}@home.example" for n in range(5)]
    begin(engine, event, Plan("job1", "list", columns=(2, 0)), ["\n".join(["Name,Mail,Other", *rows]).encode()])
    work()
    assert relay.invited == [f"guest{n}@home.example" for n in range(5)]
    assert {i.name for i in engine.store.invitations(event.id)} == {f"Guest {n}" for n in range(5)}


def test_a_choice_of_columns_where_there_are_none_is_refused_at_once(engine, event):
    with pytest.raises(Refused, match="no columns"):
        begin(engine, event, Plan("job1", "list", columns=(2, 0)), [b"ada@x.example\n"])
    assert engine.store.job("job1") is None


def test_the_same_list_again_sends_nothing(engine, send, work, relay):
    send()
    work()
    relay.letters.clear()
    send(job="job2")
    work()
    assert relay.invited == []
    assert counts(engine.store.job("job2")) == (0, 5, 0, 0, 1, 0, 6)


def test_over_the_limit_what_fits_is_sent_and_the_rest_is_named(engine, send, work, relay, settings):
    people = [f"fan{number:02}@x.example" for number in range(25)]
    send("\n".join(people).encode())
    work()
    assert relay.invited == people[:20]
    assert counts(engine.store.job("job1")) == (20, 0, 0, 0, 0, 5, 25)
    letters = {message_from_bytes(one.raw, policy=policy.default)["Subject"]: one for one in relay.notices}
    assert set(letters) == {"Your list for Ball: 20 invited", "Limit of invitations reached: Ball"}
    limit = message_from_bytes(letters["Limit of invitations reached: Ball"].raw, policy=policy.default)
    (rest,) = limit.iter_attachments()
    assert rest.get_content_type() == "text/csv"
    assert [line.split(",")[0] for line in rest.get_content().split()] == ["email", *people[20:]]


def test_every_message_may_be_handled_twice(engine, embedded, send, relay, event):
    send()
    seen = 0
    while batch := embedded.queue.take(1, 60):
        for _ in range(2):
            seen += 1
            with suppress(Aside):
                PIPELINES[type(batch[0].message)](batch[0].message, engine)
        embedded.queue.ack([batch[0].handle])
    assert seen > 8
    assert relay.invited == ["ada@x.example", "bob@x.example", "eve@x.example", "gone@x.example"]
    assert counts(engine.store.job("job1")) == (4, 0, 0, 1, 1, 0, 6)
    assert engine.store.statistics(event.id).sent == 4


@pytest.mark.parametrize(("port", "step"), [("store", "admit"), ("store", "advance_job"), ("queue", "publish")])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_anywhere_loses_and_repeats_nothing(
    engine, embedded, send, work, relay, monkeypatch, port, step, moment
):
    send()
    real = getattr(getattr(engine, port), step)
    crashes = 0

    def crash(*given, **more):
        nonlocal crashes
        crashes += 1
        if crashes % 2 == 0:
            return real(*given, **more)
        if moment == "after":
            real(*given, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(getattr(engine, port), step, crash)
        while batch := embedded.queue.take(1, 60):
            for one in batch:
                try:
                    PIPELINES[type(one.message)](one.message, engine)
                except KeyboardInterrupt:
                    embedded.queue.recover()
                except Aside:
                    embedded.queue.ack([one.handle])
                else:
                    embedded.queue.ack([one.handle])
    work()
    assert relay.invited == ["ada@x.example", "bob@x.example", "eve@x.example", "gone@x.example"]
    assert counts(engine.store.job("job1")) == (4, 0, 0, 1, 1, 0, 6)
    assert crashes > 1


def test_a_job_starts_when_its_time_comes(engine, send, work, relay, clock):
    send(start=NOW + timedelta(hours=1))
    work()
    assert relay.invited == []
    job = engine.store.job("job1")
    assert (job.phase(clock()), job.figures.queued) == (Phase.QUEUED, 4)
    (report,) = relay.notices
    assert "go out from 2026-12-01 10:00 UTC" in text(report)
    for _ in range(5):
        clock.advance(899)
        work()
    assert len(relay.invited) == 4
    assert engine.store.job("job1").phase(clock()) is Phase.DONE


def test_a_paused_job_waits_for_nobody_and_goes_on(engine, embedded, send, work, relay, clock):
    send()
    assert direct(engine, engine.store.job("job1"), Control.PAUSED, {Control.GOING})
    work()
    assert relay.invited == []
    job = engine.store.job("job1")
    assert (job.phase(clock()), job.figures.queued, job.is_read) == (Phase.PAUSED, 4, True)
    assert embedded.queue.depth().later == 0
    clock.advance(3600)
    assert direct(engine, job, Control.GOING, {Control.PAUSED})
    work()
    assert len(relay.invited) == 4
    job = engine.store.job("job1")
    assert job.began == NOW + timedelta(hours=1)
    assert job.phase(clock()) is Phase.DONE


def test_a_stopped_job_drops_who_is_left_and_can_be_sent_again(engine, send, work, relay, clock, event):
    send()
    direct(engine, engine.store.job("job1"), Control.PAUSED, {Control.GOING})
    work()
    job = engine.store.job("job1")
    assert direct(engine, job, Control.STOPPED, {Control.PAUSED})
    work()
    job = engine.store.job("job1")
    assert (job.phase(clock()), job.figures.dropped, job.figures.queued) == (Phase.STOPPED, 4, 0)
    assert {i.reason for i in engine.store.invitations(event.id)} == {"the job was stopped"}
    assert not direct(engine, job, Control.GOING, {Control.PAUSED})
    # An update of the event does not wake them.
    engine.queue.publish([AudienceDue(event.id)])
    work()
    assert relay.invited == []
    direct(engine, job, Control.GOING, set(Control), is_resend=True)
    work()
    assert len(relay.invited) == 4
    assert engine.store.job("job1").phase(clock()) is Phase.DONE


def test_a_list_that_was_stopped_half_way_is_read_on(engine, embedded, send, work, relay, event):
    send()
    enlist.handle(ListDue(event.id, "job1"), engine)
    direct(engine, engine.store.job("job1"), Control.STOPPED, {Control.GOING})
    work()
    job = engine.store.job("job1")
    assert (job.is_read, job.figures.invitations, job.figures.dropped) == (False, 2, 2)
    direct(engine, job, Control.GOING, set(Control), is_resend=True)
    work()
    assert counts(engine.store.job("job1")) == (4, 0, 0, 1, 1, 0, 6)
    assert len(relay.invited) == 4


def test_those_that_failed_are_tried_again_when_asked(engine, send, work, relay, event):
    relay.answers["bob@x.example"] = Sent(is_permanent=True, reason="550 no")
    send()
    work()
    job = engine.store.job("job1")
    assert (job.figures.sent, job.figures.failed) == (3, 1)
    relay.letters.clear()
    relay.answers.clear()
    direct(engine, job, Control.GOING, set(Control), is_resend=True)
    work()
    assert relay.invited == ["bob@x.example"]
    assert engine.store.job("job1").figures.sent == 4
    assert engine.store.invitation(event.id, token(engine.secret, event.id, "bob@x.example")).reason == ""


def test_rate_and_time_left_come_from_timestamps(engine, send, work, relay, clock):
    relay.answers["eve@x.example"] = Sent(is_temporary=True, reason="452 4.2.2 full")
    clock.advance(10)
    send()
    clock.advance(30)
    work()
    job = engine.store.job("job1")
    assert job.rate == pytest.approx(3 / 30)
    assert job.seconds_left(clock()) == pytest.approx(10)
