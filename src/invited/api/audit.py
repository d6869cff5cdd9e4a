"""The audit log: of one event for whoever may see it, of the whole domain for admins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from invited.api import examples
from invited.api.auth import Admin, Caller, holding, shown_text, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.openapi import errors
from invited.api.paging import searched
from invited.domain import audit as domain
from invited.domain.principal import Principal, Scope

router = APIRouter(prefix="/api/v1", tags=["audit"])

LOOK = 2_000
"""Entries looked at for one page, wanted or not."""

Limit = Annotated[int, Query(ge=1, le=500, description="Entries of one page.")]
After = Annotated[str, Query(max_length=64, description="The `next` of the page before.")]


class AuditEntry(BaseModel):
    """One thing that was done."""

    id: str
    at: datetime
    actor: str = Field(description="`key <id>`, `session <address>`, `link <organizer>` or `cli <user>`.")
    action: str
    about: str
    event: str | None
    detail: str

    @classmethod
    def of(cls, entry: domain.Entry, caller: Principal) -> Self:
        """`entry` as `caller` may see it."""
        return cls(
            id=entry.id,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            about=shown_text(entry.about, caller),
            event=entry.event_id or None,
            detail=shown_text(entry.detail, caller),
        )


class AuditPage(BaseModel):
    """One page of the log, newest first."""

    entries: list[AuditEntry]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


@router.get(
    "/domain/audit",
    dependencies=[holding(Scope.OPERATIONS)],
    responses=errors("forbidden") | examples.shown(examples.AUDIT, "A page of the domain's log"),
)
def domain_audit(
    engine: GivenEngine,
    caller: Admin,
    *,
    event: Annotated[str, Query(max_length=64, description="Of this event alone.")] = "",
    actor: Annotated[str, Query(max_length=300, description="By this actor alone, as the log names them.")] = "",
    action: Annotated[
        str, Query(max_length=64, description="What was done, or how it begins, such as `job.pause` or `organizer.`.")
    ] = "",
    limit: Limit = 100,
    after: After = "",
) -> AuditPage:
    """Who did what in the whole domain, newest first; for admins. With filters a page looks at 2,000 entries at
    most: it may hold fewer than `limit`, even none, and a `next`.
    """
    by = {"event_id": event} if event else {"actor": actor}
    found, following = searched(
        lambda cursor, size: engine.store.audit(**by, after=cursor, limit=size),
        lambda entry: entry.id,
        lambda entry: actor in ("", entry.actor) and entry.action.startswith(action),
        after,
        limit=limit,
        look=LOOK,
    )
    return AuditPage(entries=[AuditEntry.of(entry, caller) for entry in found], next=following)


@router.get(
    "/events/{id}/audit",
    dependencies=[holding(Scope.OPERATIONS)],
    responses=errors("not-found") | examples.shown(examples.AUDIT, "A page of the event's log"),
)
def event_audit(engine: GivenEngine, caller: Caller, id: Id, limit: Limit = 100, after: After = "") -> AuditPage:  # noqa: A002
    """Who did what to one event, newest first."""
    event = visible(engine, caller, id)
    return _page(engine.store.audit(event_id=event.id, after=after, limit=limit + 1), limit, caller)


def _page(found: Sequence[domain.Entry], limit: int, caller: Principal) -> AuditPage:
    # One more than asked for tells whether there is a next page.
    entries = [AuditEntry.of(entry, caller) for entry in found[:limit]]
    return AuditPage(entries=entries, next=entries[-1].id if len(found) > limit else None)
