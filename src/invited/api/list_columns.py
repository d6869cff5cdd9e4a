"""Which columns of a list hold the address and the name, where a person says so."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from pydantic import Field

from invited.api.problems import Problem
from invited.lists.rows import MAX_COLUMNS

MAX_NAMES = 3
"""Columns that a name is put together from."""

Column = Annotated[int, Field(ge=0, lt=MAX_COLUMNS)]


def chosen(
    email: Annotated[
        Column | None, Query(description="The column of the addresses, from 0; found if left out.")
    ] = None,
    names: Annotated[
        list[Column] | None,
        Query(max_length=MAX_NAMES, description="The columns of the name, in its order; only with `email`."),
    ] = None,
) -> tuple[int, ...]:
    """The address's column and those of the name, none if left out; raises `invalid` for a name without an address."""
    if email is None and names:
        raise Problem("invalid", "`names` is given without `email`.", "Please name the column of the addresses, too.")
    return () if email is None else (email, *(names or ()))


GivenColumns = Annotated[tuple[int, ...], Depends(chosen)]
