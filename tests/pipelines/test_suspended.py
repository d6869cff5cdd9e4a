"""What is on its way when an organizer is suspended: it stops, is not lost, and goes on when somebody says so."""

import pytest

from invited.admission import request_send
from invited.domain.addresses import token
from invited.domain.errors import Barred
from invited.domain.invitation import State
from invited.domain.job import Control, Phase
from invited.jobs import Order, Plan, begin, obey
from invited.messages import Attendee, DeliveryDue, SendRequested
from tests.facts import NOW, a_delivery, an_invitation

SUSPENSION = {"suspended": NOW, "reason": "abuse"}


@pytest.fixture
def suspend(engine, event):
    return lambda: engine.store.set_terms(event.organizer, SUSPENSION)


@pytest.fixture
def readmit(engine, event):
    return lambda: engine.store.set_terms(event.organizer, {"suspended": None, "reason": ""})


def test_a_running_job_pauses_and_is_resumed_by_hand(engine, event, work, relay, clock, suspend, readmit):
    job_id, _ = request_send(engine, event, [Attendee(f"{n}@x.example") for n in range(3)], "api")
    suspend()
    work()
    job = engine.store.job(job_id)
    assert (job.phase(clock()), job.figures.queued, relay.invited) == (Phase.PAUSED, 3, [])
    with pytest.raises(Barred):
        obey(engine, job, Order.RESUME)
    readmit()
    work()
    assert engine.store.job(job_id).control is Control.PAUSED
    assert obey(engine, engine.store.job(job_id), Order.RESUME)
    work()
    assert (len(relay.invited), engine.store.job(job_id).phase(clock())) == (3, Phase.DONE)


def test_a_list_is_read_on_but_nothing_of_it_is_sent(engine, event, work, relay, suspend, readmit):
    begin(engine, event, Plan("job1", "list"), [b"a@x.example\nb@x.example\n"])
    suspend()
    work()
    job = engine.store.job("job1")
    assert (job.is_read, job.control, job.figures.queued, relay.invited) == (True, Control.PAUSED, 2, [])
    readmit()
    obey(engine, job, Order.RESUME)
    work()
    assert relay.invited == ["a@x.example", "b@x.example"]


def test_whoever_holds_an_invite_still_hears_of_a_change_that_was_stored(engine, event, work, relay, suspend):
    held, owed = (token(engine.secret, event.id, address) for address in ("a@x.example", "b@x.example"))
    invitations = [an_invitation(event.id, held, address="a@x.example"), an_invitation(event.id, owed)]
    engine.store.admit(event.id, invitations, 10)
    engine.store.mark(event.id, [a_delivery(held)])
    suspend()
    engine.queue.publish([DeliveryDue(event.id, (held,), repeat="again")])
    work()
    assert relay.invited == ["a@x.example"]
    assert engine.store.invitation(event.id, owed).state is State.QUEUED


def test_a_send_that_was_asked_for_before_is_kept_for_later(engine, event, work, relay, suspend):
    engine.queue.publish([SendRequested(event.id, "job1", "api", (Attendee("a@x.example"),))])
    suspend()
    work()
    assert (relay.invited, engine.store.job("job1").control) == ([], Control.PAUSED)


def test_nothing_new_is_taken(engine, event, suspend):
    suspend()
    with pytest.raises(Barred, match="suspended here: abuse"):
        request_send(engine, event, [Attendee("a@x.example")], "api")
    with pytest.raises(Barred):
        begin(engine, event, Plan("job1", "list"), [b"a@x.example"])
    assert engine.store.job("job1") is None
