"""Any store must keep proposals, newcomers and digests so, and tell what answers are new."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.domain.newcomer import Newcomer, Verdict
from invited.domain.proposal import Proposal
from invited.domain.receipt import Grade
from invited.ports import Digest
from tests.facts import NOW, a_receipt, an_event, an_invitation

MINUTE = timedelta(minutes=1)


@pytest.fixture
def event(store):
    event = an_event()
    store.add_event(event, limit=10)
    store.admit(event.id, [an_invitation(event.id, f"t{n}") for n in range(5)], 10)
    return event


def a_proposal(event_id, address="bob@fan.example", **changes):
    facts = {
        "event_id": event_id,
        "token": "t1",
        "recurrence_id": "",
        "address": address,
        "start": Moment(datetime(2026, 12, 25, 18), "Europe/Paris"),
        "end": None,
        "sequence": 0,
        "dtstamp": NOW,
        "arrived": NOW,
        "mail": "mail1",
        "client": "Outlook",
        "grade": Grade.TOKEN,
        "comment": "An hour later?",
    }
    return Proposal(**(facts | changes))


def test_the_latest_proposal_of_each_attendee_and_occurrence_stays(store, event):
    first = a_proposal(event.id)
    later = a_proposal(event.id, arrived=NOW + MINUTE, start=None, comment="")
    one_date = a_proposal(event.id, recurrence_id="20261231T170000Z")
    other = a_proposal(event.id, "ada@fan.example")
    assert [store.propose(p) for p in (later, first, later, one_date, other)] == [True, False, False, True, True]
    assert store.proposals(event.id) == [other, later, one_date]
    assert store.proposals(event.id, after=other.key, limit=1) == [later]
    assert store.proposals("nowhere") == []
    assert not store.propose(a_proposal("nowhere"))


def test_a_newcomer_is_met_once_and_judged(store, event):
    eve = Newcomer(event.id, "eve@far.example", "t1", is_delegate=True, since=NOW)
    assert store.add_newcomer(eve)
    assert not store.add_newcomer(replace(eve, token="t2", since=NOW + MINUTE))
    assert not store.add_newcomer(replace(eve, event_id="nowhere"))
    assert store.newcomer(event.id, "eve@far.example") == eve
    assert store.judge(event.id, "eve@far.example", Verdict.REFUSED)
    assert store.judge(event.id, "eve@far.example", Verdict.ACCEPTED)
    assert not store.judge(event.id, "adam@far.example", Verdict.ACCEPTED)
    assert store.newcomer(event.id, "eve@far.example") == replace(eve, verdict=Verdict.ACCEPTED)
    adam = replace(eve, address="adam@far.example")
    store.add_newcomer(adam)
    assert store.newcomers(event.id, limit=1) == [adam]
    assert [n.address for n in store.newcomers(event.id, after=adam.address)] == ["eve@far.example"]


def test_an_admitted_answer_is_the_newcomers_own_and_no_strangers_any_more(store, event):
    passed_on = a_receipt(event.id, "t1", address="t2@guests.example", grade=Grade.FORWARDED)
    store.record([passed_on])
    assert store.stranger(event.id, "t2@guests.example") == passed_on
    assert store.statistics(event.id).strangers == 1
    admitted = replace(passed_on, token="t2", grade=Grade.ADMITTED)
    assert store.record([admitted, admitted]) == [True, False]
    assert store.stranger(event.id, "t2@guests.example") is None
    figures = store.statistics(event.id)
    assert (figures.strangers, figures.accepted, figures.none) == (0, 1, 4)
    assert store.invitation(event.id, "t1").partstat is Partstat.NEEDS_ACTION


def test_sending_somebody_else_takes_an_answer_back(store, event):
    store.record([a_receipt(event.id)])
    store.record([a_receipt(event.id, partstat=Partstat.DELEGATED, arrived=NOW + MINUTE)])
    assert store.invitation(event.id, "t1").partstat is Partstat.DELEGATED
    figures = store.statistics(event.id)
    assert (figures.accepted, figures.none) == (0, 5)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_answers_since_then_page_by_page(store, event, limit):
    made = [
        a_receipt(event.id, "t0", arrived=NOW - MINUTE),
        a_receipt(event.id, "t1", arrived=NOW),
        a_receipt(event.id, "t2", arrived=NOW + MINUTE),
        a_receipt(event.id, "t2", recurrence_id="20261231", arrived=NOW + MINUTE),
        a_receipt(event.id, "t4", arrived=NOW + 2 * MINUTE),
    ]
    store.record(made)
    found, after = [], ("", "")
    while page := store.answers(event.id, since=NOW, after=after, limit=limit):
        assert len(page) <= limit
        found += page
        after = (page[-1].token, page[-1].recurrence_id)
    assert found == made[2:]


def test_digests_go_forward_only(store, event):
    assert store.digest(event.id) == Digest()
    store.order_digest(event.id, NOW + MINUTE)
    store.order_digest(event.id, NOW)
    assert store.digest(event.id) == Digest(ordered=NOW + MINUTE)
    store.tell_digest(event.id, NOW)
    store.tell_digest(event.id, NOW - MINUTE)
    assert store.digest(event.id) == Digest(NOW + MINUTE, NOW)
