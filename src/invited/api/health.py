"""Whether the process is alive, and whether it can do its work."""

from __future__ import annotations

from fastapi import APIRouter

from invited.api.dependencies import GivenEngine
from invited.api.problems import unavailable

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
def ready(engine: GivenEngine) -> dict[str, str]:
    """The store can be read."""
    try:
        engine.store.event("readyz")
    except Exception:  # noqa: BLE001 - whatever it is, the answer is no
        raise unavailable() from None
    return {"status": "ready"}
