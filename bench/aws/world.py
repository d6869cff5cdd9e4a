"""A stack in the emulator whose every request is counted: queues by pipeline, Lambdas called by hand in full batches.

It takes the place of what no client of ours does: SES that receives, SNS that delivers, Lambda's poller, CloudWatch.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from mangum import Mangum
from tests.aws import pump, stack
from tests.aws.emulator import clients
from tests.aws.ses import CaughtSes, notice

from bench.aws.meter import Meter
from invited.api.app import create_app
from invited.engines.aws import counters
from invited.engines.aws.archive import INBOUND
from invited.engines.aws.engine import AwsEngine
from invited.engines.aws.store import AwsStore
from invited.engines.aws.table import Table
from invited.entrypoints import logs, records
from invited.messages import TYPES

MEMORY = 512
"""MB of each Lambda, assumed."""

WHOLE = 1769
"""MB that come with one whole processor."""

BATCH = 10
"""Messages that Lambda's poller hands over at a time, once there are that many."""

STREAM_BATCH = 1000
"""Records of the stream that are counted at a time, within a window of some seconds."""

PLATFORM = 700
"""Octets that Lambda and the metrics write to the log for each invocation."""

SHARD = "shard"


class _Counted(io.TextIOBase):
    """A log of which only the length is kept."""

    octets = 0

    def write(self, text: str) -> int:
        self.octets += len(text.encode())
        return len(text)


@dataclass
class _Queue:
    url: str
    handle: Callable[[AwsEngine, Sequence[Any]], Any]
    engine: AwsEngine


