"""Is a deployed stack fit to work? Every thing it needs is looked at, and what is wrong told with what to do next.

Nothing is changed, and nothing stops at the first fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from botocore.exceptions import BotoCoreError, ClientError

from invited.domain.errors import Refused, Temporary
from invited.engines.aws.checks import account, messages, receiving, sending, storage
from invited.engines.aws.checks.finding import Finding, Lookup, Stack
from invited.engines.aws.faults import told

CHECKS: tuple[tuple[str, Callable[[Stack], Iterator[Finding]]], ...] = (
    ("account", account.who),
    ("table", storage.table),
    ("bucket", storage.bucket),
    ("secret", storage.key),
    ("topic", messages.topic),
    ("queues", messages.queues),
    ("delays", messages.delays),
    ("stream", messages.stream),
    ("Lambda", account.concurrency),
    ("SES", sending.quotas),
    ("identity", sending.identities),
    ("events", sending.events),
    ("MX", receiving.mx),
    ("rules", receiving.rules),
)
"""In the order in which a stack is put right."""


def run(stack: Stack) -> Iterator[Finding]:
    """Every finding; what cannot be looked at is one, too."""
    for name, check in CHECKS:
        try:
            yield from check(stack)
        except (ClientError, BotoCoreError) as fault:
            what, remedy = told(fault)
            yield Finding(name, what, remedy)
        except Refused as refusal:
            yield Finding(name, refusal.reason, refusal.remedy)
        except Temporary as trouble:
            yield Finding(name, str(trouble), "Look again in a minute.")


__all__ = ["Finding", "Lookup", "Stack", "run"]
