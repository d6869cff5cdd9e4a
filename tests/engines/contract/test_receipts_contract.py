"""Any store must order and count answers so, however often and in whatever order they come."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invited.domain import statistics
from invited.domain.invitation import Partstat, State
from invited.domain.receipt import Grade, Receipt, Taken
from invited.domain.reconfirmation import Reconfirmation
from tests.facts import NOW, a_delivery, a_receipt, an_event, an_invitation

TOKENS = ("t1", "t2")


def planned(store):
    """A new event with two guests."""
    event = an_event()
    store.add_event(event, limit=10**9)
    store.admit(
        event.id, [an_invitation(event.id, t, origin=o) for t, o in zip(TOKENS, ("api", "list"), strict=True)], 10
    )
    return event


@pytest.fixture
def event(store):
    return planned(store)


def test_an_answer_is_kept_and_counted(store, event):
    receipt = a_receipt(event.id, comment="With pleasure", guests=2, sequence=3)
    assert store.record([receipt]) == [True]
    assert store.record([receipt, receipt]) == [False, False]
    assert store.receipts(event.id, ["t1", "t2", "t3"]) == [receipt]
    invitation = store.invitation(event.id, "t1")
    assert (invitation.partstat, invitation.answered_sequence) == (Partstat.ACCEPTED, 3)
    figures = store.statistics(event.id)
    assert (figures.accepted, figures.none) == (1, 1)
    assert figures.by_origin["api"] == {"invitations": 1, "accepted": 1}
    assert figures.by_client == {"Google Calendar": {"accepted": 1}}
    assert store.job("job1") is None


def test_a_changed_mind_moves_the_count(store, event):
    later = NOW + timedelta(minutes=1)
    changed = a_receipt(event.id, partstat=Partstat.DECLINED, arrived=later)
    # Two answers in one call, and the older of them once more.
    assert store.record([a_receipt(event.id), changed, a_receipt(event.id)]) == [True, True, False]
    figures = store.statistics(event.id)
    assert (figures.accepted, figures.declined) == (0, 1)
    assert store.receipts(event.id, ["t1"]) == [changed]


def test_occurrences_are_answered_by_themselves(store, event):
    one, other = (
        a_receipt(event.id, recurrence_id=r, partstat=Partstat.DECLINED) for r in ("20261201", "20261208T090000Z")
    )
    assert store.record([other, one]) == [True, True]
    assert store.receipts(event.id, ["t1"]) == [one, other]
    invitation = store.invitation(event.id, "t1")
    assert (invitation.partstat, invitation.parts) == (Partstat.NEEDS_ACTION, Partstat.DECLINED)
    figures = store.statistics(event.id)
    assert figures.none == 2
    assert figures.by_occurrence == {"20261201": {"declined": 1}, "20261208T090000Z": {"declined": 1}}


def test_the_most_willing_answer_to_an_occurrence_makes_a_responder(store, event):
    store.record([a_receipt(event.id, recurrence_id="20261201", partstat=Partstat.DECLINED)])
    store.record([a_receipt(event.id, recurrence_id="20261208", partstat=Partstat.ACCEPTED)])
    assert store.invitation(event.id, "t1").parts is Partstat.ACCEPTED
    later = NOW + timedelta(minutes=1)
    store.record([a_receipt(event.id, recurrence_id="20261208", partstat=Partstat.TENTATIVE, arrived=later)])
    store.record([a_receipt(event.id, partstat=Partstat.DECLINED)])
    invitation = store.invitation(event.id, "t1")
    assert (invitation.partstat, invitation.parts) == (Partstat.DECLINED, Partstat.TENTATIVE)
    assert store.invitations(event.id)[0].parts is Partstat.TENTATIVE


def test_answers_to_nothing_change_nothing(store, event):
    receipts = [
        a_receipt(event.id, "unknown"),
        a_receipt("nowhere"),
        a_receipt("nowhere", "", grade=Grade.UNVERIFIED),
        a_receipt("nowhere", grade=Grade.FORWARDED),
    ]
    assert store.record(receipts) == [False] * 4
    assert store.statistics(event.id).none == 2


def test_strangers_stand_apart(store, event):
    passed_on = a_receipt(event.id, address="eve@far.example", grade=Grade.FORWARDED)
    claimed = a_receipt(event.id, "", address="mallory@far.example", grade=Grade.UNVERIFIED)
    assert store.record([passed_on, claimed, passed_on]) == [True, True, False]
    assert store.strangers(event.id) == [passed_on, claimed]
    assert store.strangers(event.id, limit=1) == [passed_on]
    assert store.strangers(event.id, after="eve@far.example") == [claimed]
    assert store.strangers(event.id, after="mallory@far.example") == []
    figures = store.statistics(event.id)
    assert (figures.strangers, figures.none) == (1, 2)
    assert store.invitation(event.id, "t1").partstat is Partstat.NEEDS_ACTION


def test_who_holds_a_token_is_not_displaced_by_who_only_says_so(store, event):
    passed_on = a_receipt(event.id, address="eve@far.example", grade=Grade.FORWARDED)
    later = NOW + timedelta(days=1)
    claimed = replace(passed_on, token="", grade=Grade.UNVERIFIED, arrived=later, partstat=Partstat.DECLINED)
    assert store.record([claimed, passed_on, claimed]) == [True, True, False]
    assert store.strangers(event.id) == [passed_on]
    assert store.statistics(event.id).strangers == 1


def test_how_answers_were_taken_is_remembered(store, event):
    first = a_receipt(event.id, sequence=2, grade=Grade.AUTHENTICATED)
    beaten = a_receipt(event.id, sequence=1, mail="mail2", recurrence_id="")
    passed_on = a_receipt(event.id, address="eve@far.example", grade=Grade.FORWARDED, mail="mail2")
    store.record([first, beaten, passed_on, replace(first, sequence=1, grade=Grade.TOKEN), a_receipt("nowhere")])
    assert store.taken(event.id, "mail1") == [Taken("t1", "", "t1@guests.example", 2, Grade.AUTHENTICATED)]
    # The key is by address last: both are of the same token.
    assert sorted(store.taken(event.id, "mail2"), key=repr) == [
        Taken("t1", "", "eve@far.example", 0, Grade.FORWARDED),
        Taken("t1", "", "t1@guests.example", 1, Grade.TOKEN),
    ]
    assert store.taken("nowhere", "mail1") == []


def test_the_answers_can_be_exchanged(store, event):
    for token in TOKENS:
        store.mark(event.id, [a_delivery(token)])
    fresh = store.statistics(event.id)
    store.record([a_receipt(event.id), a_receipt(event.id, recurrence_id="20261201")])
    store.record([a_receipt(event.id, address="eve@far.example", grade=Grade.FORWARDED)])
    others = [
        a_receipt(event.id, "t2", partstat=Partstat.DECLINED, client="outlook"),
        a_receipt(event.id, "t2", address="eli@far.example", grade=Grade.FORWARDED),
    ]
    store.replace_answers(event.id, others)
    assert store.receipts(event.id, TOKENS) == others[:1]
    assert store.strangers(event.id) == others[1:]
    assert store.invitation(event.id, "t1").partstat is Partstat.NEEDS_ACTION
    assert store.invitation(event.id, "t2").partstat is Partstat.DECLINED
    figures = store.statistics(event.id)
    assert (figures.accepted, figures.declined, figures.strangers, figures.sent) == (0, 1, 1, 2)
    assert figures.by_occurrence == {}
    assert store.taken(event.id, "mail1")
    store.replace_answers(event.id, [])
    assert store.statistics(event.id) == fresh
    assert store.receipts(event.id, TOKENS) == store.strangers(event.id) == []


def test_exchanging_the_answers_of_one_event_leaves_another_alone(store, event):
    other = planned(store)
    store.record([a_receipt(event.id), a_receipt(other.id)])
    store.replace_answers(event.id, [])
    assert store.statistics(other.id).accepted == 1
    assert len(store.receipts(other.id, TOKENS)) == 1


seconds = st.integers(0, 3).map(lambda n: NOW + timedelta(hours=12 * n))
receipts = st.builds(
    lambda **changes: a_receipt("?", **changes),
    token=st.sampled_from((*TOKENS, "unknown")),
    recurrence_id=st.sampled_from(["", "20261201"]),
    partstat=st.sampled_from(Partstat),
    sequence=st.integers(0, 2),
    dtstamp=seconds,
    arrived=seconds,
    mail=st.sampled_from(["m1", "m2"]),
    address=st.sampled_from(["a@far.example", "b@far.example"]),
    client=st.sampled_from(["Google Calendar", "Outlook", "of my own", ""]),
    # Whoever is admitted leaves the strangers, so that for them the order of calls matters.
    grade=st.sampled_from(sorted(set(Grade) - {Grade.ADMITTED})),
)


def claimed(receipt):
    """The place a receipt competes for and its rank there: no two real ones agree in both."""
    if receipt.counts:
        return receipt.token, receipt.recurrence_id, receipt.order()
    return receipt.address, receipt.grade, receipt.order()


@st.composite
def shuffled_twice(draw):
    """The same receipts in two orders, in one of them some several times."""
    once = draw(st.lists(receipts, max_size=12, unique_by=claimed))
    again = draw(st.lists(st.sampled_from(once), max_size=4)) if once else []
    return draw(st.permutations(once + again)), draw(st.permutations(once))


def kept(store, event):
    """All that the receipts of an event left behind."""
    invitations = store.invitations(event.id)
    facts = (
        store.receipts(event.id, TOKENS),
        store.earlier_receipts(event.id, TOKENS),
        store.strangers(event.id),
        invitations,
    )
    reports = [store.reconfirmation(event.id, sequence) for sequence in range(4)]
    return [[replace(fact, event_id="") for fact in kind] for kind in facts], store.statistics(event.id), reports


def recounted(store, event):
    """The figures, counted anew from the rows."""
    counters = Counter()
    invitations = {i.token: i for i in store.invitations(event.id)}
    for invitation in invitations.values():
        counters += statistics.of_invitation(invitation)
    for receipt in store.receipts(event.id, TOKENS):
        counters += statistics.of_receipt(invitations[receipt.token], None, receipt)
    counters["strangers"] = sum(r.grade is Grade.FORWARDED for r in store.strangers(event.id))
    return statistics.read(counters)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(shuffled_twice())
def test_order_and_repeats_do_not_matter(store, orders):
    ends = []
    for order in orders:
        event = planned(store)
        for receipt in order:
            store.record([replace(receipt, event_id=event.id)])
        ends.append(kept(store, event))
        assert recounted(store, event) == store.statistics(event.id)
    assert ends[0] == ends[1]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(receipts, max_size=5), max_size=4), st.lists(st.sampled_from(State), max_size=3))
def test_counters_equal_a_recount_and_those_of_the_job(store, calls, states):
    event = planned(store)
    for call in calls:
        store.record([replace(receipt, event_id=event.id) for receipt in call])
    for revision, state in enumerate(states):
        store.mark(event.id, [a_delivery(token, revision=revision, state=state) for token in TOKENS])
    figures, recount = store.statistics(event.id), recounted(store, event)
    assert replace(figures, by_day=unsent(figures.by_day), by_hour=unsent(figures.by_hour)) == recount


def unsent(table):
    """Without the mails, which the rows do not tell."""
    return {moment: {w: n for w, n in what.items() if w not in list(State)} for moment, what in table.items()}


def test_the_answer_before_is_kept_and_told(store, event):
    first = a_receipt(event.id)
    again = a_receipt(event.id, sequence=2, partstat=Partstat.DECLINED, arrived=NOW + timedelta(hours=1))
    late = a_receipt(event.id, sequence=1, partstat=Partstat.TENTATIVE, arrived=NOW + timedelta(hours=2))
    assert store.record([a_receipt(event.id, "t2"), first, again, late, late]) == [True, True, True, False, False]
    assert store.receipts(event.id, ["t1"]) == [again]
    assert store.earlier_receipts(event.id, TOKENS) == [first, late]
    report = store.reconfirmation(event.id, 2)
    assert report.was["tentative"] == {"accepted": 0, "declined": 1, "tentative": 0, "silent": 0}
    assert report.was["accepted"] == {"accepted": 0, "declined": 0, "tentative": 0, "silent": 1}
    assert store.reconfirmation(event.id, 1).was["accepted"]["declined"] == 1
    assert store.statistics(event.id).declined == 1


ALL = ("accepted", "declined", "tentative")


def compared(given, asked):
    """The report, made anew from all the answers ever given."""
    was = {old: dict.fromkeys((*ALL, "silent"), 0) for old in ALL}
    new = dict.fromkeys(ALL, 0)
    for token in TOKENS:
        mine = [r for r in given if r.token == token and r.counts and not r.recurrence_id]
        before = max((r for r in mine if r.sequence < asked), key=Receipt.order, default=None)
        now = max((r for r in mine if r.sequence >= asked), key=Receipt.order, default=None)
        old = statistics.ANSWERS.get(before.partstat) if before else None
        present = statistics.ANSWERS.get(now.partstat) if now else None
        if old and now is None:
            was[old]["silent"] += 1
        elif old and present:
            was[old][present] += 1
        elif present:
            new[present] += 1
    return Reconfirmation(asked, was, new)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(receipts, max_size=12, unique_by=claimed), st.integers(1, 3))
def test_the_report_on_any_change_equals_a_comparison_of_all_answers(store, given, asked):
    event = planned(store)
    store.record([replace(receipt, event_id=event.id) for receipt in given])
    assert store.reconfirmation(event.id, asked) == compared(given, asked)
