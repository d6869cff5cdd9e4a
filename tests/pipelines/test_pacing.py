"""What is put off, for whom and how long; what is given up; and the bulk send that pauses by itself."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from invited.admission import request_send
from invited.domain.event import Audience
from invited.domain.invitation import State
from invited.domain.job import Control, Phase
from invited.entrypoints.worker import work_off
from invited.jobs import direct
from invited.messages import Attendee, AudienceDue, DeliveryDue, NudgeRequested, deliveries
from invited.pipelines import deliver
from invited.ports import Sent, Trouble

LATER = Sent(is_temporary=True, reason="450 4.7.1 slow down")
NOBODY = Sent(is_permanent=True, reason="550 5.1.1 no such user")
CLOSING = Sent(is_temporary=True, reason="421 4.3.2 closing", trouble=Trouble.RELAY)
HOUR = 3600


@pytest.fixture
def settings(settings):
    return replace_settings(settings, pause_minimum=10, admins="ops@invites.example", give_up_hours=2)


def replace_settings(settings, **changes):
    return type(settings)(**{**settings.model_dump(exclude_unset=True), **changes}, _env_file=None)


@pytest.fixture
def invite(engine, event, work):
    """Invite these as one job; its id."""

    def invite(*addresses):
        job, _ = request_send(engine, event, [Attendee(address) for address in addresses], "api")
        work()
        return job

    return invite


@pytest.fixture
def states(engine, event):
    def states():
        return {i.address: i.state.value for i in engine.store.invitations(event.id)}

    return states


@pytest.fixture
def passes(work, clock):
    """Time passes in small steps, and whatever becomes due is worked off."""

    def passes(seconds, step=10):
        end = clock() + timedelta(seconds=seconds)
        while clock() < end:
            clock.advance(step)
            work()

    return passes


def at(name, domain="slow.example"):
    return f"{name}@{domain}"


def text(letter):
    return message_from_bytes(letter.raw, policy=policy.default).get_body(("plain",)).get_content()


def tried(relay, domain="slow.example"):
    return [letter.to for letter in relay.letters if letter.to.endswith(domain)]


def test_a_domain_that_refuses_is_left_alone_and_all_others_go_on(engine, event, invite, relay, states, passes):
    relay.answers = {at("a"): LATER, at("b"): LATER}
    invite(at("a"), at("b"), at("c", "fast.example"))
    assert tried(relay) == [at("a"), at("b")] or tried(relay) == [at("b"), at("a")]
    assert states() == {at("a"): "queued", at("b"): "queued", at("c", "fast.example"): "sent"}
    invite(at("d"), at("e", "fast.example"))
    assert len(tried(relay)) == 2
    waiting = {i.address: i.reason for i in engine.store.invitations(event.id) if i.state is State.QUEUED}
    assert waiting[at("a")] == "450 4.7.1 slow down"
    assert waiting[at("d")] == "mail to slow.example is refused for now: 450 4.7.1"
    assert states()[at("e", "fast.example")] == "sent"
    relay.answers = {}
    passes(80)
    assert set(states().values()) == {"sent"}
    assert sorted(tried(relay)) == sorted([at("a"), at("b"), at("a"), at("b"), at("d")])


def test_the_waits_grow_with_each_refusal_and_nobody_becomes_a_dead_letter(invite, relay, passes, embedded):
    relay.answers = {at("a"): LATER}
    invite(at("a"))
    passes(HOUR)
    assert 5 <= len(tried(relay)) <= 8
    assert embedded.ports.dead_letters.page() == []


def test_a_full_mailbox_holds_up_nobody_else(invite, relay, states):
    relay.answers = {at("a"): Sent(is_temporary=True, reason="452 4.2.2 full")}
    invite(at("a"))
    invite(at("b"))
    assert states() == {at("a"): "queued", at("b"): "sent"}


def test_a_relay_that_refuses_is_left_alone_by_everybody(invite, relay, states, passes):
    addresses = [at(f"a{n:02}", f"d{n}.example") for n in range(19)]
    relay.answers = dict.fromkeys(addresses, CLOSING)
    invite(*addresses)
    tries = len(relay.letters)
    assert tries == 19
    invite(at("late"))
    assert len(relay.letters) == tries
    relay.answers = {}
    passes(70)
    assert set(states().values()) == {"sent"}


def test_after_a_refusal_by_the_relay_the_rest_of_a_batch_is_not_even_tried(engine, event, invite, relay, monkeypatch):
    monkeypatch.setattr("invited.invites.SLICE", 3)
    addresses = [at(f"a{n}", f"d{n}.example") for n in range(9)]
    relay.answers = dict.fromkeys(addresses, CLOSING)
    invite(*addresses)
    assert len(relay.letters) == 3


def test_a_connection_that_breaks_holds_up_its_letter_alone(invite, relay, states):
    relay.answers = {at("a"): Sent(is_temporary=True, reason="it broke", trouble=Trouble.CONNECTION)}
    invite(at("a"), at("b"))
    invite(at("c"))
    assert states() == {at("a"): "queued", at("b"): "sent", at("c"): "sent"}


def test_who_is_put_off_for_too_long_has_failed_and_can_be_sent_to_again(
    engine, event, invite, relay, states, passes, work, embedded
):
    relay.answers = {at("a"): LATER}
    job_id = invite(at("a"), at("b", "fast.example"))
    passes(4 * HOUR, step=60)
    assert states()[at("a")] == "failed"
    (failed,) = (i for i in engine.store.invitations(event.id) if i.state is State.FAILED)
    assert failed.reason.startswith("given up: ")
    assert "450 4.7.1" in failed.reason
    job = engine.store.job(job_id)
    assert (job.phase(engine.now()), job.figures.failed, job.figures.queued) == (Phase.DONE, 1, 0)
    assert embedded.queue.depth().later == 0
    relay.answers = {}
    direct(engine, job, Control.GOING, set(Control), is_resend=True)
    work()
    passes(2 * HOUR, step=60)
    assert set(states().values()) == {"sent"}


def test_an_update_that_is_given_up_leaves_a_copy_that_the_next_one_renews(
    engine, event, invite, relay, states, passes, work
):
    invite(at("a"))
    relay.answers = {at("a"): LATER}
    change(engine, event, work, revision=1)
    passes(4 * HOUR, step=60)
    assert states() == {at("a"): "returned"}
    relay.answers = {}
    change(engine, event, work, revision=2)
    passes(2 * HOUR, step=60)
    assert states() == {at("a"): "sent"}


def change(engine, event, work, revision):
    known = engine.store.event(event.id)
    head = replace(known.head, summary=f"Ball {revision}", revision=revision)
    engine.store.replace_event(
        replace(known, revision=revision, components=(head,), audience=Audience.EVERYONE), known.revision
    )
    engine.store.set_choices(event.id, {"audience": Audience.EVERYONE})
    engine.queue.publish([AudienceDue(event.id)])
    work()


@pytest.mark.parametrize("rates", [{"send_rate": 2}, {"domain_rate": 2}, {"domain_rates": "slow.example=2"}])
def test_no_more_go_out_than_the_rates_allow(embedded, engine, event, relay, settings, clock, rates):
    engine = replace(engine, settings=replace_settings(settings, **rates))
    request_send(engine, event, [Attendee(at(f"a{n:02}")) for n in range(13)], "api")
    seen = []
    for _ in range(8):
        while work_off(engine, embedded.queue):
            pass
        seen.append(len(relay.letters))
        clock.advance(1)
    assert seen == [2, 4, 6, 8, 10, 12, 13, 13]
    assert not any(i.reason for i in engine.store.invitations(event.id))


def test_a_rate_of_one_domain_is_no_rate_of_another(embedded, engine, event, relay, settings):
    engine = replace(engine, settings=replace_settings(settings, domain_rates="slow.example=1"))
    people = [at(f"a{n}") for n in range(5)] + [at(f"a{n}", "fast.example") for n in range(5)]
    request_send(engine, event, [Attendee(address) for address in people], "api")
    while work_off(engine, embedded.queue):
        pass
    assert len(tried(relay)) == 1
    assert len(tried(relay, "fast.example")) == 5


def test_who_is_being_sent_to_comes_again_later(engine, event, embedded, invite, relay, clock, work):
    invite(at("a"))
    (held,) = engine.store.invitations(event.id)
    known = engine.store.event(event.id)
    engine.store.replace_event(replace(known, revision=1, components=(replace(known.head, revision=1),)), 0)
    engine.store.claim(event.id, [held.token], 1, clock(), 600)
    engine.queue.publish(deliveries(event.id, [held.token]))
    work()
    assert len(relay.letters) == 1
    clock.advance(601)
    work()
    assert len(relay.letters) == 2


def test_a_delivery_that_becomes_a_dead_letter_says_so_of_its_people(
    engine, event, embedded, relay, states, work, monkeypatch
):
    def trip(*_, **__):
        raise RuntimeError("tripped")

    job, _ = request_send(engine, event, [Attendee(at("a")), Attendee(at("b"))], "api")
    with monkeypatch.context() as patched:
        patched.setattr(deliver, "catching_up", trip)
        while work_off(engine, embedded.queue):
            pass
    assert [letter.kind for letter in embedded.ports.dead_letters.page()] == ["DeliveryDue"]
    assert {i.state: i.reason for i in engine.store.invitations(event.id)} == {
        State.FAILED: "given up: an error of this server"
    }
    direct(engine, engine.store.job(job), Control.GOING, set(Control), is_resend=True)
    while work_off(engine, embedded.queue):
        pass
    assert set(states().values()) == {"sent"}


def test_a_delivery_handled_twice_sends_once(engine, event, invite, relay, embedded):
    relay.answers = {at("a"): LATER}
    invite(at("a"), at("b", "fast.example"))
    message = DeliveryDue(event.id, tuple(i.token for i in engine.store.invitations(event.id)))
    relay.answers = {}
    deliver.handle(message, engine)
    deliver.handle(message, engine)
    assert tried(relay, "fast.example") == [at("b", "fast.example")]


def test_a_reminder_keeps_the_pace_too(engine, event, invite, relay, clock, passes, work):
    invite(at("a"), at("b", "fast.example"))
    clock.advance(49 * HOUR)
    relay.letters.clear()
    relay.answers = {at("a"): LATER}
    engine.queue.publish([NudgeRequested(event.id)])
    work()
    relay.answers = {}
    passes(100)
    assert sorted(relay.invited) == sorted([at("a"), at("a"), at("b", "fast.example")])
    assert engine.store.statistics(event.id).nudges == 2


@pytest.fixture
def bad_list(engine, event, relay, work, monkeypatch):
    """A job of 20 people of whom each second does not exist, sent two at a time."""
    monkeypatch.setattr("invited.messages.BATCH", 2)
    people = [at(f"a{n:02}", "x.example") for n in range(20)]
    relay.answers = dict.fromkeys(people[::2], NOBODY)
    job, _ = request_send(engine, event, [Attendee(address) for address in people], "api")
    work()
    return job


def test_a_job_pauses_by_itself_and_tells_organizer_and_admin(engine, event, bad_list, relay, states):
    job = engine.store.job(bad_list)
    assert job.control is Control.PAUSED
    tried = job.figures.sent + job.figures.failed
    assert job.why == f"{job.figures.failed} of {tried} mails did not arrive"
    assert 10 <= tried <= 12
    assert list(states().values()).count("queued") == 20 - tried
    assert [letter.to for letter in relay.notices] == [event.organizer, "ops@invites.example"]
    for letter in relay.notices:
        assert f"no longer go out: {job.why}." in text(letter)
        assert f"/api/v1/jobs/{job.id}/resume" in text(letter)
    assert "access=" in text(relay.notices[0])
    assert "access=" not in text(relay.notices[1])


def test_a_job_that_is_resumed_goes_on_as_what_came_back_was_seen(engine, bad_list, relay, work, states):
    direct(engine, engine.store.job(bad_list), Control.GOING, {Control.PAUSED})
    work()
    assert "queued" not in states().values()
    job = engine.store.job(bad_list)
    assert (job.control, job.why, len(relay.notices)) == (Control.GOING, "", 2)


def test_updates_go_out_although_the_job_has_paused_by_itself(engine, event, bad_list, relay, work, states):
    relay.letters.clear()
    change(engine, event, work, revision=1)
    assert len(relay.invited) == list(states().values()).count("sent")
    assert relay.invited
