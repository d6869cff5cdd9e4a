"""Whether mail to our domains reaches SES, and from there us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from invited.engines.aws.archive import INBOUND
from invited.engines.aws.checks.finding import Finding, Stack
from invited.engines.aws.checks.storage import AGAIN


def mx(stack: Stack) -> Iterator[Finding]:
    """Whether DNS sends the mail of each domain to SES in this region."""
    host = f"inbound-smtp.{stack.region}.amazonaws.com"
    for domain in stack.settings.domain:
        hosts = stack.mx(domain)
        if host in hosts:
            yield Finding("MX", f"{domain} has {host}")
        else:
            state = f"{domain} has {', '.join(hosts)}" if hosts else f"{domain} has none"
            yield Finding("MX", state, f"Publish: {domain} MX 10 {host}")


def rules(stack: Stack) -> Iterator[Finding]:
    """Whether the active rule set puts the mail of each domain into our bucket and says so."""
    active = stack.client("ses").describe_active_receipt_rule_set()
    if "Metadata" not in active:
        remedy = f"SES takes no mail at all. {AGAIN} Or activate one in the SES console, Email receiving."
        yield Finding("rules", f"no rule set is active in {stack.region}", remedy)
        return
    name = active["Metadata"]["Name"]
    for domain in stack.settings.domain:
        ours = [rule for rule in active.get("Rules", ()) if rule.get("Enabled") and _is_ours(rule, domain, stack)]
        if not ours:
            remedy = f"Mail to it is refused or goes elsewhere. {AGAIN}"
            yield Finding("rules", f"the active rule set {name} has no rule of ours for {domain}", remedy)
        elif not all(rule.get("ScanEnabled") for rule in ours):
            yield Finding("rules", f"{name} takes mail for {domain} without looking for spam and viruses", AGAIN)
        else:
            yield Finding("rules", f"{name} takes mail for {domain}")


def _is_ours(rule: Mapping[str, Any], domain: str, stack: Stack) -> bool:
    """Whether a rule is for the domain, or mailboxes of it, and ends in our bucket and a notice."""
    recipients = rule.get("Recipients", [])
    is_for_us = not recipients or any(_is_of(recipient, domain) for recipient in recipients)
    actions = [action["S3Action"] for action in rule["Actions"] if "S3Action" in action]
    return is_for_us and any(_is_here(action, stack) for action in actions)


def _is_of(recipient: str, domain: str) -> bool:
    return recipient.lower() == domain or recipient.lower().endswith(f"@{domain}")


def _is_here(action: Mapping[str, str], stack: Stack) -> bool:
    is_kept = action["BucketName"] == stack.settings.aws_bucket and action.get("ObjectKeyPrefix") == INBOUND
    return is_kept and bool(action.get("TopicArn"))
