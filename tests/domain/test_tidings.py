"""What each fact says, held to the examples of docs/webhooks.md."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from invited.domain import tidings
from invited.domain.approval import Approval
from invited.domain.event import Change, Status
from invited.domain.fact import Fact, FactKind, payload
from invited.domain.invitation import Partstat, State
from invited.domain.job import Job
from invited.domain.newcomer import Newcomer
from invited.domain.statistics import Statistics
from tests.facts import NOW, a_delivery, a_receipt, an_event, an_invitation

DOCS = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
EXAMPLES = {
    body["type"]: body for body in map(json.loads, re.findall(r"^```json\n(.+?)^```", DOCS, re.MULTILINE | re.DOTALL))
}

event = an_event(id="e1")
guest = an_invitation("e1")
job = Job("j1", "e1", "list", NOW, Statistics())
newcomer = Newcomer("e1", "eve@other.example", "t1", False, NOW)
approval = Approval("a1", event, replace(event, revision=1), Change.MINOR, 600, "mail1", NOW, NOW + timedelta(days=3))
cancelled = replace(event, revision=2, components=(replace(event.head, status=Status.CANCELLED),))

FACTS = [
    tidings.of_event(event),
    tidings.of_event(replace(event, revision=1)),
    tidings.of_event(cancelled),
    tidings.of_admission(guest),
    *(
        tidings.of_delivery(guest, a_delivery(state=state, reason="why"))
        for state in State
        if state is not State.QUEUED
    ),
    tidings.of_receipt(a_receipt("e1"), Partstat.NEEDS_ACTION),
    tidings.of_stranger(FactKind.STRANGER_ARRIVED, newcomer, NOW),
    tidings.of_stranger(FactKind.STRANGER_ADMITTED, newcomer, NOW),
    tidings.of_stranger(FactKind.STRANGER_REFUSED, newcomer, NOW),
    tidings.of_job(FactKind.JOB_PAUSED, job, NOW),
    tidings.of_job(FactKind.JOB_DONE, job, NOW),
    tidings.of_approval(approval),
    tidings.of_unsubscription("bob@fan.example", "ann@club.example", NOW),
    Fact("f1", FactKind.PING, NOW),
]


def test_there_is_a_fact_and_an_example_of_each_kind():
    assert sorted(fact.kind for fact in FACTS) == sorted(FactKind)
    assert set(EXAMPLES) == set(FactKind)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.kind)
def test_the_docs_show_what_is_told(fact):
    told = json.loads(payload([fact], may_read_attendees=True))
    example = EXAMPLES[fact.kind]
    assert (list(told), list(told["data"])) == (list(example), list(example["data"]))
    (shown,), (said,) = example["data"]["facts"], told["data"]["facts"]
    assert {name: type(value) for name, value in shown.items() if value is not None and said[name] is not None} == {
        name: type(value) for name, value in said.items() if value is not None and shown[name] is not None
    }
    assert list(shown) == list(said)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.kind)
def test_no_address_of_an_attendee_is_told_to_everybody(fact):
    told = payload([fact], may_read_attendees=False)
    assert not re.search(r"(guests|other|fan)\.example", told)
    assert "why" not in told


def test_ids_tell_facts_apart_and_repeats_alike():
    assert len({fact.id for fact in FACTS}) == len(FACTS)
    later = a_delivery(at=NOW + timedelta(seconds=9))
    assert tidings.of_delivery(guest, later).id == tidings.of_delivery(guest, a_delivery()).id
    assert tidings.of_delivery(guest, a_delivery(revision=1)).id != tidings.of_delivery(guest, a_delivery()).id
    assert tidings.of_delivery(guest, a_delivery(), "again").id != tidings.of_delivery(guest, a_delivery()).id
