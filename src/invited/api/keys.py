"""API keys: made, listed and taken back by whoever holds one for that, or is signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Body, Query
from fastapi.openapi.models import Example
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from invited import ports
from invited.api import examples
from invited.api.audited import Note, audited
from invited.api.auth import Caller, holding
from invited.api.dependencies import GivenEngine, Id
from invited.api.openapi import errors
from invited.api.problems import Problem
from invited.api.schemas import Text
from invited.credentials import new_key
from invited.domain.principal import USUAL, Principal, Scope
from invited.ports import Engine

router = APIRouter(prefix="/api/v1", tags=["access"])

MOST = 100
"""Keys of one organizer."""

BODIES = {"a key that can only invite": Example(value=examples.NEW_KEY)}


class KeyBody(BaseModel):
    """A key to make. An admin says whose: `is_admin`, or an `organizer`'s; anybody else's is their own."""

    model_config = ConfigDict(extra="forbid")

    is_admin: bool = False
    organizer: str | None = Field(default=None, max_length=254)
    scopes: list[Scope] | None = Field(
        default=None, min_length=1, max_length=len(Scope), description="Null: all that the caller holds but addresses."
    )
    note: Text = Field(default="", max_length=200, description="What it is for.")
    expires: AwareDatetime | None = Field(default=None, description="RFC 3339; null for never.")


class Key(BaseModel):
    """A key, without its secret."""

    id: str
    is_admin: bool
    organizer: str | None
    scopes: list[Scope]
    note: str
    created: datetime
    expires: datetime | None
    used: datetime | None = Field(description="Last used, to the hour; null for never.")

    @classmethod
    def of(cls, key: ports.Key) -> Self:
        """`key` as it is shown."""
        return cls(
            id=key.id,
            is_admin=key.is_admin,
            organizer=key.organizer,
            scopes=sorted(key.scopes),
            note=key.note,
            created=key.created,
            expires=key.expires,
            used=key.used,
        )


class KeyPage(BaseModel):
    """One page of a list, oldest first."""

    keys: list[Key]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end.")


class MadeKey(BaseModel):
    """A new key, and its text, which is shown this once."""

    key: Key
    secret: str


@router.get(
    "/keys",
    dependencies=[holding(Scope.KEYS)],
    responses=errors() | examples.shown(examples.KEYS, "A page of keys"),
)
def keys(
    engine: GivenEngine,
    caller: Caller,
    limit: Annotated[int, Query(ge=1, le=500, description="Keys of one page.")] = 100,
    after: Annotated[str, Query(max_length=64, description="The `next` of the page before.")] = "",
) -> KeyPage:
    """An organizer's own keys; an admin sees all."""
    organizer = None if caller.is_admin else caller.organizer
    found = engine.store.keys(organizer=organizer, after=after, limit=limit + 1)
    page = found[:limit]
    return KeyPage(keys=[Key.of(key) for key in page], next=page[-1].id if len(found) > limit else None)


@router.post(
    "/keys",
    status_code=201,
    dependencies=[holding(Scope.KEYS)],
    responses=errors("forbidden", "too-many-keys", "too-large")
    | examples.shown(examples.MADE_KEY, "The key, and its text", 201),
)
def make(
    engine: GivenEngine,
    caller: Caller,
    note: Annotated[Note, audited("key.create")],
    body: Annotated[KeyBody, Body(openapi_examples=BODIES)],
) -> MadeKey:
    """Make a key, which may do no more than the one that makes it, nor longer. Its text is shown this once."""
    owner = _owner(caller, body)
    scopes = _scopes(caller, body)
    try:
        key, secret = new_key(
            owner is None, owner, engine.now(), body.note, scopes=scopes, expires=_expires(engine, caller, body)
        )
    except ValueError as error:
        raise Problem("invalid", f"No key can be made: {error}.", "Please correct that.") from None
    if key.organizer and len(engine.store.keys(organizer=key.organizer, limit=MOST)) >= MOST:
        remedy = "Please take back those that are not used any more."
        raise Problem("too-many-keys", f"This organizer has {MOST} keys.", remedy)
    engine.store.add_key(key)
    note.about, note.detail = f"key {key.id}", f"for {key.organizer or 'the domain'}"
    return MadeKey(key=Key.of(key), secret=secret)


@router.delete(
    "/keys/{id}",
    status_code=204,
    dependencies=[holding(Scope.KEYS), audited("key.remove")],
    responses=errors("not-found"),
)
def remove(engine: GivenEngine, caller: Caller, id: Id) -> None:  # noqa: A002 - the path's own word
    """Take a key back: it opens nothing any more, from this moment on."""
    key = engine.store.key(id)
    if key is None or not caller.may_see(key.organizer or ""):
        raise Problem("not-found", "There is no key with this id.", "Please see /api/v1/keys.")
    engine.store.remove_key(id)


def _owner(caller: Principal, body: KeyBody) -> str | None:
    """Whose the key will be, None for the domain's."""
    if caller.is_admin:
        if body.is_admin == bool(body.organizer):
            raise Problem("invalid", "Whose key is it?", "Please send either `is_admin: true` or an `organizer`.")
        return body.organizer
    if body.is_admin or body.organizer not in (None, caller.organizer):
        raise Problem("forbidden", "Only an admin makes keys for others.", "Please leave `organizer` out.")
    return caller.organizer


def _scopes(caller: Principal, body: KeyBody) -> frozenset[Scope]:
    wanted = USUAL & caller.scopes if body.scopes is None else frozenset(body.scopes)
    if not wanted <= caller.scopes:
        lacking = ", ".join(sorted(wanted - caller.scopes))
        remedy = "Please ask for less, or sign in: whoever is signed in holds every scope."
        raise Problem("insufficient-scope", f"A key gives no more than it holds, which is not {lacking}.", remedy)
    return wanted


def _expires(engine: Engine, caller: Principal, body: KeyBody) -> datetime | None:
    """When it ends: not before now, nor after the key that makes it."""
    expires = body.expires or caller.expires
    if expires and expires <= engine.now():
        raise Problem("invalid", "It would have expired already.", "Please give a time to come as `expires`.")
    if expires and caller.expires and expires > caller.expires:
        latest = caller.expires.isoformat()
        raise Problem("invalid", "It would outlive the key that makes it.", f"Please have it expire by {latest}.")
    return expires
