"""The worlds that the pipelines can run in, and the only place that chooses one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol, Self

from invited.domain.errors import Refused
from invited.engines.embedded.engine import EmbeddedEngine as EmbeddedEngine  # what open_embedded gives
from invited.engines.embedded.verifier import SenderVerifier
from invited.ports import Engine, Verifier
from invited.settings import Settings


class Opened(Protocol):
    """An engine that is open, to be closed when done."""

    ports: Engine

    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...


def utc_now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)


def open_engine(
    settings: Settings,
    *,
    memory: bool = False,
    now: Callable[[], datetime] = utc_now,
    verifier: Verifier | None = None,
) -> Opened:
    """The engine that the settings ask for: on AWS where they name a table, else on this machine, see open_embedded.

    Raises Refused, in words for the operator; on AWS Temporary as well.
    """
    if settings.aws_table and not memory:
        return _on_aws(settings, now)
    return open_embedded(settings, memory=memory, now=now, verifier=verifier)


def open_embedded(
    settings: Settings,
    *,
    memory: bool = False,
    now: Callable[[], datetime] = utc_now,
    verifier: Verifier | None = None,
) -> EmbeddedEngine:
    """The engine on this machine; raises Refused, in words for the operator, also where the settings are those of AWS.

    `memory`: keep everything in memory, for tests.
    """
    if settings.aws_table and not memory:
        raise Refused(
            "INVITED_AWS_TABLE is set, and on AWS the server is the deployed stack.",
            "Unset it to run one on this machine.",
        )
    return EmbeddedEngine(settings, is_memory=memory, now=now, verifier=verifier or SenderVerifier(settings))


def _on_aws(settings: Settings, now: Callable[[], datetime]) -> Opened:
    try:
        # Whoever runs on one machine needs none of its libraries.
        from invited.engines.aws.engine import AwsEngine
    except ModuleNotFoundError as missing:
        raise Refused(
            f"INVITED_AWS_TABLE is set, but this installation lacks {missing.name}.", "Install `invited[aws]`."
        ) from None
    return AwsEngine(settings, now=now)
