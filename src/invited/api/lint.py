"""Preflight: what calendar clients will make of a mail or calendar file."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from invited.api import examples
from invited.api.auth import Caller, holding
from invited.api.openapi import errors
from invited.imip import lint as rules

router = APIRouter(prefix="/api/v1", tags=["lint"])


class Finding(BaseModel):
    """One thing that a client will mind."""

    rule: str = Field(description="The rule's id, as in docs/lint.md.")
    severity: rules.Severity
    clients: tuple[str, ...] = Field(description="Who minds; `rfc` for a standard.")
    place: str
    message: str
    remedy: str
    source: str


class Findings(BaseModel):
    """Everything found, worst first."""

    findings: list[Finding]


_BODY = {
    "required": True,
    "content": {
        "application/octet-stream": {
            "schema": {"type": "string", "format": "binary"},
            "example": "BEGIN:VCALENDAR\r\n…",
        }
    },
}


@router.post(
    "/lint",
    dependencies=[holding()],
    responses=errors("too-large") | examples.shown(examples.FINDINGS, "What was found; nothing if all is well"),
    openapi_extra={"requestBody": _BODY},
)
async def lint(request: Request, _key: Caller) -> Findings:
    """Check an .ics or .eml, sent as it is with any Content-Type, against every client rule."""
    found = await run_in_threadpool(rules.lint, await request.body())
    return Findings(findings=[Finding.model_validate(one, from_attributes=True) for one in found])
