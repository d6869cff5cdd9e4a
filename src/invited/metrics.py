"""What Prometheus is told: counts and durations of this server's own work, and figures read when it asks.

What the log says is counted here, by a processor of the log: so the two cannot differ, and no pipeline knows of either.
With worker processes, PROMETHEUS_MULTIPROC_DIR names a folder where all of them keep their counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from invited.domain.statistics import Statistics
from invited.ports import Engine

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

disable_created_metrics()  # type: ignore[no-untyped-call]

SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0)

_OWN = CollectorRegistry()
_MAILS = Counter(
    "invited_mails_received", "Mails at the SMTP door, by what became of them.", ["outcome"], registry=_OWN
)
_MESSAGES = Counter(
    "invited_messages", "Messages worked on, by type and by what became of them.", ["message", "outcome"], registry=_OWN
)
_DURATIONS = Histogram(
    "invited_message_seconds", "How long a pipeline took for one message.", ["message"], buckets=SECONDS, registry=_OWN
)
_WORKERS = Counter("invited_workers_died", "Worker processes that died and were started again.", registry=_OWN)

_AT_THE_DOOR = {"received": "taken", "not received": "put_off"}
_OF_MESSAGES = {"handled": "handled", "set aside": "set_aside", "put off": "put_off", "buried": "buried"}


def count(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog: counts what a line tells, and leaves the line as it is."""
    event = line.get("event")
    if event in _AT_THE_DOOR:
        _MAILS.labels(_AT_THE_DOOR[event]).inc()
    elif event in _OF_MESSAGES and "message" in line:
        _MESSAGES.labels(line["message"], _OF_MESSAGES[event]).inc()
        if "took" in line:
            _DURATIONS.labels(line["message"]).observe(line["took"])
    elif event == "worker died":
        _WORKERS.inc()
    return line


def exposed(engine: Engine) -> bytes:
    """Everything, in Prometheus' text format 0.0.4; a few reads of the store."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        own = generate_latest(registry)
    else:
        own = generate_latest(_OWN)
    read = CollectorRegistry()
    read.register(_Figures(engine))
    return own + generate_latest(read)


class _Figures:
    """Gauges that are read when they are asked for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        """What the library asks for."""
        vitals, figures = self._engine.site.vitals(), self._engine.store.overall()
        queue = GaugeMetricFamily("invited_queue_messages", "Messages in the queue.", labels=["message", "state"])
        oldest = GaugeMetricFamily(
            "invited_queue_oldest_seconds", "How long the first message that is due has waited.", labels=["message"]
        )
        now = self._engine.now()
        for backlog in vitals.queues:
            queue.add_metric([backlog.name, "ready"], backlog.ready)
            queue.add_metric([backlog.name, "later"], backlog.later)
            waited = (now - backlog.oldest).total_seconds() if backlog.oldest else 0.0
            oldest.add_metric([backlog.name], max(0.0, waited))
        yield queue
        yield oldest
        yield GaugeMetricFamily("invited_dead_letters", "Messages that could not be handled.", vitals.dead)
        if vitals.free is not None and vitals.total is not None:
            yield GaugeMetricFamily("invited_disk_free_bytes", "Free octets where the data are.", vitals.free)
            yield GaugeMetricFamily("invited_disk_bytes", "Octets of the disk where the data are.", vitals.total)
        yield _family("invited_invitations", "Invitations by how their latest mail fared.", "state", _states(figures))
        yield _family("invited_answers", "Attendees by their present answer.", "answer", _answers(figures))
        yield _family("invited_events", "Events by their status.", "status", figures.by_status)


def _family(name: str, about: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _states(figures: Statistics) -> dict[str, int]:
    return {
        "queued": figures.queued,
        "delivered": figures.delivered - figures.complained - figures.withdrawn,
        "failed": figures.failed,
        "bounced": figures.bounced,
        "complained": figures.complained,
        "withdrawn": figures.withdrawn,
        "dropped": figures.dropped,
    }


def _answers(figures: Statistics) -> dict[str, int]:
    return {
        "accepted": figures.accepted,
        "declined": figures.declined,
        "tentative": figures.tentative,
        "none": figures.none,
    }
