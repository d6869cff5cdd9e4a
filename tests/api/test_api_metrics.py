"""What Prometheus reads."""

import json
import re
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import structlog
from prometheus_client.parser import text_string_to_metric_families

from invited import metrics
from invited.domain.job import Job
from invited.domain.statistics import Statistics
from invited.entrypoints.worker import work_off
from invited.messages import EventCreated
from tests.api.given import NOW
from tests.facts import a_delivery, a_receipt, an_event, an_invitation

DASHBOARD = Path(__file__).parents[2] / "deploy" / "grafana.json"


def read(client, admin):
    answer = client.get("/metrics", headers=admin)
    assert answer.headers["content-type"] == metrics.CONTENT_TYPE
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_what_the_store_knows_is_read_when_asked_for(client, embedded, admin):
    store = embedded.ports.store
    event = an_event()
    store.add_event(event, 10)
    store.open_job(Job("job1", event.id, "list", NOW, Statistics()))
    store.admit(event.id, [an_invitation(event.id, token) for token in ("t1", "t2", "t3")], 10)
    store.claim(event.id, ["t1", "t2"], 0, NOW, 60)
    store.mark(event.id, [a_delivery("t1"), a_delivery("t2")])
    store.record([a_receipt(event.id, "t1")])
    embedded.queue.publish([EventCreated("a"), EventCreated("b")])
    embedded.queue.publish([EventCreated("c")], delay=timedelta(hours=1).total_seconds())
    found = read(client, admin)
    assert found["invited_queue_messages", "EventCreated", "ready"] == 2
    assert found["invited_queue_messages", "EventCreated", "later"] == 1
    assert found["invited_queue_oldest_seconds", "EventCreated"] == 0
    assert found["invited_dead_letters",] == 0
    assert found["invited_invitations", "queued"] == 1
    assert found["invited_invitations", "delivered"] == 2
    assert found["invited_answers", "accepted"] == 1
    assert found["invited_answers", "none"] == 2
    assert found["invited_events", "confirmed"] == 1


def test_what_the_log_tells_is_counted(client, embedded, admin):
    before = defaultdict(float, read(client, admin))
    log = structlog.wrap_logger(
        structlog.ReturnLogger(), processors=[metrics.count, structlog.processors.JSONRenderer()]
    )
    lines = [log.info(event) for event in ("received", "received", "not received", "worker died", "of no interest")]
    assert json.loads(lines[0]) == {"event": "received"}
    log.info("handled", message="X", took=0.3)
    log.info("buried", message="X")
    after = read(client, admin)
    change = {name: value - before[name] for name, value in after.items() if value != before[name]}
    assert change["invited_mails_received_total", "taken"] == 2
    assert change["invited_mails_received_total", "put_off"] == 1
    assert change["invited_workers_died_total",] == 1
    assert change["invited_messages_total", "X", "handled"] == 1
    assert change["invited_messages_total", "X", "buried"] == 1
    assert ("invited_message_seconds_bucket", "0.1", "X") not in change
    assert change["invited_message_seconds_bucket", "0.5", "X"] == 1


def test_the_worker_tells_how_long_it_took(embedded):
    embedded.queue.publish([EventCreated("gone")])
    with structlog.testing.capture_logs() as lines:
        work_off(embedded.ports, embedded.queue)
    (line,) = (line for line in lines if line.get("message") == "EventCreated")
    assert line["event"] in ("handled", "set aside")


def test_the_dashboard_asks_for_what_there_is(client, embedded, admin):
    embedded.queue.publish([EventCreated("a")])
    embedded.ports.store.add_event(an_event(), 10)
    there = {name[0] for name in read(client, admin)}
    # In memory there is no disk; the others come with the first line of the log that they count.
    there |= {"invited_disk_free_bytes", "invited_disk_bytes", "invited_mails_received_total", "invited_messages_total"}
    there |= {"invited_message_seconds_bucket"}
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    assert len(panels) >= 8
    for expression in asked:
        names = set(re.findall(r"invited_\w+", expression))
        assert names
        assert names <= there
