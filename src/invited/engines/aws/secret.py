"""The installation's secret, kept by AWS Secrets Manager."""

from __future__ import annotations

from typing import Any

from invited.domain.errors import Refused
from invited.engines.aws.calls import call

SHORTEST = 32
"""Characters that it has at least."""


def kept(client: Any, name: str) -> bytes:
    """The secret of that name or ARN, by a boto3 client; raises Refused where it cannot be one, or Temporary."""
    secret = str(call(client.get_secret_value, SecretId=name)["SecretString"]).encode()
    if len(secret) < SHORTEST:
        raise Refused(
            f"The secret {name} has {len(secret)} octets, which is too few.",
            f"Restore it from a copy, since the invites that are out depend on it; a new one has {SHORTEST} at least.",
        )
    return secret
