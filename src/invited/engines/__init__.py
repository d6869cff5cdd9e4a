"""The worlds that the pipelines can run in, and the only place that chooses one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, Self

from invited.domain.errors import Refused
from invited.ports import Engine, Verifier
from invited.settings import Settings

if TYPE_CHECKING:
    from invited.engines.aws.checks import Finding
    from invited.engines.embedded.engine import EmbeddedEngine


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
    # A Lambda loads none of it.
    from invited.engines.embedded.engine import EmbeddedEngine
    from invited.engines.embedded.verifier import SenderVerifier

    return EmbeddedEngine(settings, is_memory=memory, now=now, verifier=verifier or SenderVerifier(settings))


def aws_findings(settings: Settings) -> Iterator[Finding]:
    """What there is to be said of the stack that the settings name; raises Refused where they do not, or nothing here
    can speak to AWS.
    """
    with _libraries_of_aws():
        from invited.engines.aws.checks import Stack, run
        from invited.engines.aws.checks.names import mx
        from invited.engines.aws.engine import must_be_named, one_client_each
    must_be_named(settings)
    return run(Stack(settings, one_client_each(), mx))


@contextmanager
def aws_told() -> Iterator[None]:
    """Let what AWS says no to within the block be Refused, in words for the operator."""
    try:
        yield
    except Exception as fault:
        # Whoever runs on one machine needs none of its libraries, and meets none of its faults.
        if not type(fault).__module__.startswith("botocore."):
            raise
        from invited.engines.aws.faults import told

        raise Refused(*told(fault)) from fault


@contextmanager
def _libraries_of_aws() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as missing:
        raise Refused(
            f"AWS is asked for, but this installation lacks {missing.name}.", "Install `invited[aws]`."
        ) from None


def _on_aws(settings: Settings, now: Callable[[], datetime]) -> Opened:
    with _libraries_of_aws():  # whoever runs on one machine needs none of them
        from invited.engines.aws.engine import AwsEngine
    return AwsEngine(settings, now=now)
