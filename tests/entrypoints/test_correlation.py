"""One id goes with everything that comes of a mail, from the door to the receipt."""

import structlog

from invited.engines import open_embedded
from invited.engines.correlation import correlated, current
from invited.entrypoints.worker import work_off
from invited.messages import EventCreated, ReportRequested
from invited.settings import Settings
from tests.facts import NOW, Clock


def test_what_a_message_leads_to_has_its_id(tmp_path, monkeypatch):
    from invited import pipelines

    seen = []

    def first(message, engine):
        seen.append(structlog.contextvars.get_contextvars()["correlation"])
        engine.queue.publish([ReportRequested("e", NOW)])

    def second(message, engine):
        seen.append(structlog.contextvars.get_contextvars()["correlation"])

    monkeypatch.setitem(pipelines.PIPELINES, EventCreated, first)
    monkeypatch.setitem(pipelines.PIPELINES, ReportRequested, second)
    with open_embedded(Settings(data_dir=tmp_path), memory=True, now=Clock()) as engine:
        with correlated("the-mail"):
            engine.ports.queue.publish([EventCreated("e")])
        assert work_off(engine.ports, engine.queue) == 1
        assert work_off(engine.ports, engine.queue) == 1
    assert seen == ["the-mail", "the-mail"]
    assert "correlation" not in structlog.contextvars.get_contextvars()


def test_whoever_begins_gets_an_id_of_their_own():
    assert current() != current()
    with correlated(""):
        assert current() == current() != ""
