"""The suppression list: who is not mailed and why; added to, taken in, given out, and people let in again.

An organizer's key has the list of that organizer's own events, an admin's any, and the one that holds for everybody.
"""

from __future__ import annotations

from datetime import datetime
from typing import IO, Annotated, Self

from fastapi import APIRouter, Body, Path, Query, Request
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from invited import suppressions
from invited.api import examples
from invited.api.audited import Note, audited
from invited.api.auth import Caller, holding, shown, shown_text
from invited.api.dependencies import GivenEngine
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.api.schemas import BadRow, Reason, Text
from invited.api.uploads import BODY, chunks, uploaded
from invited.credentials import seal, unseal
from invited.domain.addresses import normalised
from invited.domain.errors import Refused
from invited.domain.principal import Principal, Scope
from invited.domain.suppression import MEANING, Cause, Suppression
from invited.ports import Engine

router = APIRouter(prefix="/api/v1", tags=["suppression"])

Whose = Annotated[
    str,
    Query(
        max_length=254,
        description="Of this organizer's events. Left out: an organizer's own; for an admin, those of everybody.",
    ),
]


class Entry(BaseModel):
    """Somebody who is not mailed."""

    email: str
    organizer: str | None = Field(description="For this organizer's events alone; null for anybody's.")
    kind: Cause
    reason: str
    since: datetime

    @classmethod
    def of(cls, entry: Suppression, *, caller: Principal | None = None) -> Self:
        """`entry` as `caller` may see it; whole for whoever named the address themselves."""
        return cls(
            email=shown(entry.address, caller) if caller else entry.address,
            organizer=entry.organizer or None,
            kind=entry.kind,
            reason=shown_text(entry.reason, caller) if caller else entry.reason,
            since=entry.since,
        )


class EntryPage(BaseModel):
    """One page of a list, by address; with a filter it may hold less than `limit`."""

    entries: list[Entry]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


class Standing(BaseModel):
    """Whether an address is mailed."""

    email: str
    is_suppressed: bool
    entries: list[Entry] = Field(description="Those that the key may see, 100 at most.")


class AddBody(BaseModel):
    """Whom not to mail any more."""

    model_config = ConfigDict(extra="forbid")

    email: Text
    reason: Reason = "added by hand"


class Added(BaseModel):
    """What stands now; `added` is false where there was an entry, whose reason stands."""

    added: bool
    entry: Entry


class Imported(BaseModel):
    """What became of the rows of a list: `added` + `already` + `invalid` = `rows`."""

    rows: int
    added: int
    already: int
    invalid: int
    faults: list[BadRow] = Field(description="The first 100 of the invalid rows.")

    @classmethod
    def of(cls, found: suppressions.Intake) -> Self:
        """`found` as it is shown."""
        faults = [BadRow(line=fault.line, text=fault.text, reason=fault.reason) for fault in found.faults]
        return cls(rows=found.rows, added=found.added, already=found.already, invalid=found.invalid, faults=faults)


class ReadmitBody(BaseModel):
    """Whom to mail again, and why that is right."""

    model_config = ConfigDict(extra="forbid")

    email: Text
    reason: Reason
    despite: Cause | None = Field(default=None, description="Needed for who unsubscribed or complained: that word.")


@router.get(
    "/suppression",
    dependencies=[holding(Scope.SUPPRESSION)],
    responses=errors("not-found") | examples.shown(examples.SUPPRESSIONS, "A page of the list"),
)
def suppression(
    engine: GivenEngine,
    caller: Caller,
    *,
    organizer: Whose = "",
    kind: Annotated[Cause | None, Query(description="Those alone that were suppressed so.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Entries looked at for one page.")] = 100,
    after: Annotated[str, Query(max_length=1000, description="The `next` of the page before.")] = "",
) -> EntryPage:
    """Who is not mailed, by address; masked without `attendees:read`."""
    # One more than asked for tells whether there is a next page.
    found = engine.store.suppressions(_whose(caller, organizer), after=_cursor(engine, after), limit=limit + 1)
    entries = [Entry.of(entry, caller=caller) for entry in found[:limit] if kind in (None, entry.kind)]
    cursor = seal(engine.secret, found[limit - 1].address) if len(found) > limit else None
    return EntryPage(entries=entries, next=cursor)


