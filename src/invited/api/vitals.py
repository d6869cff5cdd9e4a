"""How the server fares, for admins: its version, its queues, its dead letters, its disk."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version
from typing import Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from invited import ports
from invited.api import examples
from invited.api.auth import Admin, holding
from invited.api.dependencies import GivenEngine
from invited.api.openapi import errors
from invited.domain.principal import Scope

router = APIRouter(prefix="/api/v1", tags=["operations"])


class QueueDepth(BaseModel):
    """How full a queue is."""

    name: str = Field(description="A type of message (docs/flow.md), on AWS a pipeline's queue.")
    ready: int = Field(description="Messages that wait for a worker.")
    later: int = Field(description="Messages that are worked on, or not due yet.")
    oldest: datetime | None = Field(description="Since when the oldest of the ready ones waits; null for none, on AWS.")


class Disk(BaseModel):
    """Where the data are, in octets."""

    free: int
    total: int


class Health(BaseModel):
    """How the server fares."""

    version: str
    engine: Literal["embedded", "aws"]
    now: datetime = Field(description="By the server's clock.")
    queues: list[QueueDepth] = Field(description="By name, those that hold something at least.")
    dead_letters: int = Field(description=f"{ports.MANY_DEAD:,} for so many or more.")
    disk: Disk | None = Field(description="Null on AWS.")
    mail: Literal["relay", "lab", "ses"] = Field(description="Where mail goes; `lab` is kept here and sent to nobody.")

    @classmethod
    def of(cls, engine: ports.Engine) -> Self:
        """How `engine` fares now."""
        vitals = engine.site.vitals()
        here = "relay" if engine.settings.relay else "lab"
        return cls.model_validate(
            {
                "version": version("invited"),
                "engine": vitals.engine,
                "now": engine.now(),
                "queues": [_depth(queue) for queue in vitals.queues],
                "dead_letters": vitals.dead,
                "disk": None if vitals.total is None else {"free": vitals.free, "total": vitals.total},
                "mail": "ses" if vitals.engine == "aws" else here,
            }
        )


def _depth(queue: ports.Backlog) -> dict[str, object]:
    return {name: getattr(queue, name) for name in QueueDepth.model_fields}


@router.get(
    "/health",
    dependencies=[holding(Scope.OPERATIONS)],
    responses=errors("forbidden") | examples.shown(examples.HEALTH, "How it fares"),
)
def health(engine: GivenEngine, _key: Admin) -> Health:
    """How the server fares; for admins. Whether it lives and is ready anybody may ask: /healthz, /readyz."""
    return Health.of(engine)
