"""The whole server on AWS, as far as an emulator can play it: queues and topics are real, Lambda is called by hand."""

from dataclasses import dataclass
from hashlib import sha256

from invited.engines.aws.engine import AwsEngine
from invited.entrypoints import records
from tests.aws import pump, stack
from tests.aws.ses import CaughtSes, notice


@dataclass
class Queue:
    """A queue with the Lambda behind it. `copies`: how often it hands every record over, as any queue may."""

    url: str
    dead: str
    handle: object


class House:
    """`copies` 2 hands every record to its Lambda twice; `batch` so many at a time, which are handled in no order.
    `is_behind`: the figures are those of the stream as it is told by `stream_again`, and not counted before they are
    read.
    """

    def __init__(self, client, folder, clock, *, copies=1, batch=1, is_behind=False, **settings):
        self._caught = CaughtSes(client("sesv2"))
        self._client = lambda service: self._caught if service == "sesv2" else client(service)
        given = {"domain": "invites.test", "retry_seconds": 0.001} | settings
        self.settings = stack.made(client, folder, **given)
        client("ses").verify_domain_identity(Domain="invites.test")
        self.clock = clock
        self.copies = copies
        self.batch = batch
        self.correlations = []
        if is_behind:
            self.engine = AwsEngine(self.settings, now=clock, client=self._client, longest=0)
        else:
            self.engine = stack.SettledEngine(self.settings, self._client, clock)
        self.sqs = client("sqs")
        name = self.settings.aws_table
        self.inbox = client("sns").create_topic(Name=f"{name}-mail")["TopicArn"]
        self.told = client("sns").create_topic(Name=f"{name}-feedback")["TopicArn"]
        self.sns = client("sns")
        self.queues = [
            self._queue(f"{name}-mail", records.take_mail, self.inbox),
            self._queue(f"{name}-feedback", records.take_feedback, self.told),
            self._queue(f"{name}-work", records.work, self.settings.aws_topic),
            Queue(self.settings.aws_delays, "", records.wake),
        ]

    def _queue(self, name, handle, topic):
        url, dead = stack.queue(self._client, name)
        stack.subscribe(self._client, topic, url)
        return Queue(url, dead, handle)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.engine.close()

    @property
    def sent(self):
        """(address, raw mail, tags) of every mail that SES was handed."""
        return [
            (
                request["Destination"]["ToAddresses"][0],
                request["Content"]["Raw"]["Data"],
                {tag["Name"]: tag["Value"] for tag in request.get("EmailTags", [])},
            )
            for request in self._caught.sent
        ]

    @property
    def ports(self):
        """What the pipelines run on."""
        return self.engine.ports

    @ports.setter
    def ports(self, ports):
        self.engine.ports = ports

    @property
    def ses(self):
        return self._caught

    def receive(self, sender, recipients, raw, **receipt):
        """A mail comes: SES puts it into the bucket and says so."""
        recipients = [recipients] if isinstance(recipients, str) else recipients
        message_id = sha256(raw + repr((recipients, self.clock())).encode()).hexdigest()[:40]
        self.engine.objects.put(f"inbound/{message_id}", raw)
        self.tell(self.inbox, notice(self.settings.aws_bucket, message_id, sender, recipients, self.clock(), **receipt))

    def tell(self, topic, text):
        """SES tells a topic, and the Lambdas do all that follows."""
        self.sns.publish(TopicArn=topic, Message=text)
        self.work()

    def work(self):
        """Call the Lambdas until no queue gives them anything."""
        while self._poll_all():
            pass
        # What is held goes round: once through is enough to see what is due.
        if self._poll(self.queues[3]):
            while self._poll_all():
                pass

    def _poll_all(self):
        return sum(len(self._poll(queue)) for queue in self.queues[:3])

    def poll_once(self):
        """Call the Lambdas with what the queues give them now, and not with what comes of it."""
        for queue in self.queues[:3]:
            self._poll(queue)

    def stream_again(self):
        """Tell the table's stream once more from its beginning."""
        for shard, told in stack.Stream(self._client, self.settings).batches():
            records.count(self.engine, {"Records": told, "shardId": shard})

    def _poll(self, queue):
        taken = pump.polled(self.sqs, queue.url)
        self.correlations += [
            (told["kind"]["stringValue"], told.get("correlation", {}).get("stringValue", ""))
            for told in (record["messageAttributes"] for record in taken)
            if "kind" in told
        ]
        for start in range(0, len(taken), self.batch):
            batch = taken[start : start + self.batch]
            for _ in range(self.copies):
                answer = queue.handle(self.engine, batch)
            failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
            pump.settled(self.sqs, queue.url, [r for r in batch if r["messageId"] not in failed])
        return taken

    def dead(self):
        """All dead letters, newest first, once those of the queues are taken in."""
        for queue in self.queues[:3]:
            self._poll(Queue(queue.dead, "", records.keep_dead))
        return self.ports.dead_letters.page()
