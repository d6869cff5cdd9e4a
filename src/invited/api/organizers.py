"""The organizers of the domain: their limits, whether they may send to lists, and suspending them; for admins."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Body, Path, Query
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field

from invited.api import examples
from invited.api.audited import Note, audited
from invited.api.auth import Admin, holding
from invited.api.dependencies import GivenEngine
from invited.api.openapi import errors
from invited.api.paging import searched
from invited.api.problems import Problem
from invited.api.schemas import Reason
from invited.domain import organizer as domain
from invited.domain.addresses import normalised
from invited.domain.principal import Scope
from invited.ports import Engine

router = APIRouter(prefix="/api/v1/domain/organizers", tags=["organizers"])

LOOK = 2_000
"""Organizers looked at for one page, wanted or not."""

Address = Annotated[str, Path(max_length=254, description="The organizer's mail address.")]
Most = Annotated[int, Field(ge=0, le=1_000_000_000)]


class Terms(BaseModel):
    """An organizer, and on what terms they are here."""

    email: str
    events: int
    event_limit: int | None = Field(description="Most events; null for the server's setting.")
    invitation_limit: int | None = Field(description="Most invitations to each event; null for the server's setting.")
    may_send_lists: bool = Field(description=f"Whether they may invite more than {domain.FEW} people at a time.")
    suspended: datetime | None = Field(description="Since when; null for not.")
    reason: str = Field(description="Why they are suspended; they are told.")

    @classmethod
    def of(cls, organizer: domain.Organizer) -> Self:
        """`organizer` as they are shown."""
        return cls(
            email=organizer.address,
            events=organizer.events,
            event_limit=organizer.event_limit,
            invitation_limit=organizer.invitation_limit,
            may_send_lists=organizer.may_send_lists,
            suspended=organizer.suspended,
            reason=organizer.reason,
        )


class TermsPage(BaseModel):
    """One page of a list, by address."""

    organizers: list[Terms]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


class TermsBody(BaseModel):
    """What to change; what is left out stays, null goes back to the server's setting."""

    model_config = ConfigDict(extra="forbid")

    event_limit: Most | None = None
    invitation_limit: Most | None = None
    may_send_lists: bool = True


class SuspendBody(BaseModel):
    """Why; the organizer is told."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


@router.get(
    "",
    dependencies=[holding(Scope.OPERATIONS)],
    responses=errors("forbidden") | examples.shown(examples.ORGANIZERS, "A page of the organizers"),
)
def organizers(
    engine: GivenEngine,
    _key: Admin,
    *,
    q: Annotated[str, Query(max_length=100, description="Part of the address.")] = "",
    suspended: Annotated[bool, Query(description="Only those that are suspended.")] = False,
    limit: Annotated[int, Query(ge=1, le=500, description="Organizers of one page.")] = 100,
    after: Annotated[str, Query(max_length=300, description="The `next` of the page before.")] = "",
) -> TermsPage:
    """Everybody who has, or had, an event here or of whom something was decided, by address. A page of those that are
    looked for looks at 2,000 of them at most: it may hold fewer than `limit`, even none, and a `next`.
    """
    found, following = searched(
        lambda cursor, size: engine.store.organizers(after=cursor, limit=size),
        lambda organizer: organizer.address,
        lambda organizer: q.lower() in organizer.address and (organizer.suspended is not None or not suspended),
        after,
        limit=limit,
        look=LOOK,
    )
    return TermsPage(organizers=[Terms.of(organizer) for organizer in found], next=following)


@router.get(
    "/{organizer}",
    dependencies=[holding(Scope.OPERATIONS)],
    responses=errors("forbidden") | examples.shown(examples.ORGANIZER, "On what terms"),
)
def organizer(engine: GivenEngine, _key: Admin, organizer: Address) -> Terms:
    """One organizer; the server's settings hold for whoever is not known yet."""
    return Terms.of(engine.store.organizer(_address(organizer)))


@router.patch(
    "/{organizer}",
    dependencies=[holding(Scope.OPERATIONS)],
    responses=errors("forbidden", "too-large")
    | examples.shown(
        examples.ORGANIZER,
        "What holds now",
    ),
)
def set_terms(
    engine: GivenEngine,
    _key: Admin,
    note: Annotated[Note, audited("organizer.terms")],
    organizer: Address,
    body: Annotated[TermsBody, Body(openapi_examples={"few events": Example(value=examples.TERMS)})],
) -> Terms:
    """Set an organizer's own limits, and whether they may send to lists. What was sent or created stays."""
    address = _address(organizer)
    terms = {name: getattr(body, name) for name in sorted(body.model_fields_set)}
    note.detail = ", ".join(f"{name} {value}" for name, value in terms.items())
    return _changed(engine, address, terms, note)


@router.post(
    "/{organizer}/suspend",
    dependencies=[holding(Scope.OPERATIONS)],
    responses=errors("forbidden", "too-large") | examples.shown(examples.SUSPENDED, "What holds now"),
)
def suspend(
    engine: GivenEngine,
    _key: Admin,
    note: Annotated[Note, audited("organizer.suspend")],
    organizer: Address,
    body: Annotated[SuspendBody, Body(openapi_examples={"abuse": Example(value=examples.SUSPEND)})],
) -> Terms:
    """Refuse their mails, keys and links, and pause what they are sending. Guests' answers are kept and counted."""
    note.detail = body.reason
    return _changed(engine, _address(organizer), {"suspended": engine.now(), "reason": body.reason}, note)


@router.post(
    "/{organizer}/readmit",
    dependencies=[holding(Scope.OPERATIONS)],
    responses=errors("forbidden")
    | examples.shown(
        examples.ORGANIZER,
        "What holds now",
    ),
)
def readmit(
    engine: GivenEngine, _key: Admin, note: Annotated[Note, audited("organizer.readmit")], organizer: Address
) -> Terms:
    """Let them go on. Jobs that were paused stay so until somebody resumes them."""
    return _changed(engine, _address(organizer), {"suspended": None, "reason": ""}, note)


def _changed(engine: Engine, address: str, terms: domain.Terms, note: Note) -> Terms:
    engine.store.set_terms(address, terms)
    note.about = f"organizer {address}"
    return Terms.of(engine.store.organizer(address))


def _address(text: str) -> str:
    try:
        return normalised(text)
    except ValueError as why:
        raise Problem("invalid", f"The address cannot be used: {why}", "Please check it.") from None
