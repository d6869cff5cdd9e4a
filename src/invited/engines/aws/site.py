"""The Site port on AWS: the queues behind the topic, and the records that SES asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from invited import dns
from invited.engines.aws import places
from invited.engines.aws.calls import call
from invited.engines.aws.table import Table
from invited.engines.lookup import Lookup, looked_up
from invited.ports import MANY_DEAD, Backlog, Record, Vitals
from invited.settings import Settings

_READY = "ApproximateNumberOfMessages"
_LATER = ("ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")


@dataclass(frozen=True, slots=True)
class AwsSite:
    """The site of one stack: boto3 clients of SNS, SQS and SES v2."""

    settings: Settings
    table: Table
    sns: Any
    sqs: Any
    ses: Any
    lookup: Lookup

    def vitals(self) -> Vitals:
        """See Site.vitals. How old the oldest message is SQS tells its metrics alone."""
        queues = sorted(self.table.each(self._backlog, [self.settings.aws_delays, *self._subscribed()]), key=_name)
        listed = self.table.query(places.dead_letter("")[0], at_a_time=1000)
        return Vitals(engine="aws", queues=queues, dead=sum(1 for _ in islice(listed, MANY_DEAD)))

    def records(self) -> list[Record]:
        """See Site.records. Of a domain that SES does not know yet there is no DKIM to tell."""
        region = self.ses.meta.region_name
        keys = [
            Record(f"{token}._domainkey.{domain}", "CNAME", f"{token}.dkim.amazonses.com")
            for domain in self.settings.domain
            for token in self._tokens(domain)
        ]
        mx = f"10 inbound-smtp.{region}.amazonaws.com."
        return dns.published(self.settings, mx, "v=spf1 include:amazonses.com ~all", keys)

    def look_up(self, name: str, kind: str) -> list[str] | None:
        """See Site.look_up."""
        return looked_up(self.lookup, name, kind)

    def _tokens(self, domain: str) -> list[str]:
        try:
            told = call(self.ses.get_email_identity, EmailIdentity=domain)
        except ClientError:
            return []
        return list(told.get("DkimAttributes", {}).get("Tokens", []))

    def _subscribed(self) -> Iterator[str]:
        """The URL of every queue that takes messages from the topic."""
        following: dict[str, str] = {}
        while True:
            page = call(self.sns.list_subscriptions_by_topic, TopicArn=self.settings.aws_topic, **following)
            for subscription in page["Subscriptions"]:
                if subscription["Protocol"] == "sqs":
                    *_, account, name = subscription["Endpoint"].split(":")
                    yield call(self.sqs.get_queue_url, QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
            if not page.get("NextToken"):
                return
            following = {"NextToken": page["NextToken"]}

    def _backlog(self, url: str) -> Backlog:
        told = call(self.sqs.get_queue_attributes, QueueUrl=url, AttributeNames=[_READY, *_LATER])["Attributes"]
        return Backlog(url.rpartition("/")[2], int(told[_READY]), sum(int(told.get(name, 0)) for name in _LATER))


def _name(backlog: Backlog) -> str:
    return backlog.name
