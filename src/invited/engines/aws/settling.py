"""What becomes of a message that was not handled: it comes again later, or goes to the dead letters of its queue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from invited.engines.aws.calls import call
from invited.engines.aws.parcels import Parcel, attributes, attributes_of

_LONGEST = 43_200
"""Seconds for which SQS keeps a message in flight at most."""

_MAX_ERROR = 5_000

ERROR, AT, RECEIVES, SOURCE = "error", "at", "receives", "source"
"""What is told beside a dead letter: what was wrong, when it was given up, how often it was tried and in which queue
(its ARN).
"""


def put_off(sqs: Any, record: Mapping[str, Any], delay: float) -> None:
    """Have a record that Lambda was handed come again after `delay` seconds."""
    call(
        sqs.change_message_visibility,
        QueueUrl=_queue(sqs, record["eventSourceARN"]),
        ReceiptHandle=record["receiptHandle"],
        VisibilityTimeout=min(_LONGEST, int(delay)),
    )


def bury(sqs: Any, record: Mapping[str, Any], error: str, now: datetime) -> bool:
    """Send a record to the dead letters of its queue, with what was wrong; False where the queue has none."""
    dead = _dead_letters(sqs, _queue(sqs, record["eventSourceARN"]))
    if not dead:
        return False
    # SQS refuses some characters; escaped, they are none.
    told = attributes_of(record) | {
        ERROR: error[-_MAX_ERROR:].encode("ascii", "backslashreplace").decode(),
        AT: now.isoformat(),
        RECEIVES: record["attributes"]["ApproximateReceiveCount"],
        SOURCE: record["eventSourceARN"],
    }
    call(sqs.send_message, QueueUrl=dead, MessageBody=record["body"], MessageAttributes=attributes(told))
    return True


def send(sqs: Any, arn: str, parcel: Parcel) -> None:
    """Put a parcel into one queue alone."""
    where = _queue(sqs, arn)
    call(sqs.send_message, QueueUrl=where, MessageBody=parcel.body, MessageAttributes=parcel.attributes())


@lru_cache(maxsize=256)
def _queue(sqs: Any, arn: str) -> str:
    """The URL of a queue."""
    return str(call(sqs.get_queue_url, QueueName=arn.rpartition(":")[2])["QueueUrl"])


@lru_cache(maxsize=256)
def _dead_letters(sqs: Any, url: str) -> str:
    """The URL of the queue to which a queue's messages go that nobody could handle, "" for none."""
    told = call(sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["RedrivePolicy"]).get("Attributes", {})
    arn = json.loads(told.get("RedrivePolicy", "{}")).get("deadLetterTargetArn")
    return _queue(sqs, arn) if arn else ""
