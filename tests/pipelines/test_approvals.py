"""A change that waits survives a crash at any step and is decided on once."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from invited.approvals import submit
from invited.domain.approval import ApprovalState, Choice
from invited.domain.errors import Aside, Temporary
from invited.domain.event import Change, updated
from invited.engines import open_engine
from invited.messages import ApprovalExpires, ApprovalGiven, ApprovalNeeded, AudienceDue, UpdateArrived
from invited.pipelines import approve, ask, expire
from invited.settings import Settings
from tests.facts import NOW, Clock, a_mail, a_receipt, an_event, an_invitation


class Queue(list):
    """Remembers what was published with which delay, and may be cut off."""

    is_cut = False

    def publish(self, messages, delay=0):
        if self.is_cut:
            raise Temporary("cut off")
        self.extend((message, delay) for message in messages)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def embedded(tmp_path, clock):
    settings = Settings(domain="invites.localhost", data_dir=tmp_path, approval_threshold=1, _env_file=None)
    with open_engine(settings, memory=True, now=clock) as embedded:
        yield embedded


@pytest.fixture
def engine(embedded):
    return replace(embedded.ports, queue=Queue())


@pytest.fixture
def event(engine):
    event = an_event()
    engine.store.add_event(event, 10)
    engine.store.admit(event.id, [an_invitation(event.id, token) for token in ("t1", "t2")], 10)
    engine.store.record([a_receipt(event.id, token) for token in ("t1", "t2")])
    return event


def mailed(engine, event, hours, mail="mail1"):
    """The organizer moves the event by so many hours: is it stored?"""
    waiting = engine.store.pending(event.id)
    at = NOW + timedelta(minutes=1)
    head = an_event().head
    part = replace(head, start=head.start.plus(timedelta(hours=hours)), stamp=replace(head.stamp, dtstamp=at))
    changed = updated(waiting.proposed if waiting else event, (part,), at)
    message = UpdateArrived(a_mail(key=mail), event.organizer, event.origin_uid)
    return submit(engine, engine.store.event(event.id), waiting, changed, message)


def the_owed(approval):
    names = approval.event_id, approval.id
    return [(ApprovalExpires(*names), 72 * 3600.0), (ApprovalNeeded(*names), 0)]


def test_a_crash_before_the_question_asks_it_on_the_next_try(engine, event):
    engine.queue.is_cut = True
    with pytest.raises(Temporary):
        mailed(engine, event, -1)
    approval = engine.store.pending(event.id)
    engine.queue.is_cut = False
    assert not mailed(engine, event, -1)
    assert engine.store.pending(event.id) == approval
    assert engine.queue == the_owed(approval)


def test_the_same_change_by_another_mail_keeps_the_links(engine, event):
    mailed(engine, event, -1)
    approval = engine.store.pending(event.id)
    mailed(engine, event, -1, "mail2")
    assert engine.store.pending(event.id).id == approval.id
    assert engine.queue == [*the_owed(approval), (ApprovalNeeded(event.id, approval.id), 0)]


def test_a_mail_that_was_decided_on_is_not_asked_about_again(engine, event):
    mailed(engine, event, -1)
    approve.handle(ApprovalGiven(event.id, engine.store.pending(event.id).id, Choice.DISCARD), engine)
    with pytest.raises(Aside, match="discarded already"):
        mailed(engine, event, -1)
    assert not mailed(engine, event, -1, "mail2")
    assert engine.store.pending(event.id)


def test_two_who_change_at_once_do_not_lose_one(engine, event):
    waiting = engine.store.pending(event.id)
    mailed(engine, event, -1)
    message = UpdateArrived(a_mail(key="mail2"), event.organizer, event.origin_uid)
    minor = replace(event, revision=1, changed=NOW)
    for people in (1, 9):
        quiet = replace(engine, settings=engine.settings.model_copy(update={"approval_threshold": people}))
        with pytest.raises(Temporary):
            submit(quiet, event, waiting, (minor, Change.MINOR), message)


@pytest.mark.parametrize("choice", [Choice.APPROVE, Choice.QUIET])
def test_a_click_that_died_before_the_relay_is_made_good(engine, event, choice):
    mailed(engine, event, -1)
    given = ApprovalGiven(event.id, engine.store.pending(event.id).id, choice)
    engine.queue.is_cut = True
    with pytest.raises(Temporary):
        approve.handle(given, engine)
    stored = engine.store.event(event.id)
    assert (stored.revision, stored.sequence) == (1, choice is Choice.APPROVE)
    engine.queue.is_cut = False
    engine.queue.clear()
    # The repeat, and a second click that wants something else.
    approve.handle(given, engine)
    approve.handle(replace(given, choice=Choice.DISCARD), engine)
    assert engine.store.event(event.id) == stored
    assert engine.queue == [(AudienceDue(event.id), 0)] * 2


def test_nothing_is_decided_for_what_is_not(engine, event):
    for handle, message in (
        (approve.handle, ApprovalGiven(event.id, "nothing", Choice.APPROVE)),
        (expire.handle, ApprovalExpires(event.id, "nothing")),
        (ask.handle, ApprovalNeeded(event.id, "nothing")),
    ):
        with pytest.raises(Aside):
            handle(message, engine)


def test_a_change_expires_once_its_time_is_over(engine, embedded, event, clock):
    mailed(engine, event, -1)
    approval = engine.store.pending(event.id)
    due = ApprovalExpires(event.id, approval.id)
    engine.queue.clear()
    clock.advance(3600)
    # Early, as a queue that knows no long delay would have it: it waits on.
    expire.handle(due, engine)
    assert engine.queue == [(due, 71 * 3600.0)]
    clock.advance(71 * 3600)
    expire.handle(due, engine)
    assert engine.store.approval(approval.id).state is ApprovalState.EXPIRED
    assert engine.store.event(event.id) == event
    (notice,) = embedded.lab.mails()
    assert (notice.to, notice.subject) == (event.organizer, "Not changed: Ball")
    with pytest.raises(Aside):
        ask.handle(ApprovalNeeded(event.id, approval.id), engine)


def test_what_was_decided_does_not_expire(engine, embedded, event, clock):
    mailed(engine, event, -1)
    approval = engine.store.pending(event.id)
    approve.handle(ApprovalGiven(event.id, approval.id, Choice.APPROVE), engine)
    clock.advance(73 * 3600)
    with pytest.raises(Aside, match="applied"):
        expire.handle(ApprovalExpires(event.id, approval.id), engine)
    assert embedded.lab.mails() == []


def test_the_question_shows_what_changes_for_how_many(engine, embedded, event):
    mailed(engine, event, -1)
    ask.handle(ApprovalNeeded(event.id, engine.store.pending(event.id).id), engine)
    (mail,) = embedded.lab.mails()
    raw = embedded.lab.raw(mail.id)
    assert mail.subject == "Please approve: Ball changes for 2 people"
    text = message_from_bytes(raw, policy=policy.default).get_body(("plain",)).get_content()
    for words in (
        "would reach 2 people",
        "    - Thu 24 December 2026, 18:00 - 20:00 (Europe/Paris, UTC+01:00)",
        "    + Thu 24 December 2026, 17:00 - 20:00 (Europe/Paris, UTC+01:00)",
        "?choice=approve",
        "?choice=quiet",
        "?choice=discard",
        "until 2026-12-04 09:00 UTC",
    ):
        assert words in text
