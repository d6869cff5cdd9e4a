"""The engine of a Lambda's container, made anew when the operator changes the brand in the bucket (`aws/brand.py`)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from pydantic import ValidationError

from invited.domain.errors import Temporary
from invited.engines.aws import brand
from invited.engines.aws.engine import AwsEngine, Client
from invited.engines.aws.objects import Objects
from invited.settings import Settings, faults, load

EVERY = timedelta(minutes=5)
"""How often a container looks whether the brand has changed."""

log = structlog.get_logger()


class House:
    """`client` gives boto3's clients, `now` is the clock."""

    def __init__(self, client: Client, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now
        self._engine: AwsEngine | None = None
        self._version = ""
        self._looked = datetime.min.replace(tzinfo=now().tzinfo)

    def engine(self) -> AwsEngine:
        """The engine, with the brand as it was at most five minutes ago. What is wrong with it is logged, and passed
        over: no mail waits for a colour.
        """
        if self._engine is not None and self._now() - self._looked < EVERY:
            return self._engine
        objects = Objects(self._client("s3"), load().aws_bucket)
        self._looked = self._now()
        try:
            version = brand.version(objects)
            if self._engine is None or version != self._version:
                self._open(self._settings(objects, version) if version else load(), version)
        except Temporary as trouble:
            log.warning("the brand cannot be read", why=str(trouble))
        if self._engine is None:
            self._open(load(), "")
        assert self._engine is not None  # noqa: S101 - mypy does not follow _open
        return self._engine

    def _open(self, settings: Settings, version: str) -> None:
        former, self._version = self._engine, version
        self._engine = AwsEngine(settings, now=self._now, client=self._client)
        if former is not None:
            former.close()

    def _settings(self, objects: Objects, version: str) -> Settings:
        """The settings with the brand; without it where they are wrong then."""
        told = brand.fetched(objects, Path(tempfile.gettempdir()) / f"invited-brand-{version}")
        kept = {name: os.environ.get(name) for name in told}
        os.environ.update(told)
        try:
            return load()
        except ValidationError as wrong:
            log.error("the brand is passed over", why=faults(wrong))  # noqa: TRY400 - no trace is needed
        finally:
            for name, value in kept.items():
                os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
        return load()
