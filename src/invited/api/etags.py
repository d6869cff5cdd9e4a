"""Entity tags: whether what one changes is still what one saw (RFC 9110 §8.8.3, §13.1.1)."""

from __future__ import annotations

import hashlib
from typing import Annotated, TypeVar

from fastapi import Header, Response
from pydantic import BaseModel

from invited.api.problems import Problem

Shown = TypeVar("Shown", bound=BaseModel)

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1000,
        description="The ETag that one saw: if it is another by now, nothing is done. Left out: whatever it is.",
    ),
]

TAGGED = {"ETag": {"description": "Strong; for If-Match.", "schema": {"type": "string"}}}
"""`headers` of a documented answer."""


def etag(shown: BaseModel) -> str:
    """The strong tag of what is shown: it changes with every part of it, wherever that comes from."""
    return f'"{hashlib.sha256(shown.model_dump_json().encode()).hexdigest()[:32]}"'


def tagged(response: Response, shown: Shown) -> Shown:
    """What is shown, its tag put on the answer."""
    response.headers["ETag"] = etag(shown)
    return shown


def check(if_match: str | None, shown: BaseModel) -> None:
    """Raise the problem `precondition-failed` where the caller saw something else than what would be shown now."""
    if if_match is None or if_match.strip() == "*":
        return
    # A weak tag never matches (RFC 9110 §13.1.1), and ours have no comma in them.
    if etag(shown) not in (tag.strip() for tag in if_match.split(",")):
        raise changed()


def changed() -> Problem:
    """Somebody else was quicker."""
    remedy = "Please get it again, see whether your change still fits, and send it with the new ETag in If-Match."
    return Problem("precondition-failed", "It has changed since you saw it; nothing was done.", remedy)
