"""The rule by which SES hands the mail of a domain to one stack, in whichever set of receipt rules is active.

A region has one active set, and it may be somebody else's: then the rule is added at its end, and nothing else of it
touched. Only where none is active, a set of our own is made and activated. (SES developer guide, "Receipt rule sets".)
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import ClientError

from invited.engines.aws.archive import INBOUND
from invited.engines.aws.calls import code_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule: mail for `domain` goes to `bucket`, and a notice of it to `topic` (an ARN). `stack` names our own set."""

    stack: str
    domain: str
    bucket: str
    topic: str

    @property
    def name(self) -> str:
        """The rule's name, another for any other content: so a changed rule is added before the former one goes."""
        return f"{self.stack}-{hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:8]}"


def add(ses: Any, wanted: Wanted) -> str:
    """Have SES follow the rule, by a boto3 client of SES v1; `<set>/<rule>`, by which it is removed. Repeating it
    changes nothing.
    """
    active = ses.describe_active_receipt_rule_set()
    found = active.get("Metadata", {}).get("Name", "")
    name = found or wanted.stack
    if not found:
        _tolerated(ses.create_receipt_rule_set, "AlreadyExists", RuleSetName=name)
    rules = active.get("Rules", [])
    rule = {
        "Name": wanted.name,
        "Enabled": True,
        "TlsPolicy": "Optional",
        "Recipients": [wanted.domain],
        "ScanEnabled": True,
        "Actions": [
            {"S3Action": {"BucketName": wanted.bucket, "ObjectKeyPrefix": INBOUND, "TopicArn": wanted.topic}},
        ],
    }
    place = {"After": rules[-1]["Name"]} if rules else {}
    _tolerated(ses.create_receipt_rule, "AlreadyExists", RuleSetName=name, Rule=rule, **place)
    if not found:
        ses.set_active_receipt_rule_set(RuleSetName=name)
    return f"{name}/{wanted.name}"


def remove(ses: Any, added: str, stack: str) -> None:
    """Take back what `add` did. A set of our own goes with its last rule; it stops being the active one only if it is.

    `added` that is nothing of ours, such as what stands for a failed `add`, is passed over.
    """
    name, slash, rule = added.partition("/")
    if not slash:
        return
    _tolerated(ses.delete_receipt_rule, "RuleSetDoesNotExist", RuleSetName=name, RuleName=rule)
    if name != stack:
        return
    try:
        left = ses.describe_receipt_rule_set(RuleSetName=name).get("Rules", [])
    except ClientError as error:
        if code_of(error) != "RuleSetDoesNotExist":
            raise
        return
    if left:
        return
    if ses.describe_active_receipt_rule_set().get("Metadata", {}).get("Name") == name:
        ses.set_active_receipt_rule_set()
    _tolerated(ses.delete_receipt_rule_set, "RuleSetDoesNotExist", RuleSetName=name)


def _tolerated(operation: Any, code: str, **what: Any) -> None:
    try:
        operation(**what)
    except ClientError as error:
        if code_of(error) != code:
            raise
