"""The Queue port: a topic of SNS, from which each pipeline's SQS queue takes the kinds that are its own.

SNS delivers at once, and SQS holds a message for 15 minutes at most. What is to be handled later goes to a queue of its
own and, as long as it is not due, round in it; what wakes is published as if just now.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from invited.domain.errors import Temporary
from invited.engines.aws.calls import call
from invited.engines.aws.objects import Objects
from invited.engines.aws.parcels import Parcel, attributes_of, packed
from invited.engines.correlation import current
from invited.engines.instants import after, from_micros
from invited.messages import Message

LONGEST = 900
"""Seconds for which SQS holds a message at most."""

_ENTRIES = 10
_OCTETS = 250_000
"""Of one batch: SNS takes 262,144 in all."""

_TRIES = 4


@dataclass(frozen=True, slots=True)
class Road:
    """How messages go: boto3 clients of SNS and SQS, the ARN of the `topic` and the URL of the queue of `delays`."""

    sns: Any
    sqs: Any
    topic: str
    delays: str


class AwsQueue:
    """The queue of one stack; `now` is the clock, `longest` for how many seconds at a time a message is held."""

    def __init__(self, road: Road, objects: Objects, now: Callable[[], datetime], longest: int) -> None:
        self._road = road
        self._objects = objects
        self._now = now
        self._longest = longest

    def publish(self, messages: Sequence[Message], delay: float = 0) -> None:
        """See Queue.publish. Where only some could be handed over it raises Temporary: whoever repeats it publishes
        those once more, and any message may be handled twice.
        """
        parcels = [packed(self._objects, message, current(), self._now()) for message in messages]
        if delay > 0:
            self._hold(parcels, from_micros(after(self._now(), delay)))
        else:
            self._send(parcels)

    def wake(self, parcel: Parcel, due: datetime) -> None:
        """A held parcel has come round: publish it, or hold it further."""
        if due > self._now():
            self._hold([parcel], due)
        else:
            self._send([parcel])

    def _send(self, parcels: Sequence[Parcel]) -> None:
        for few in _batches(parcels):
            entries = [{"Message": p.body, "MessageAttributes": p.attributes()} for p in few]
            _all(self._road.sns.publish_batch, "PublishBatchRequestEntries", entries, TopicArn=self._road.topic)

    def _hold(self, parcels: Sequence[Parcel], due: datetime) -> None:
        left = math.ceil((due - self._now()) / timedelta(seconds=1))
        delay = max(0, min(left, self._longest))
        for few in _batches(parcels):
            entries = [
                {"MessageBody": p.body, "DelaySeconds": delay, "MessageAttributes": p.attributes() | _due(due)}
                for p in few
            ]
            _all(self._road.sqs.send_message_batch, "Entries", entries, QueueUrl=self._road.delays)


def due_of(record: Mapping[str, Any]) -> datetime:
    """When the held parcel in a record that Lambda was handed is due; raises KeyError or ValueError."""
    return datetime.fromisoformat(attributes_of(record)["due"])


def _due(due: datetime) -> dict[str, dict[str, str]]:
    return {"due": {"DataType": "String", "StringValue": due.isoformat()}}


def _batches(parcels: Sequence[Parcel]) -> Iterator[Sequence[Parcel]]:
    start, size = 0, 0
    for place, parcel in enumerate(parcels):
        if place - start == _ENTRIES or (place > start and size + parcel.size > _OCTETS):
            yield parcels[start:place]
            start, size = place, 0
        size += parcel.size
    if start < len(parcels):
        yield parcels[start:]


def _all(operation: Callable[..., Any], name: str, entries: Sequence[Mapping[str, Any]], **where: str) -> None:
    """Hand over every entry of a batch, of which a service may take some and not others; raises Temporary."""
    left = [{"Id": str(place), **entry} for place, entry in enumerate(entries)]
    for _ in range(_TRIES):
        failed = call(operation, **{name: left}, **where).get("Failed", [])
        if any(failure.get("SenderFault") for failure in failed):
            raise ValueError(f"a message was refused: {json.dumps([failure['Code'] for failure in failed])}")
        names = {failure["Id"] for failure in failed}
        left = [entry for entry in left if entry["Id"] in names]
        if not left:
            return
    raise Temporary(f"{len(left)} of {len(entries)} messages could not be handed over")
