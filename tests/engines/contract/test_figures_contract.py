"""Any store must keep the figures of one event, of an organizer and of everybody so, and read them in bounded work."""

from collections import Counter
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from invited.domain import statistics
from invited.domain.event import Status
from invited.domain.invitation import Partstat, State
from invited.domain.recipients import ALARM, Recipients
from invited.domain.statistics import Statistics
from tests.facts import NOW, a_delivery, a_receipt, an_event, an_invitation

ADDRESSES = ("a@one.example", "b@one.example.org", "c@one-two.example", "d@one.example", "e@two.example")
NUMBERS = [f.name for f in fields(Recipients) if f.name != "domain"]


def told(store, organizer="ann@club.example", people=ADDRESSES):
    """An event of which something of each kind is known."""
    event = an_event(organizer=organizer)
    assert store.add_event(event, 100)
    guests = [an_invitation(event.id, f"t{n}", address=a, job=f"job {event.id}") for n, a in enumerate(people)]
    guests[0] = replace(guests[0], origin="link:mailchimp")
    store.admit(event.id, guests, 1000)
    states = (State.SENT, State.SENT, State.FAILED, State.SENT)
    store.mark(event.id, [a_delivery(f"t{n}", state=state) for n, state in enumerate(states)])
    store.mark(event.id, [a_delivery("t1", state=State.BOUNCED, at=NOW + timedelta(hours=5))])
    store.record([a_receipt(event.id, "t0"), a_receipt(event.id, "t3", recurrence_id="20261201")])
    store.record([a_receipt(event.id, "t0", partstat=Partstat.DECLINED, arrived=NOW + timedelta(days=1))])
    return event


def pages(store, limit, **scope):
    found, after = [], ""
    while page := store.recipients(**scope, after=after, limit=limit):
        assert len(page) <= limit
        found += page
        after = page[-1].domain
    return found


def summed(rows):
    total = Counter()
    for row in rows:
        total.update({name: getattr(row, name) for name in NUMBERS})
    return {name: total[name] for name in NUMBERS}


def test_what_went_out_and_came_back_is_told_by_the_hour(store):
    event = told(store)
    figures = store.statistics(event.id)
    assert figures.by_hour == {
        "2026-12-01T09": {"invitations": 5, "sent": 3, "failed": 1, "accepted": 1},
        "2026-12-01T14": {"bounced": 1},
        "2026-12-02T09": {"declined": 1},
    }
    assert figures.by_day["2026-12-01"] == {"invitations": 5, "sent": 3, "failed": 1, "bounced": 1, "accepted": 1}
    assert (figures.sent, figures.delivered) == (3, 2)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_recipient_domains_come_in_pages_and_add_up(store, limit):
    event = told(store)
    found = {row.domain: row for row in pages(store, limit, event_id=event.id)}
    assert set(found) == {"one.example", "one.example.org", "one-two.example", "two.example"}
    assert found["one.example"] == Recipients("one.example", invitations=2, sent=2, declined=1)
    assert found["one.example.org"] == Recipients("one.example.org", invitations=1, sent=1, bounced=1)
    assert found["two.example"].queued == 1
    figures = store.statistics(event.id)
    assert summed(found.values()) == {name: getattr(figures, name) for name in NUMBERS}


def test_a_domain_is_silent_that_takes_mail_and_never_answers(store):
    event = an_event()
    store.add_event(event, 100)
    tokens = [f"t{n}" for n in range(ALARM)]
    store.admit(event.id, [an_invitation(event.id, token) for token in tokens], 1000)
    store.mark(event.id, [a_delivery(token) for token in tokens[1:]])
    assert not store.recipients(event.id)[0].is_silent
    store.mark(event.id, [a_delivery(tokens[0])])
    assert store.recipients(event.id)[0].is_silent
    store.record([a_receipt(event.id, "t5")])
    assert not store.recipients(event.id)[0].is_silent


def test_an_organizers_figures_are_those_of_their_events_and_everybodys_those_of_all(store):
    ann, also_ann, bob = told(store), told(store, people=ADDRESSES[:4]), told(store, "bob@club.example")
    of = {"ann@club.example": (ann, also_ann), "bob@club.example": (bob,), "": (ann, also_ann, bob)}
    for organizer, events in of.items():
        overall, own = store.overall(organizer), [store.statistics(event.id) for event in events]
        for name in ("invitations", "queued", "sent", "failed", "bounced", "accepted", "declined"):
            assert getattr(overall, name) == sum(getattr(figures, name) for figures in own)
        assert overall.by_hour["2026-12-01T14"] == {"bounced": len(events)}
        assert overall.by_client == {"Google Calendar": {"declined": len(events)}}
        assert overall.by_occurrence == {}
        assert overall.events == len(events)
        rows = pages(store, 3, organizer=organizer)
        assert summed(rows) == {name: getattr(overall, name) for name in NUMBERS}


def test_links_are_one_origin_of_many_events_together(store):
    event = told(store)
    assert store.statistics(event.id).by_origin["link:mailchimp"] == {"invitations": 1, "declined": 1}
    assert store.overall().by_origin == {"link": {"invitations": 1, "declined": 1}, "api": {"invitations": 4}}


def test_any_number_of_strange_clients_is_one_figure(store):
    event = told(store)
    for n in range(3):
        arrived = NOW + timedelta(days=2 + n)
        store.record([a_receipt(event.id, "t0", client=f"mine {n}", arrived=arrived)])
    assert store.statistics(event.id).by_client == {"other": {"accepted": 1}}


def test_events_are_counted_by_what_they_are_now(store):
    event, other = told(store), told(store)
    assert store.overall().by_status == {"confirmed": 2}
    changed = replace(event, revision=1, updates=1)
    store.replace_event(changed, 0)
    gone = replace(changed, revision=2, components=(replace(event.head, status=Status.CANCELLED),))
    store.replace_event(gone, 1)
    overall = store.overall("ann@club.example")
    assert (overall.events, overall.updates, overall.cancels) == (2, 1, 1)
    assert overall.by_status == {"confirmed": 1, "cancelled": 1}
    assert store.statistics(other.id).by_status == {}


def test_answers_that_are_replaced_are_taken_back_wherever_they_counted(store):
    event, other = told(store), told(store)
    before = [store.overall(), pages(store, 9), store.statistics(other.id)]
    kept = store.receipts(event.id, ["t0", "t3"])
    store.replace_answers(event.id, [])
    assert (store.overall().declined, store.statistics(event.id).declined) == (1, 0)
    assert [row.declined for row in pages(store, 9, event_id=event.id)] == [0, 0, 0, 0]
    store.replace_answers(event.id, kept)
    store.replace_answers(event.id, kept)
    assert [store.overall(), pages(store, 9), store.statistics(other.id)] == before


def test_only_the_newest_days_are_told(store):
    event = an_event()
    store.add_event(event, 100)
    days = statistics.DAYS + 3
    guests = [an_invitation(event.id, f"t{n}", created=NOW + timedelta(days=n)) for n in range(days)]
    store.admit(event.id, guests, 1000)
    figures = store.statistics(event.id)
    assert (len(figures.by_day), len(figures.by_hour)) == (statistics.DAYS, statistics.HOURS)
    assert max(figures.by_day) == (NOW + timedelta(days=days - 1)).date().isoformat()
    assert figures.invitations == days


def test_nothing_is_known_of_whom_nobody_knows(store):
    assert store.overall("nobody@club.example") == Statistics()
    assert store.recipients("nothing") == []
