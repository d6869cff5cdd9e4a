"""Records of SQS and of the table's stream, as Lambda hands them over, handled one by one on an engine.

Each is settled by itself: what failed is told as Lambda wants it (`ReportBatchItemFailures`) and comes again, and the
rest of the batch is done. All of it may be handed over twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import structlog

from invited.domain.errors import Aside, Temporary
from invited.domain.invitation import State
from invited.engines.aws import counters
from invited.engines.aws.engine import AwsEngine
from invited.engines.aws.feedback import bounce
from invited.engines.aws.notices import arrivals
from invited.engines.aws.parcels import received, unpacked
from invited.engines.aws.queue import due_of
from invited.engines.aws.settling import bury, put_off
from invited.engines.aws.table import THREADS
from invited.engines.correlation import correlated, current
from invited.entrypoints.at_once import AtOnce
from invited.entrypoints.worker import wait_after, work_off
from invited.jobs import tell_done
from invited.messages import MailArrived, Message

Record: TypeAlias = Mapping[str, Any]
Failures: TypeAlias = dict[str, list[dict[str, str]]]
"""What Lambda is answered: the records that are to come again."""

_QUEUED = f"state:{State.QUEUED}"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class InHand:
    """A message in hand; see entrypoints/worker.py."""

    message: Message
    receives: int
    handle: str
    correlation: str


class Settling:
    """One record as the queue of which a worker takes it; `is_done` once it need not come again."""

    def __init__(self, engine: AwsEngine, record: Record) -> None:
        self._engine = engine
        self._record = record
        self.is_done = False

    def take(self, count: int, visibility: float, kinds: Collection[str] | None) -> Sequence[InHand]:  # noqa: ARG002
        """The message; what cannot be read becomes a dead letter at once."""
        record = self._record
        try:
            message = unpacked(self._engine.objects, received(record))
        except (KeyError, ValueError) as error:
            self.bury("", f"this message cannot be read: {type(error).__name__}: {error}")
            return []
        return [InHand(message, _receives(record), record["receiptHandle"], current())]

    def ack(self, _handles: Sequence[str]) -> None:
        """Lambda deletes what is not told to have failed."""
        self.is_done = True

    def retry(self, _handle: str, delay: float, _error: str) -> None:
        """It comes again after `delay` seconds."""
        put_off(self._engine.sqs, self._record, delay)

    def bury(self, _handle: str, error: str) -> None:
        """It goes to the dead letters of its queue, with what was wrong."""
        self.is_done = bury(self._engine.sqs, self._record, error, self._engine.ports.now())

    def wait(self, timeout: float, kinds: Collection[str] | None) -> None:
        """Nobody waits: Lambda calls."""


def work(engine: AwsEngine, records: Iterable[Record]) -> Failures:
    """Let the pipelines handle the messages."""
    return _each(partial(_work, engine), records)


def take_mail(engine: AwsEngine, records: Iterable[Record]) -> Failures:
    """Say of each mail that SES has taken that it is here."""
    return _each(partial(_settled, engine, _take_mail), records)


def take_feedback(engine: AwsEngine, records: Iterable[Record]) -> Failures:
    """Say of each bounce and complaint that SES tells of that it is here."""
    return _each(partial(_settled, engine, _take_feedback), records)


def wake(engine: AwsEngine, records: Iterable[Record]) -> Failures:
    """Publish what was held and is due now; hold on to the rest."""
    return _each(partial(_settled, engine, _wake), records)


def keep_dead(engine: AwsEngine, records: Iterable[Record]) -> Failures:
    """Put what was given up where it can be looked into, replayed and discarded."""
    return _each(partial(_settled, engine, _keep_dead), records)


def count(engine: AwsEngine, event: Mapping[str, Any]) -> dict[str, Any]:
    """Add up what a batch of the table's stream says; raises KeyError where Lambda does not tell the shard.

    Lambda tells it where the event source mapping has a tumbling window, the state of which is not needed.
    """
    told = counters.records(event["Records"])
    counters.count(engine.table, event["shardId"], told, engine.ports.now())
    _tell_done(engine, told)
    return {"state": {}, "batchItemFailures": []}


def _tell_done(engine: AwsEngine, told: Iterable[counters.Record]) -> None:
    """Have webhooks told which jobs are done by what was just counted: deliver, which did it, could not know yet."""
    jobs: defaultdict[str, set[str]] = defaultdict(set)
    for record in told:
        if record.job and record.counts.get(_QUEUED, 0) < 0:
            jobs[record.event_id].add(record.job)
    for event_id, job_ids in jobs.items():
        if event := engine.ports.store.event(event_id):
            tell_done(engine.ports, event, sorted(job_ids))


def _each(is_done: Callable[[Record], bool], records: Iterable[Record]) -> Failures:
    """Handle records, several at a time: most of it is waiting, which is paid for."""
    records = list(records)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="record") as threads:
        done = list(threads.map(is_done, records))
    failed = [record["messageId"] for record, is_well in zip(records, done, strict=True) if not is_well]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}


def _work(engine: AwsEngine, record: Record) -> bool:
    settling = Settling(engine, record)
    with correlated(received(record).correlation):
        try:
            work_off(engine.ports, settling)
        except Temporary as trouble:  # of the queue or the bucket itself
            log.warning("the queue is in trouble", why=str(trouble))
    return settling.is_done


def _settled(engine: AwsEngine, handle: Callable[[AwsEngine, Record], None], record: Record) -> bool:
    """Whether a record was handled, or set aside; what is not comes again, and in the end is a dead letter."""
    with correlated(received(record).correlation):
        try:
            handle(engine, record)
        except Aside as why:
            log.info("set aside", why=str(why))
        except Temporary as trouble:
            log.warning("put off", why=str(trouble))
            return _later(engine, record)
        except Exception as fault:  # noqa: BLE001 - one bad record must not hold up the others
            # Its text may name an address.
            log.error("not understood", why=type(fault).__name__)  # noqa: TRY400
            return _later(engine, record)
    return True


def _later(engine: AwsEngine, record: Record) -> bool:
    put_off(engine.sqs, record, wait_after(_receives(record), engine.ports.settings))
    return False


def _receives(record: Record) -> int:
    return int(record["attributes"]["ApproximateReceiveCount"])


def _take_mail(engine: AwsEngine, record: Record) -> None:
    mails = arrivals(record["body"], engine.ports.settings.domain)
    engine.archive.note(mails)
    log.info("received", mail=mails[0].key, mailboxes=[mail.mailbox for mail in mails])
    AtOnce(engine.ports).publish([MailArrived(mail) for mail in mails])


def _take_feedback(engine: AwsEngine, record: Record) -> None:
    engine.queue.publish([bounce(record["body"])])


def _keep_dead(engine: AwsEngine, record: Record) -> None:
    engine.dead_letters.keep(record)


def _wake(engine: AwsEngine, record: Record) -> None:
    engine.queue.wake(received(record), due_of(record))
