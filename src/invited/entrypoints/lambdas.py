"""Where Lambda begins: one handler per kind of event source, on an engine that lives as long as its container.

| handler | its source |
|---|---|
| `work` | a pipeline's queue, which the topic fills |
| `mail` | the queue of SES's notices of mails that came |
| `feedback` | the queue of SES's events: bounces, complaints, delays |
| `wake` | the queue of what is held until it is due |
| `dead` | all dead-letter queues |
| `count` | the table's stream, with a tumbling window |
| `web` | API Gateway: the API and the pages |

Queues report failures by item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any

from aws_lambda_powertools import Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

from invited.engines import utc_now
from invited.engines.aws.correlation import correlated
from invited.engines.aws.engine import AwsEngine, boto_client
from invited.entrypoints import logs, records
from invited.entrypoints.gateway import as_sent
from invited.entrypoints.house import House
from invited.entrypoints.records import Failures, Record

metrics = Metrics(namespace="invited", service="invited")
tracer = Tracer(service="invited")


def work(event: dict[str, Any], _context: Any) -> Failures:
    """Messages for the pipelines."""
    return _batch("work", records.work, event)


def mail(event: dict[str, Any], _context: Any) -> Failures:
    """Mails that SES has taken."""
    return _batch("mail", records.take_mail, event)


def feedback(event: dict[str, Any], _context: Any) -> Failures:
    """Bounces and complaints."""
    return _batch("feedback", records.take_feedback, event)


def wake(event: dict[str, Any], _context: Any) -> Failures:
    """Messages that were held."""
    return _batch("wake", records.wake, event)


def dead(event: dict[str, Any], _context: Any) -> Failures:
    """Messages that were given up."""
    return _batch("dead", records.keep_dead, event)


def count(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Changes of the table."""
    with tracer.provider.in_subsegment("count"):
        answer = records.count(_engine(), event)
    _measured("count", len(event["Records"]), 0)
    return answer


def web(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A request, logged under API Gateway's own id for it."""
    with correlated(event.get("requestContext", {}).get("requestId", "")):
        engine = _engine()
        answer: dict[str, Any] = _web(engine)(as_sent(event, engine.ports.settings), context)
    return answer


def _batch(name: str, handle: Callable[[AwsEngine, Iterable[Record]], Failures], event: dict[str, Any]) -> Failures:
    with tracer.provider.in_subsegment(name):
        answer = handle(_engine(), event["Records"])
    _measured(name, len(event["Records"]), len(answer["batchItemFailures"]))
    return answer


def _measured(handler: str, handed: int, failed: int) -> None:
    """How many records a handler was handed, and how many come again: CloudWatch reads both from the log."""
    metrics.add_dimension(name="handler", value=handler)
    metrics.add_metric(name="Records", unit=MetricUnit.Count, value=handed)
    metrics.add_metric(name="PutOff", unit=MetricUnit.Count, value=failed)
    metrics.flush_metrics()


@cache
def _house() -> House:
    logs.set_up()
    return House(cache(boto_client), utc_now)


def _engine() -> AwsEngine:
    return _house().engine()


@lru_cache(maxsize=1)
def _web(engine: AwsEngine) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    # Almost half of what is imported here, of which the pipelines need nothing: they would start so much later.
    from mangum import Mangum
    from mangum.adapter import DEFAULT_TEXT_MIME_TYPES

    from invited.api.app import create_app

    app = create_app(engine.ports, lab=None, mail_in=_no_lab)
    text = [*DEFAULT_TEXT_MIME_TYPES, "application/problem+json"]
    handler: Callable[[dict[str, Any], Any], dict[str, Any]] = Mangum(app, lifespan="off", text_mime_types=text)
    return handler


def _no_lab(_sender: str, _recipient: str, _raw: bytes) -> None:
    raise OSError("there is no mail lab on AWS")
