"""The table, the bucket and the secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from invited.engines.aws import secret
from invited.engines.aws.calls import code_of
from invited.engines.aws.checks.finding import Finding, Stack
from invited.engines.aws.table import INDEX

AGAIN = "Deploy the template again."


def table(stack: Stack) -> Iterator[Finding]:
    """Whether it is as the engine needs it: stream, index, time to live, and copies to go back to."""
    name, dynamodb = stack.settings.aws_table, stack.client("dynamodb")
    told = dynamodb.describe_table(TableName=name)["Table"]
    is_active = told["TableStatus"] == "ACTIVE"
    yield Finding("table", f"{name} is {told['TableStatus']}", "" if is_active else "Look again in a minute.")
    view = told.get("StreamSpecification", {}).get("StreamViewType", "off")
    yield Finding("table", f"its stream is {view}", "" if view == "NEW_IMAGE" else f"Figures need NEW_IMAGE. {AGAIN}")
    indexes = [index["IndexName"] for index in told.get("LocalSecondaryIndexes", ())]
    if INDEX not in indexes:
        yield Finding("table", f"it has no index {INDEX}", "It can be made with the table alone: deploy a new stack.")
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    is_kept_small = ttl["TimeToLiveStatus"] in ("ENABLED", "ENABLING") and ttl.get("AttributeName") == "expires"
    yield Finding(
        "table", f"time to live is {ttl['TimeToLiveStatus']}", "" if is_kept_small else f"On `expires`. {AGAIN}"
    )
    copies = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    state = copies.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus", "DISABLED")
    yield Finding("table", f"point-in-time recovery is {state}", "" if state == "ENABLED" else AGAIN)


def bucket(stack: Stack) -> Iterator[Finding]:
    """Whether it is there, is nobody else's to read, and lets go of old mails."""
    name, s3 = stack.settings.aws_bucket, stack.client("s3")
    s3.head_bucket(Bucket=name)
    yield Finding("bucket", f"{name} is there")
    blocks = _of_bucket(s3.get_public_access_block, name, "PublicAccessBlockConfiguration")
    is_shut = bool(blocks) and all(blocks.values())
    yield Finding("bucket", "closed to the public" if is_shut else "not closed to the public", "" if is_shut else AGAIN)
    rules = _of_bucket(s3.get_bucket_lifecycle_configuration, name, "Rules") or []
    is_let_go = any(rule["Status"] == "Enabled" for rule in rules)
    state = "old mails go by its life cycle" if is_let_go else "mails are kept for ever"
    yield Finding("bucket", state, "" if is_let_go else f"They hold addresses of guests. {AGAIN}")


def key(stack: Stack) -> Iterator[Finding]:
    """Whether the secret is there, and long enough."""
    length = len(secret.kept(stack.client("secretsmanager"), stack.settings.aws_secret))
    yield Finding("secret", f"{length} octets")


def _of_bucket(operation: Callable[..., Any], name: str, what: str) -> Any:
    """A part of a bucket's configuration, None where it has none."""
    try:
        return operation(Bucket=name)[what]
    except ClientError as error:
        if code_of(error).startswith("NoSuch") and code_of(error) != "NoSuchBucket":
            return None
        raise
