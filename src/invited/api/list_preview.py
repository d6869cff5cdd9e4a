"""What would be understood of a list of people, told before anybody is invited by it."""

from __future__ import annotations

from typing import IO, Annotated, Self

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from invited.api import examples
from invited.api.auth import Caller, holding, visible
from invited.api.dependencies import GivenEngine, Id
from invited.api.list_columns import GivenColumns
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.api.schemas import BadRow
from invited.api.uploads import BODY, chunks, uploaded
from invited.domain.errors import Refused
from invited.domain.principal import Scope
from invited.lists.preview import Preview, preview

router = APIRouter(prefix="/api/v1", tags=["invitations"])

SHOWN = 20
"""People, and rows that are nobody, that are named; all that were looked at are counted."""


class ListColumn(BaseModel):
    """A column of the list."""

    title: str = Field(description="Empty where the list has no header.")
    example: str = Field(description="The first cell that is filled, if any of the first rows is.")


class Listed(BaseModel):
    """Somebody on the list."""

    line: int
    email: str
    name: str


class ListPreview(BaseModel):
    """What is understood of the first rows of a list."""

    encoding: str
    delimiter: str = Field(description="What parts the columns; empty for text without columns.")
    columns: list[ListColumn]
    email: int | None = Field(description="The column of the addresses, from 0; null without columns.")
    names: list[int] = Field(description="The columns of the name, in its order.")
    people: int = Field(description="Different addresses among the rows looked at.")
    duplicates: int
    invalid: int
    whole: bool = Field(description="Whether all rows were looked at; the first 10,000 are, within 1 MB.")
    first: list[Listed] = Field(description="The first 20 people.")
    faults: list[BadRow] = Field(description="The first 20 of the invalid rows.")

    @classmethod
    def of(cls, found: Preview) -> Self:
        """`found` as it is shown."""
        plan = found.layout
        return cls(
            encoding=found.encoding,
            delimiter=plan.delimiter,
            columns=[ListColumn(title=column.title, example=column.example) for column in found.columns],
            email=plan.email if plan.delimiter else None,
            names=list(plan.names),
            people=len(found.people),
            duplicates=found.duplicates,
            invalid=len(found.faults),
            whole=found.is_whole,
            first=[Listed(line=row.line, email=row.email, name=row.name) for row in found.people[:SHOWN]],
            faults=[BadRow(line=row.line, text=row.text, reason=row.reason) for row in found.faults[:SHOWN]],
        )


@router.post(
    "/events/{id}/lists/preview",
    dependencies=[holding(Scope.INVITATIONS_SEND)],
    response_model=ListPreview,
    openapi_extra=BODY,
    responses=errors("malformed", "not-found", "invalid", "too-large")
    | examples.shown(examples.LIST_PREVIEW, "What is understood; nobody was invited"),
)
async def preview_list(
    request: Request,
    engine: GivenEngine,
    key: Caller,
    id: Id,  # noqa: A002 - the path's own word
    *,
    columns: GivenColumns,
    cut: Annotated[bool, Query(description="Only the beginning of a list is sent, cut anywhere.")] = False,
) -> ListPreview:
    """Read the first rows of a list as they would be read, and tell what is understood; invites nobody."""
    await run_in_threadpool(visible, engine, key, id)
    async with uploaded(request) as file:
        return await run_in_threadpool(_preview, file, columns, is_cut=cut)


def _preview(file: IO[bytes], columns: tuple[int, ...], *, is_cut: bool) -> ListPreview:
    try:
        return ListPreview.of(preview(chunks(file), columns, is_cut=is_cut))
    except Refused as refused:
        raise Problem("invalid", refused.reason, refused.remedy) from None
