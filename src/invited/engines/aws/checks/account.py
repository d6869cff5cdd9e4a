"""Whose account it is, and how many Lambdas may run in it."""

from __future__ import annotations

from collections.abc import Iterator

from invited.engines.aws.checks.finding import Finding, Stack

FEW = 100
"""Lambdas at a time below which mails wait for each other."""


def who(stack: Stack) -> Iterator[Finding]:
    """The account and the region."""
    account = stack.client("sts").get_caller_identity()["Account"]
    yield Finding("account", f"{account} in {stack.region}")


def concurrency(stack: Stack) -> Iterator[Finding]:
    """How many Lambdas the account lets run at a time."""
    limit = stack.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    remedy = "Ask for more: Service Quotas, AWS Lambda, Concurrent executions." if limit < FEW else ""
    yield Finding("Lambda", f"{limit} run at a time in this account", remedy)
