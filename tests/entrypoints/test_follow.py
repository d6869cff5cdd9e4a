"""What a terminal shows of a job."""

import io

import pytest
from rich.console import Console

from invited.admission import request_send
from invited.domain.job import Control
from invited.engines import open_engine
from invited.engines.embedded.lock import hold, is_held
from invited.entrypoints.follow import follow, summary
from invited.entrypoints.worker import work_off
from invited.jobs import Plan, begin
from invited.messages import Attendee
from invited.settings import Settings
from tests.facts import Clock, an_event


@pytest.fixture
def engine(tmp_path):
    with open_engine(Settings(data_dir=tmp_path, _env_file=None), memory=True, now=Clock()) as engine:
        engine.ports.store.add_event(an_event(id="event1"), 10)
        yield engine


def shown(engine, job_id, wait):
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    job = follow(engine.ports, job_id, console, wait)
    return job, console.file.getvalue()


def test_a_job_is_followed_to_its_end(engine):
    event = engine.ports.store.event("event1")
    begin(engine.ports, event, Plan("job1", "list"), [b"a@x.example\nb@x.example\nnobody\na@x.example\n"])
    beats = []

    def work(seconds):
        beats.append(seconds)
        work_off(engine.ports, engine.queue)

    job, text = shown(engine, "job1", work)
    assert "2 sent" in text
    assert len(beats) > 1
    assert summary(job) == [
        "2 added, 0 already invited, 0 suppressed, 1 duplicates, 1 invalid, 0 over the limit",
        "line 3: nobody: there is no @ in it, so it is no address",
    ]


def test_a_job_that_stands_still_is_not_waited_for(engine):
    event = engine.ports.store.event("event1")
    job_id, _ = request_send(engine.ports, event, [Attendee("a@x.example")], "api")
    engine.ports.store.direct_job(job_id, Control.PAUSED, set(Control), engine.ports.now())
    job, _ = shown(engine, job_id, None)
    assert job.control is Control.PAUSED
    with pytest.raises(KeyError):
        shown(engine, "nothing", None)


def test_whether_a_server_runs(tmp_path):
    assert not is_held(tmp_path)
    with hold(tmp_path):
        assert is_held(tmp_path)
    assert not is_held(tmp_path)
