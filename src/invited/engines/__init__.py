"""The worlds that the pipelines can run in, and the only place that chooses one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from invited.engines.embedded.engine import EmbeddedEngine as EmbeddedEngine  # what open_engine gives
from invited.engines.embedded.verifier import SenderVerifier
from invited.ports import Verifier
from invited.settings import Settings


def utc_now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)


def open_engine(
    settings: Settings,
    *,
    memory: bool = False,
    now: Callable[[], datetime] = utc_now,
    verifier: Verifier | None = None,
) -> EmbeddedEngine:
    """The engine that the settings ask for, to be closed when done; raises Refused, in words for the operator.

    `memory`: keep everything in memory, for tests.
    """
    return EmbeddedEngine(settings, is_memory=memory, now=now, verifier=verifier or SenderVerifier(settings))
