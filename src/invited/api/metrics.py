"""`/metrics`: what Prometheus reads, with an admin's key."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from invited.api.auth import Admin, holding
from invited.api.dependencies import GivenEngine
from invited.domain.principal import Scope
from invited.metrics import CONTENT_TYPE, exposed

router = APIRouter(include_in_schema=False)


@router.get("/metrics", dependencies=[holding(Scope.OPERATIONS)])
def metrics(engine: GivenEngine, _key: Admin) -> Response:
    """Counts, durations and figures of this server."""
    return Response(exposed(engine), media_type=CONTENT_TYPE)
