"""Any store must admit, claim and mark invitations so."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from invited.domain.invitation import FINAL, State
from invited.domain.job import Job
from invited.ports import Admitted
from tests.facts import NOW, a_delivery, an_event, an_invitation

LEASE = 300


@pytest.fixture
def event(store):
    event = an_event()
    store.add_event(event, limit=10)
    return event


@pytest.fixture
def invite(store, event):
    """Admit these tokens, as one job."""

    def invite(*tokens, job="job1", limit=100, **changes):
        return store.admit(event.id, [an_invitation(event.id, t, job=job, **changes) for t in tokens], limit)

    return invite


def tokens(invitations):
    return [invitation.token for invitation in invitations]


def claim(store, event, *tokens, revision=0, now=NOW):
    return store.claim(event.id, tokens, revision, now, LEASE)


def mark(store, event, **changes):
    store.mark(event.id, [a_delivery(**changes)])
    return store.invitation(event.id, "t1")


def test_an_invitation_comes_back_as_it_was(store, event):
    invitation = an_invitation(event.id, name="Zoë", origin="link:mailchimp", created=NOW + timedelta(microseconds=1))
    store.admit(event.id, [invitation], 10)
    assert store.invitation(event.id, "t1") == invitation
    assert store.invitation(event.id, "t2") is None
    assert store.invitation("nowhere", "t1") is None


def test_who_is_invited_already_is_told_apart(invite):
    assert invite("t1", "t2", job="one") == Admitted(("t1", "t2"), (), ())
    assert invite("t2", "t3", "t3", job="two") == Admitted(("t3",), ("t2",), ())


def test_repeating_a_job_says_the_same(invite, store, event):
    first = invite("t1", "t2", "t3", limit=2)
    assert first == Admitted(("t1", "t2"), (), ("t3",))
    assert invite("t1", "t2", "t3", limit=2) == first
    assert store.statistics(event.id).invitations == 2


def test_admitting_nobody_is_fine(invite):
    assert invite() == Admitted((), (), ())


def test_nobody_passes_the_limit_at_the_same_time(store, event):
    def admit(n):
        made = [an_invitation(event.id, f"{n}-{i}", job=f"job{n}") for i in range(5)]
        return store.admit(event.id, made, 42)

    with ThreadPoolExecutor(8) as pool:
        admitted = list(pool.map(admit, range(16)))
    assert sum(len(a.added) for a in admitted) == 42
    assert sum(len(a.over) for a in admitted) == 38
    assert len(store.invitations(event.id)) == store.statistics(event.id).invitations == 42


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_pages_go_by_token_through_all_or_one_job(store, event, invite, limit):
    def paged(job=None):
        found, after = [], ""
        while page := store.invitations(event.id, after=after, limit=limit, job=job):
            found += tokens(page)
            after = found[-1]
        return found

    invite("t3", "t1", "t5", job="one")
    invite("t4", "t2", job="two")
    assert paged() == ["t1", "t2", "t3", "t4", "t5"]
    assert paged("two") == ["t2", "t4"]
    assert paged("three") == []


def test_a_claim_keeps_others_out_until_it_is_marked(store, event, invite):
    invite("t1", "t2")
    first = claim(store, event, "t1", "unknown")
    assert tokens(first.claimed) == ["t1"]
    assert first.busy == ()
    second = claim(store, event, "t1", "t2")
    assert (tokens(second.claimed), second.busy) == (["t2"], ("t1",))
    store.mark(event.id, [a_delivery("t1")])
    third = claim(store, event, "t1", "t2")
    assert (third.claimed, third.busy) == ((), ("t2",))


def test_a_newer_version_waits_for_the_older_on_the_wire(store, event, invite):
    invite("t1")
    claim(store, event, "t1", revision=0)
    assert claim(store, event, "t1", revision=1).busy == ("t1",)
    mark(store, event, revision=0)
    assert tokens(claim(store, event, "t1", revision=1).claimed) == ["t1"]
    mark(store, event, revision=1)
    for revision in (0, 1):
        assert claim(store, event, "t1", revision=revision) == claim(store, event)


def test_a_repeat_is_claimed_by_whoever_holds_the_version_and_changes_nothing(store, event, invite):
    invite("t1", "t2")
    store.mark(event.id, [a_delivery("t1", revision=2, sequence=1)])
    before = store.invitation(event.id, "t1"), store.statistics(event.id)
    assert tokens(store.claim(event.id, ["t1"], 2, NOW, LEASE).claimed) == []
    assert tokens(store.claim(event.id, ["t1", "t2"], 2, NOW, LEASE, is_repeat=True).claimed) == ["t1", "t2"]
    assert store.claim(event.id, ["t1"], 2, NOW, LEASE, is_repeat=True).busy == ("t1",)
    store.mark(event.id, [a_delivery("t1", revision=2, sequence=1)], release=["t2"])
    assert (store.invitation(event.id, "t1"), store.statistics(event.id)) == before
    assert tokens(store.claim(event.id, ["t1"], 1, NOW, LEASE, is_repeat=True).claimed) == []


def test_a_claim_ends_by_release_or_with_its_lease(store, event, invite):
    invite("t1")
    claim(store, event, "t1")
    store.mark(event.id, [], release=["t1"])
    assert tokens(claim(store, event, "t1").claimed) == ["t1"]
    almost = NOW + timedelta(seconds=LEASE) - timedelta(microseconds=1)
    assert claim(store, event, "t1", now=almost).busy == ("t1",)
    assert tokens(claim(store, event, "t1", now=NOW + timedelta(seconds=LEASE)).claimed) == ["t1"]


def test_each_token_is_claimed_by_one_of_many(store, event, invite):
    named = [f"t{n:03}" for n in range(100)]
    invite(*named)
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: claim(store, event, *named), range(16)))
    assert sorted(token for c in claims for token in tokens(c.claimed)) == named
    assert all(len(c.claimed) + len(c.busy) == 100 for c in claims)


def test_sent_says_what_the_attendee_holds(store, event, invite):
    invite("t1")
    later = NOW + timedelta(hours=1)
    sent = mark(store, event, revision=3, sequence=2, at=later, reason="250 ok")
    before = an_invitation(event.id)
    assert sent == replace(before, state=State.SENT, reason="250 ok", sent_revision=3, sent_sequence=2, sent=later)
    assert mark(store, event, revision=2, state=State.FAILED) == sent
    assert mark(store, event, revision=3, state=State.FAILED) == sent
    figures = store.statistics(event.id)
    assert (figures.sent, figures.queued, figures.failed) == (1, 0, 0)
    assert figures.by_day == {"2026-12-01": {"invitations": 1, "sent": 1}}


@pytest.mark.parametrize("state", sorted(FINAL))
def test_an_end_is_final(store, event, invite, state):
    invite("t1")
    mark(store, event, revision=0)
    ended = mark(store, event, revision=1, state=state, reason="550 no")
    assert (ended.state, ended.reason, ended.sent_revision) == (state, "550 no", 0)
    for other in State:
        assert mark(store, event, revision=2, state=other, reason="later") == ended
    assert claim(store, event, "t1", revision=2) == claim(store, event)
    figures = store.statistics(event.id)
    assert (figures.sent, getattr(figures, state)) == (int(state is not State.FAILED), 1)
    assert figures.by_day["2026-12-01"][state] == 1


def test_what_was_dropped_is_sent_once_the_event_takes_place_after_all(store, event, invite):
    invite("t1")
    assert mark(store, event, revision=1, state=State.DROPPED).sent_revision == -1
    assert [i.token for i in claim(store, event, "t1", revision=2).claimed] == ["t1"]
    assert mark(store, event, revision=2).state is State.SENT


@pytest.mark.parametrize("state", [State.BOUNCED, State.COMPLAINED])
@pytest.mark.parametrize("held", [-1, 0])
def test_a_bounce_needs_no_claim_and_may_come_before_the_mark(store, event, invite, held, state):
    invite("t1")
    if held >= 0:
        mark(store, event, revision=held)
    claim(store, event, "t1", revision=1)
    assert mark(store, event, revision=held, state=state).state is state
    assert mark(store, event, revision=1).state is state


def test_what_was_returned_is_told_once_and_a_later_version_is_tried(store, event, invite):
    invite("t1")
    mark(store, event, revision=0)
    for _ in range(2):
        returned = mark(store, event, revision=0, state=State.RETURNED, reason="5.2.2 full")
    assert (returned.state, returned.reason, returned.sent_revision) == (State.RETURNED, "5.2.2 full", 0)
    figures = store.statistics(event.id)
    assert (figures.sent, figures.bounced, figures.returned) == (1, 1, 1)
    assert figures.by_day["2026-12-01"] == {"invitations": 1, "sent": 1, "returned": 1}
    assert claim(store, event, "t1", revision=0).claimed == ()
    assert claim(store, event, "t1", revision=1).claimed == (returned,)
    assert mark(store, event, revision=1).state is State.SENT
    figures = store.statistics(event.id)
    assert (figures.sent, figures.bounced, figures.returned) == (1, 0, 0)
    assert mark(store, event, revision=0, state=State.RETURNED).state is State.SENT


def test_a_bounce_for_good_follows_one_that_may_pass(store, event, invite):
    invite("t1")
    mark(store, event, revision=0)
    mark(store, event, revision=0, state=State.RETURNED)
    assert mark(store, event, revision=0, state=State.BOUNCED).state is State.BOUNCED
    assert mark(store, event, revision=0, state=State.RETURNED).state is State.BOUNCED
    figures = store.statistics(event.id)
    assert (figures.sent, figures.bounced, figures.returned) == (1, 1, 0)


def test_a_bounce_of_an_older_mail_is_overtaken(store, event, invite):
    invite("t1")
    mark(store, event, revision=1)
    assert mark(store, event, revision=0, state=State.BOUNCED).state is State.SENT


def test_queued_changes_the_claim_alone(store, event, invite):
    invite("t1")
    mark(store, event, revision=0)
    claim(store, event, "t1", revision=1)
    assert mark(store, event, revision=1, state=State.QUEUED).state is State.SENT
    assert tokens(claim(store, event, "t1", revision=1).claimed) == ["t1"]


def test_why_somebody_waits_is_kept_until_something_is_sent(store, event, invite):
    invite("t1")
    claim(store, event, "t1")
    waiting = mark(store, event, state=State.QUEUED, reason="put off: 450")
    assert (waiting.state, waiting.reason, waiting.sent_revision) == (State.QUEUED, "put off: 450", -1)
    assert claim(store, event, "t1").claimed == (waiting,)
    assert mark(store, event).reason == ""
    assert mark(store, event, revision=1, state=State.QUEUED, reason="put off: 451").reason == ""
    figures = store.statistics(event.id)
    assert (figures.queued, figures.sent) == (0, 1)


def test_marks_in_one_call_follow_each_other(store, event, invite):
    invite("t1")
    store.mark(event.id, [a_delivery(), a_delivery(), a_delivery(state=State.BOUNCED), a_delivery("unknown")])
    assert store.invitation(event.id, "t1").state is State.BOUNCED
    assert store.statistics(event.id).by_day["2026-12-01"] == {"invitations": 1, "sent": 1, "bounced": 1}


def test_a_job_counts_its_own(store, event, invite):
    job = Job("one", event.id, "list", NOW, store.statistics("nowhere"))
    store.open_job(job)
    store.open_job(replace(job, origin="other"))
    invite("t1", "t2", job="one", origin="list")
    invite("t3", job="two")
    store.mark(event.id, [a_delivery("t1"), a_delivery("t3")])
    found = store.job("one")
    assert (found.id, found.event_id, found.origin, found.created) == ("one", event.id, "list", NOW)
    assert (found.figures.invitations, found.figures.sent, found.figures.queued) == (2, 1, 1)
    assert store.statistics(event.id).invitations == 3
    assert store.job("three") is None
