"""Taking messages from the emulator's queues, as Lambda's poller does, but when a test wants it."""

from invited.engines.aws.parcels import received, unpacked
from invited.engines.aws.queue import due_of
from invited.engines.aws.settling import bury
from invited.entrypoints import records as lambdas


def polled(sqs, url, most=1000):
    """What the queue gives now, at most so much, as the records that Lambda is handed."""
    records = []
    while len(records) < most:
        told = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(10, most - len(records)),
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        )
        if not told.get("Messages"):
            break
        records += [_record(message, url) for message in told["Messages"]]
    return records


def _record(message, url):
    attributes = {
        name: {"stringValue": told["StringValue"], "dataType": told["DataType"]}
        for name, told in message.get("MessageAttributes", {}).items()
    }
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": attributes,
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{url.rpartition('/')[2]}",
    }


def settled(sqs, url, records):
    """Take these records off the queue."""
    for record in records:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=record["receiptHandle"])


class Pump:
    """Takes all messages from one queue, that of what is held being looked through first. `dead` has its dead
    letters.
    """

    def __init__(self, client, engine, url, dead):
        self._sqs = client("sqs")
        self._engine = engine
        self._url = url
        self._dead = dead

    def all_due(self):
        """The messages that are due, each once."""
        self.wake()
        records = polled(self._sqs, self._url)
        settled(self._sqs, self._url, records)
        return [unpacked(self._engine.objects, received(record)) for record in records]

    def bury_all_due(self, error):
        """Give up all that is due, and take in what that leaves in the queue's dead letters."""
        self.wake()
        records = polled(self._sqs, self._url)
        for record in records:
            assert bury(self._sqs, record, error, self._engine.ports.now())
        settled(self._sqs, self._url, records)
        dead = polled(self._sqs, self._dead)
        assert lambdas.keep_dead(self._engine, dead) == {"batchItemFailures": []}
        settled(self._sqs, self._dead, dead)

    def wake(self):
        """Look through what is held, once."""
        delays = self._engine.ports.settings.aws_delays
        held = polled(self._sqs, delays)
        for record in held:
            self._engine.queue.wake(received(record), due_of(record))
        settled(self._sqs, delays, held)