@router.get(
    "/suppression.csv",
    dependencies=[holding(Scope.ATTENDEES_READ)],
    response_class=StreamingResponse,
    responses=errors("not-found") | examples.SUPPRESSION_CSV,
)
def export(engine: GivenEngine, caller: Caller, organizer: Whose = "") -> StreamingResponse:
    """The whole list as CSV, by address, however long it is; every address whole."""
    lines = suppressions.export(engine.store, _whose(caller, organizer))
    headers = {"Content-Disposition": 'attachment; filename="suppression.csv"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8; header=present", headers=headers)


@router.get(
    "/suppression/{email}",
    dependencies=[holding(Scope.SUPPRESSION)],
    responses=errors() | examples.shown(examples.STANDING, "Whether it is mailed"),
)
def standing(
    engine: GivenEngine, caller: Caller, email: Annotated[str, Path(max_length=300, description="An address.")]
) -> Standing:
    """Whether an address is mailed, and the entries that say so. An organizer is told of others' no more than that."""
    address = _address(email)
    found = engine.store.suppressions_of(address)
    is_suppressed = any(entry.organizer in ("", caller.organizer) for entry in found)
    if not caller.is_admin:
        found = [entry for entry in found if entry.organizer == caller.organizer]
    return Standing(email=address, is_suppressed=is_suppressed, entries=[Entry.of(entry) for entry in found])


@router.post(
    "/suppression",
    dependencies=[holding(Scope.SUPPRESSION)],
    responses=errors("not-found", "too-large") | examples.shown(examples.SUPPRESSED, "What stands now"),
)
def add(
    engine: GivenEngine,
    caller: Caller,
    note: Annotated[Note, audited("suppression.add")],
    body: Annotated[AddBody, Body(openapi_examples={"by hand": Example(value=examples.SUPPRESS)})],
    *,
    organizer: Whose = "",
) -> Added:
    """Mail somebody no more."""
    wanted = Suppression(_address(body.email), _whose(caller, organizer), body.reason, engine.now())
    (added,) = engine.store.suppress_all([wanted])
    stands = wanted if added else _entry(engine, wanted.address, wanted.organizer)
    note.about, note.detail = _about(wanted.address, wanted.organizer), body.reason if added else "already there"
    return Added(added=added, entry=Entry.of(stands or wanted))


@router.post(
    "/suppression/import",
    dependencies=[holding(Scope.SUPPRESSION)],
    openapi_extra=BODY,
    responses=errors("malformed", "not-found", "too-large") | examples.shown(examples.IMPORTED, "What became of it"),
)
async def import_list(
    request: Request,
    engine: GivenEngine,
    caller: Caller,
    note: Annotated[Note, audited("suppression.import")],
    *,
    organizer: Whose = "",
    reason: Annotated[Reason, Query(description="Why, for all of them.")] = "imported",
) -> Imported:
    """Mail nobody on a list any more: CSV or text in any form. To repeat it changes nothing."""
    whose = _whose(caller, organizer)
    async with uploaded(request) as file:
        found = await run_in_threadpool(_take_in, engine, file, whose, reason)
    note.about = f"suppression of {whose or 'everybody'}"
    note.detail = f"{found.added} of {found.rows} added: {reason}"
    return Imported.of(found)


@router.post(
    "/suppression/readmit",
    dependencies=[holding(Scope.SUPPRESSION)],
    responses=errors("not-found", "confirmation-needed", "too-large")
    | examples.shown(examples.READMITTED, "What stood until now"),
)
def readmit(
    engine: GivenEngine,
    caller: Caller,
    note: Annotated[Note, audited("suppression.readmit")],
    body: Annotated[ReadmitBody, Body(openapi_examples={"their own wish": Example(value=examples.READMIT)})],
    *,
    organizer: Whose = "",
) -> Entry:
    """Let somebody be mailed again, for a reason that the audit log keeps."""
    whose = _whose(caller, organizer)
    entry = _entry(engine, _address(body.email), whose)
    if entry is None:
        raise Problem("not-found", "The address is not on this list.", "Please see /api/v1/suppression/{email}.")
    if entry.kind in MEANING and body.despite != entry.kind:
        remedy = f'If it is their own wish, please say so in `reason` and add "despite": "{entry.kind}".'
        raise Problem("confirmation-needed", MEANING[entry.kind], remedy)
    if not engine.store.readmit(entry.address, organizer=whose):
        raise Problem("not-found", "The address is not on this list any more.", "Nothing is left to be done.")
    note.about, note.detail = _about(entry.address, whose), f"{entry.kind}: {body.reason}"
    return Entry.of(entry)


def _take_in(engine: Engine, file: IO[bytes], organizer: str, reason: str) -> suppressions.Intake:
    try:
        return suppressions.take_in(engine, chunks(file), organizer, reason)
    except Refused as refused:
        raise Problem("invalid", refused.reason, refused.remedy) from None


def _cursor(engine: Engine, sealed: str) -> str:
    try:
        return unseal(engine.secret, sealed)
    except Refused as refused:
        raise Problem("invalid", refused.reason, refused.remedy) from None


def _whose(caller: Principal, organizer: str) -> str:
    """Whose list is meant, "" for everybody's; raises the problem `not-found` for another organizer's."""
    whose = _address(organizer) if organizer else caller.organizer or ""
    if not caller.may_see(whose):
        raise Problem("not-found", "There is no such organizer.", "Please check the address.")
    return whose


def _address(text: str) -> str:
    try:
        return normalised(text)
    except ValueError as why:
        raise Problem("invalid", f"The address cannot be used: {why}", "Please check it.") from None


def _entry(engine: Engine, address: str, organizer: str) -> Suppression | None:
    return next((one for one in engine.store.suppressions_of(address) if one.organizer == organizer), None)


def _about(address: str, organizer: str) -> str:
    return f"suppression of {address} for {organizer or 'everybody'}"
