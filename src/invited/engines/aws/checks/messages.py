"""The ways of the messages: the topic, the queues behind it, and who takes from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from invited.engines.aws.checks.finding import Finding, Stack
from invited.engines.aws.checks.storage import AGAIN
from invited.messages import TYPES

_STARTED = ("Enabled", "Creating", "Enabling", "Updating")


def topic(stack: Stack) -> Iterator[Finding]:
    """Whether every kind of message has a queue, and gets there as it is."""
    subscriptions = list(_subscriptions(stack, stack.settings.aws_topic))
    kinds = {kind for told in subscriptions for kind in _kinds(told)}
    missing = sorted(TYPES.keys() - kinds)
    if missing:
        yield Finding("topic", f"no queue takes {', '.join(missing)}", f"These messages are lost. {AGAIN}")
    else:
        yield Finding("topic", f"{len(subscriptions)} subscriptions take all {len(TYPES)} kinds of message")
    wrapped = [told["Endpoint"] for told in subscriptions if told.get("RawMessageDelivery") != "true"]
    if wrapped:
        yield Finding(
            "topic", f"messages to {', '.join(map(_name, wrapped))} are wrapped", f"Deliver them raw. {AGAIN}"
        )


def queues(stack: Stack) -> Iterator[Finding]:
    """Whether each queue has its dead letters and a Lambda that takes from it, and how many messages wait."""
    arns = sorted({told["Endpoint"] for told in _subscriptions(stack, stack.settings.aws_topic)})
    faults = 0
    for arn in arns:
        for fault in _faults(stack, arn):
            faults += 1
            yield Finding("queues", f"{_name(arn)} {fault}", AGAIN)
    if arns and not faults:
        yield Finding("queues", f"{len(arns)} have dead letters and a Lambda")


def delays(stack: Stack) -> Iterator[Finding]:
    """Whether the queue of what is held is there, and is taken from."""
    told = _attributes(stack, stack.settings.aws_delays)
    fault = _unattended(stack, told["QueueArn"])
    yield Finding("delays", f"{_name(told['QueueArn'])} {fault or 'has a Lambda'}", AGAIN if fault else "")


def stream(stack: Stack) -> Iterator[Finding]:
    """Whether the table's stream is counted, in a window that tells its shards."""
    table = stack.client("dynamodb").describe_table(TableName=stack.settings.aws_table)["Table"]
    arn = table.get("LatestStreamArn", "")
    mappings = _mappings(stack, arn) if arn else []
    if not mappings:
        yield Finding("stream", "nobody counts the table's stream", f"Figures stand still. {AGAIN}")
    for mapping in mappings:
        is_windowed = mapping.get("TumblingWindowInSeconds", 0) > 0
        yield Finding(
            "stream",
            f"counted by {_name(mapping['FunctionArn'])}" + ("" if is_windowed else ", without a tumbling window"),
            "" if is_windowed else f"Counting needs it, to tell shards apart. {AGAIN}",
        )


def _faults(stack: Stack, arn: str) -> Iterator[str]:
    url = stack.client("sqs").get_queue_url(QueueName=_name(arn))["QueueUrl"]
    told = _attributes(stack, url)
    if "RedrivePolicy" not in told:
        yield "has no dead letters"
    if fault := _unattended(stack, arn):
        yield fault


def _unattended(stack: Stack, arn: str) -> str:
    """What is wrong with the Lambdas that take from a queue, "" for nothing."""
    mappings = _mappings(stack, arn)
    if not mappings:
        return "has no Lambda that takes from it"
    if not all("ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", ()) for mapping in mappings):
        return "has a Lambda that does not tell failures by item, so that others are repeated"
    return ""


def _mappings(stack: Stack, arn: str) -> list[dict[str, Any]]:
    pages = stack.client("lambda").get_paginator("list_event_source_mappings").paginate(EventSourceArn=arn)
    return [one for page in pages for one in page["EventSourceMappings"] if one.get("State") in _STARTED]


def _subscriptions(stack: Stack, arn: str) -> Iterator[dict[str, str]]:
    """The queues that take from a topic, with the attributes of their subscriptions."""
    sns = stack.client("sns")
    for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn):
        for one in page["Subscriptions"]:
            if one["Protocol"] == "sqs":
                told = sns.get_subscription_attributes(SubscriptionArn=one["SubscriptionArn"])["Attributes"]
                yield {**told, "Endpoint": one["Endpoint"]}


def _kinds(subscription: dict[str, str]) -> list[str]:
    """The kinds of message that a subscription lets through."""
    policy = json.loads(subscription.get("FilterPolicy") or "{}")
    return [str(kind) for kind in policy["kind"]] if "kind" in policy else list(TYPES)


def _attributes(stack: Stack, url: str) -> dict[str, str]:
    told = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return dict(told["Attributes"])


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]