class World:
    """`meter` has what was used; `now` is the clock, which stands still between two calls of `tick`."""

    def __init__(self, url: str, folder: Path, now: Callable[[], datetime]) -> None:
        self._plain, metered = clients(url), clients(url)
        self.meter = Meter(self._plain("dynamodb"))
        for service in ("dynamodb", "s3", "sns", "sqs", "sesv2", "secretsmanager"):
            self.meter.watch(metered(service))
        caught = CaughtSes(metered("sesv2"))
        self.sent: list[dict[str, Any]] = caught.sent
        self._client = lambda service: caught if service == "sesv2" else metered(service)
        self._now = now
        self.settings = stack.made(self._plain, folder, **SETTINGS)
        self._plain("ses").verify_domain_identity(Domain=SETTINGS["domain"])
        self.door = self._engine()
        self._inbox = self._plain("sns").create_topic(Name=f"{self.settings.aws_table}-mail")["TopicArn"]
        self._queues = [self._queue("mail", records.take_mail, self._inbox, None)]
        self._queues += [self._queue(kind, records.work, self.settings.aws_topic, [kind]) for kind in TYPES]
        self._stream = stack.Stream(self._plain, self.settings)
        self._counter = self._engine()
        self._table = Table(self._plain("dynamodb"), self.settings.aws_table)
        self._web = Mangum(create_app(self.door.ports, lab=None, mail_in=lambda *_: None), lifespan="off")
        self._log = _Counted()
        with _standard_error(self._log):
            logs.set_up()

    def _engine(self) -> AwsEngine:
        return AwsEngine(self.settings, now=self._now, client=self._client)

    def _queue(self, name: str, handle: Any, topic: str, kinds: list[str] | None) -> _Queue:
        url, _ = stack.queue(self._plain, f"{self.settings.aws_table}-{name}")
        stack.subscribe(self._plain, topic, url, kinds)
        return _Queue(url, handle, self._engine())

    def plain_store(self) -> AwsStore:
        """The store, read by nobody's account."""
        return AwsStore(self._table)

    def close(self) -> None:
        """Let go of all threads."""
        self._table.close()
        for engine in (self.door, self._counter, *(queue.engine for queue in self._queues)):
            engine.close()

    def receive(self, sender: str, recipient: str, raw: bytes) -> None:
        """A mail comes by SES, which puts it into the bucket and says so."""
        message_id = sha256(raw + sender.encode()).hexdigest()[:40]
        self._plain("s3").put_object(Bucket=self.settings.aws_bucket, Key=INBOUND + message_id, Body=raw)
        told = notice(self.settings.aws_bucket, message_id, sender, [recipient], self._now())
        self._plain("sns").publish(TopicArn=self._inbox, Message=told)
        for unit in ("ses:in", "s3:put", "sns:publish"):
            self.meter.add(unit)
        self.meter.add("ses:chunk", len(raw) // (256 * 1024))

    def request(self, path: str, body: str, peer: str) -> int:
        """A request comes by API Gateway; its status."""
        self.meter.add("api:rest")
        headers = {"Host": "invites.test", "Content-Type": "application/json"}
        event = {
            "resource": "/{proxy+}",
            "path": path,
            "httpMethod": "POST",
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": None,
            "multiValueQueryStringParameters": None,
            "requestContext": {"requestId": "r", "stage": "prod", "identity": {"sourceIp": peer}},
            "body": body,
            "isBase64Encoded": False,
        }
        answer: dict[str, Any] = {}
        self._invoked(lambda: answer.update(self._web(event, _Context())))
        return int(answer["statusCode"])

    def work(self) -> None:
        """Call the Lambdas, batch by batch, until no queue holds anything; then count the stream."""
        while sum(self._drain(queue) for queue in self._queues):
            pass
        self._count()

    def _drain(self, queue: _Queue) -> int:
        taken = pump.polled(self._plain("sqs"), queue.url)
        for start in range(0, len(taken), BATCH):
            batch = taken[start : start + BATCH]
            answer: dict[str, Any] = {}
            self._invoked(lambda batch=batch, answer=answer: answer.update(queue.handle(queue.engine, batch)))  # type: ignore[misc]
            if answer["batchItemFailures"]:
                raise AssertionError(f"{queue.url}: {answer}")
            # SNS hands over one by one; the poller takes, and deletes, a batch at a time.
            self.meter.add("sqs:request", len(batch) + 2)
        pump.settled(self._plain("sqs"), queue.url, taken)
        return len(taken)

    def _count(self) -> None:
        for shard, told in self._stream.batches():
            wanted = [one for one in told if _counts(one)]
            for start in range(0, len(wanted), STREAM_BATCH):
                batch = wanted[start : start + STREAM_BATCH]
                self._invoked(lambda batch=batch, shard=shard: self._add_up(shard, batch))  # type: ignore[misc]

    def _add_up(self, shard: str, batch: Sequence[Any]) -> None:
        counters.count(self._counter.table, shard, counters.records(batch), self._now())

    def _invoked(self, call: Callable[[], object]) -> None:
        """Call a Lambda, and count its time: the processor's, as much as comes with its memory, and AWS's own."""
        octets, waited, own = self._log.octets, self.meter.waited, self.meter.own
        begin = time.process_time()
        call()
        worked = time.process_time() - begin - (self.meter.own - own)
        seconds = worked * WHOLE / MEMORY + self.meter.waited - waited
        self.meter.add("lambda:invocation")
        self.meter.add("lambda:gb-s", seconds * MEMORY / 1024)
        self.meter.add("logs:byte", self._log.octets - octets + PLATFORM)


SETTINGS: Mapping[str, Any] = {"domain": "invites.test", "inbound_auth": "trust", "public_pressure": 1_000_000}


class _Context:
    aws_request_id = "r"


def _counts(record: Mapping[str, Any]) -> bool:
    """What the mapping's filter lets through."""
    return bool(record["dynamodb"].get("NewImage", {}).keys() & {"counts", "again", "overall"})


@contextmanager
def _standard_error(instead: Any) -> Iterator[None]:
    kept, sys.stderr = sys.stderr, instead
    try:
        yield
    finally:
        sys.stderr = kept
