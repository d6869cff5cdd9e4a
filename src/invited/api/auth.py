"""Who calls: API keys as `Authorization: Bearer inv_<key id>_<secret>` (RFC 6750), and what each may see."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from invited.api.dependencies import GivenEngine
from invited.api.problems import Problem, no_event
from invited.credentials import key_of
from invited.domain.event import Event
from invited.ports import Engine, Key

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    bearerFormat="inv_<key id>_<secret>",
    description="An admin's key sees the whole domain, an organizer's key that organizer's own events.",
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]


def caller(engine: GivenEngine, credentials: Credentials) -> Key:
    """The key of this request; raises the problem `unauthorized` where there is none that we gave out."""
    if credentials is None:
        raise _unauthorized("The request carries no API key.", "")
    key = key_of(engine.store, credentials.credentials)
    if key is None:
        raise _unauthorized("The API key is not known here.", ', error="invalid_token"')
    return key


def _unauthorized(detail: str, error: str) -> Problem:
    remedy = "Please send the header `Authorization: Bearer <key>`; `invited keys create` makes a key."
    return Problem("unauthorized", detail, remedy, headers={"WWW-Authenticate": f'Bearer realm="invited"{error}'})


Caller = Annotated[Key, Depends(caller)]


def admin(key: Caller) -> Key:
    """The key of this request, which must be an admin's."""
    if not key.is_admin:
        remedy = "Please use an admin's key, or ask for /api/v1/organizers/{your address}/events."
        raise Problem("forbidden", "Only an admin's key sees the whole domain.", remedy)
    return key


Admin = Annotated[Key, Depends(admin)]


def may_see(key: Key, organizer: str) -> bool:
    """Whether the key's holder may see what is this organizer's (normalised address)."""
    return key.is_admin or key.organizer == organizer


def visible(engine: Engine, key: Key, event_id: str) -> Event:
    """The event, if it is there and the key may see it; raises the same problem `not-found` for either."""
    event = engine.store.event(event_id)
    if event is None or not may_see(key, event.organizer):
        raise no_event()
    return event
