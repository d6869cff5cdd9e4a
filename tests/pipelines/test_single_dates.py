"""Answers to what the event does not have count nowhere."""

from dataclasses import replace
from datetime import timedelta

import pytest

from invited.domain import addresses
from invited.domain.errors import Aside
from invited.domain.invitation import Partstat
from invited.engines import open_engine
from invited.messages import ReplyArrived
from invited.pipelines import collect
from invited.settings import Settings
from tests.facts import NOW, Clock, an_event, an_invitation

ANSWER = ReplyArrived("m", "", "", "bob@fan.test", "bob@fan.test", True, Partstat.ACCEPTED, 0, NOW, NOW, "google")


@pytest.fixture
def engine(tmp_path):
    with open_engine(Settings(data_dir=tmp_path), memory=True, now=Clock()) as opened:
        yield opened.ports


def answer(engine, event, named):
    token = addresses.token(engine.secret, event.id, "bob@fan.test")
    engine.store.admit(event.id, [an_invitation(event.id, token, address="bob@fan.test")], 9)
    collect.handle(replace(ANSWER, uid=f"{event.id}-{token}@invites.localhost", recurrence_id=named), engine)
    return engine.store.statistics(event.id)


def series():
    event = an_event()
    return replace(event, components=(replace(event.head, rules=("FREQ=DAILY;COUNT=3",)),))


def test_an_occurrence_of_an_event_that_does_not_repeat_is_the_whole(engine):
    event = an_event()
    engine.store.add_event(event, 9)
    figures = answer(engine, event, "20261224T170000Z")
    assert figures.accepted == 1
    assert figures.by_occurrence == {}


@pytest.mark.parametrize("named", ["20261227T170000Z", "20261224T180000Z", "20990101T000000Z", "20261231"])
def test_what_is_no_occurrence_is_set_aside(engine, named):
    event = series()
    engine.store.add_event(event, 9)
    with pytest.raises(Aside, match="no occurrence"):
        answer(engine, event, named)
    assert engine.store.statistics(event.id).by_occurrence == {}


def test_one_occurrence_has_one_name(engine):
    event = series()
    engine.store.add_event(event, 9)
    answer(engine, event, "20261225")
    figures = answer(engine, event, (NOW + timedelta(days=24, hours=8)).strftime("%Y%m%dT%H%M%SZ"))
    assert figures.by_occurrence == {"20261225T170000Z": {"accepted": 1}}
