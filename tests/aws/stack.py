"""The resources that the engine on AWS runs on, as the deployed stack has them, made in an emulator for one test."""

import itertools
import json

from invited.engines.aws import counters
from invited.engines.aws.engine import AwsEngine
from invited.engines.aws.store import AwsStore
from invited.engines.aws.table import INDEX
from invited.settings import Settings

_numbers = itertools.count(1)


def made(client, folder, **changes):
    """A fresh table, bucket, topic and queue of what is held; the settings that name them."""
    name = f"invited-{next(_numbers)}"
    _table(client("dynamodb"), name)
    client("s3").create_bucket(Bucket=name)
    topic = client("sns").create_topic(Name=name)["TopicArn"]
    delays = client("sqs").create_queue(QueueName=f"{name}-delays")["QueueUrl"]
    client("secretsmanager").create_secret(Name=name, SecretString="correct horse battery staple, thrice")
    facts = {"domain": "invites.example", "data_dir": folder, "aws_table": name, "aws_bucket": name}
    facts |= {"aws_topic": topic, "aws_delays": delays, "aws_secret": name, "aws_send_rate": 10_000}
    return Settings(**(facts | changes))


def _table(dynamodb, name):
    keys = {"pk": "HASH", "sk": "RANGE", "order": "RANGE"}
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=_schema("pk", "sk"),
        LocalSecondaryIndexes=[
            {"IndexName": INDEX, "KeySchema": _schema("pk", "order"), "Projection": {"ProjectionType": "KEYS_ONLY"}}
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )


def _schema(partition, sort):
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def queue(client, name, tries=8):
    """The URLs of a queue and of its dead letters."""
    sqs = client("sqs")
    dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    redrive = {"deadLetterTargetArn": arn(client, dead), "maxReceiveCount": tries}
    url = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": json.dumps(redrive)})["QueueUrl"]
    return url, dead


def arn(client, url):
    """The ARN of a queue."""
    told = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return told["Attributes"]["QueueArn"]


def subscribe(client, topic, url, kinds=None):
    """Let a queue take the messages of these kinds, or all, from the topic."""
    told = {"RawMessageDelivery": "true"}
    told |= {"FilterPolicy": json.dumps({"kind": kinds})} if kinds else {}
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn(client, url), Attributes=told)


class Stream:
    """The table's stream, read as Lambda reads it: each record once and in order, then handed on."""

    def __init__(self, client, settings):
        self._client = client("dynamodbstreams")
        table = client("dynamodb").describe_table(TableName=settings.aws_table)["Table"]
        self._arn = table["LatestStreamArn"]
        self._iterators = {}

    def batches(self):
        """What is new: (shard, its records)."""
        for shard in self._client.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"]:
            yield from self._of_shard(shard["ShardId"])

    def _of_shard(self, shard):
        where = {"StreamArn": self._arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        iterator = self._iterators.get(shard) or self._client.get_shard_iterator(**where)["ShardIterator"]
        while iterator:
            answer = self._client.get_records(ShardIterator=iterator)
            if answer.get("NextShardIterator"):
                self._iterators[shard] = answer["NextShardIterator"]
            if not answer["Records"]:
                return
            yield shard, answer["Records"]
            iterator = answer.get("NextShardIterator")


class SettledStore(AwsStore):
    """The store, whose figures are never behind: before they are read, what the stream holds is counted.

    Deployed, a Lambda does so within about a second; a test wants to know what comes of it.
    """

    def __init__(self, table, stream, now):
        super().__init__(table)
        self._stream = stream
        self._now = now

    def catch_up(self):
        """Count what the stream holds."""
        for shard, records in self._stream.batches():
            counters.count(self._table, shard, counters.records(records), self._now())

    def statistics(self, event_id):
        self.catch_up()
        return super().statistics(event_id)

    def overall(self, organizer=""):
        self.catch_up()
        return super().overall(organizer)

    def recipients(self, event_id="", **scope):
        self.catch_up()
        return super().recipients(event_id, **scope)

    def job(self, job_id):
        self.catch_up()
        return super().job(job_id)

    def jobs(self, event_id=None, **page):
        self.catch_up()
        return super().jobs(event_id, **page)

    def direct_job(self, *order):
        self.catch_up()
        return super().direct_job(*order)

    def reconfirmation(self, event_id, sequence):
        self.catch_up()
        return super().reconfirmation(event_id, sequence)


class SettledEngine(AwsEngine):
    """The engine with a store whose figures are never behind, and a queue that holds nothing by the wall clock."""

    def __init__(self, settings, client, now):
        self._stream = Stream(client, settings)
        super().__init__(settings, now=now, client=client, longest=0)

    def _ports(self, settings, key, outbox, now):
        from dataclasses import replace

        ports = super()._ports(settings, key, outbox, now)
        return replace(ports, store=SettledStore(self.table, self._stream, now))
