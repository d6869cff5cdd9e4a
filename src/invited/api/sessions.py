"""Who one is here, and where one is signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from invited.api import examples
from invited.api.audited import Note, audited
from invited.api.auth import Caller, holding
from invited.api.dependencies import GivenEngine, Id
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.api.schemas import MAX_ATTENDEES
from invited.domain.principal import Principal, Scope
from invited.ports import Engine
from invited.ports import Session as Kept
from invited.sessions import is_live
from invited.terms import event_limit, invitation_limit

router = APIRouter(prefix="/api/v1", tags=["access"])

Address = Annotated[str, Query(max_length=254, description="Whose; only an admin may name anybody else.")]


class Limits(BaseModel):
    """How much there may be of what."""

    events: int = Field(description="Of one organizer.")
    invitations: int = Field(description="Of one event.")
    attendees: int = Field(description="Of one request.")
    list_bytes: int = Field(description="Octets of one list.")


class Me(BaseModel):
    """Who calls, and what they may do."""

    kind: Literal["key", "session"]
    id: str
    role: Literal["admin", "organizer"]
    address: str = Field(description="The person's; empty for a key of the domain.")
    scopes: list[Scope]
    expires: datetime | None
    create: str = Field(description="The mailbox that makes an event of an invite.")
    time_zone: str = Field(description="The domain's own: INVITED_DEFAULT_ZONE, else UTC.")
    limits: Limits

    @classmethod
    def of(cls, caller: Principal, engine: Engine) -> Self:
        """`caller` as they are told."""
        settings = engine.settings
        kind, _, name = caller.id.partition(" ")
        limits = {
            "events": event_limit(engine, caller.organizer or ""),
            "invitations": invitation_limit(engine, caller.organizer or ""),
            "attendees": MAX_ATTENDEES,
            "list_bytes": settings.list_max_bytes,
        }
        return cls.model_validate(
            {
                "kind": kind,
                "id": name,
                "role": "admin" if caller.is_admin else "organizer",
                "address": caller.address,
                "scopes": sorted(caller.scopes),
                "expires": caller.expires,
                "create": settings.address("create"),
                "time_zone": settings.default_zone or "UTC",
                "limits": limits,
            }
        )


class Session(BaseModel):
    """A browser in which somebody is signed in."""

    id: str
    address: str
    client: str = Field(description="What the browser said it was.")
    opened: datetime
    seen: datetime = Field(description="Last used, to the hour.")
    ends: datetime = Field(description="At the latest; a week without being used ends it, too.")
    is_this: bool = Field(description="The one that this request came by.")


class Sessions(BaseModel):
    """Where somebody is signed in, newest first."""

    sessions: list[Session]


@router.get("/me", dependencies=[holding()], responses=errors() | examples.shown(examples.ME, "Who calls"))
def me(engine: GivenEngine, caller: Caller) -> Me:
    """Who calls: role, scopes and limits. Any key or session will do."""
    return Me.of(caller, engine)


@router.get(
    "/sessions",
    dependencies=[holding(Scope.KEYS)],
    responses=errors("forbidden") | examples.shown(examples.SESSIONS, "Where they are signed in"),
)
def sessions(engine: GivenEngine, caller: Caller, address: Address = "") -> Sessions:
    """Where one is signed in."""
    kept = _of(engine, caller, address)
    return Sessions(
        sessions=[
            Session(
                id=session.id,
                address=session.address,
                client=session.client,
                opened=session.opened,
                seen=session.seen,
                ends=session.ends,
                is_this=caller.id == f"session {session.id}",
            )
            for session in kept
            if is_live(session, engine.now())
        ]
    )


@router.delete("/sessions", status_code=204, dependencies=[holding(Scope.KEYS)], responses=errors("forbidden"))
def end_all(
    engine: GivenEngine, caller: Caller, note: Annotated[Note, audited("session.end")], address: Address = ""
) -> None:
    """Sign out everywhere."""
    note.about = f"sessions of {address or caller.address}"
    for session in _of(engine, caller, address):
        engine.store.remove_session(session.id)


@router.delete(
    "/sessions/{id}",
    status_code=204,
    dependencies=[holding(Scope.KEYS), audited("session.end")],
    responses=errors("not-found"),
)
def end(engine: GivenEngine, caller: Caller, id: Id) -> None:  # noqa: A002 - the path's own word
    """Sign out in one browser."""
    session = engine.store.session(id)
    if session is None or (not caller.is_admin and session.address != caller.address):
        raise Problem("not-found", "There is no session with this id.", "Please see /api/v1/sessions.")
    engine.store.remove_session(id)


def _of(engine: Engine, caller: Principal, address: str) -> list[Kept]:
    whose = address.strip().lower() or caller.address
    if whose != caller.address and not caller.is_admin:
        raise Problem("forbidden", "These are somebody else's sessions.", "Please leave `address` out to see yours.")
    return engine.store.sessions(whose)
