"""Who calls: API keys as `Authorization: Bearer inv_<key id>_<secret>` (RFC 6750), and what each may see and do.

Every route under /api/v1 declares once what it takes, in its decorator: `dependencies=[holding(Scope.EVENTS_READ)]`.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from invited.api.dependencies import GivenEngine
from invited.api.problems import Problem, no_event
from invited.credentials import key_of
from invited.domain.addresses import masked
from invited.domain.event import Event
from invited.domain.principal import Principal, Scope
from invited.ports import Engine

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    bearerFormat="inv_<key id>_<secret>",
    description="An admin's key sees the whole domain, an organizer's key that organizer's own events; "
    "either does what its scopes allow.",
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]


def caller(engine: GivenEngine, credentials: Credentials) -> Principal:
    """Who sends this request; raises the problem `unauthorized` where there is no key that we gave out."""
    if credentials is None:
        raise _unauthorized("The request carries no API key.", "")
    key = key_of(engine.store, credentials.credentials)
    if key is None:
        raise _unauthorized("The API key is not known here.", ', error="invalid_token"')
    return Principal(f"key {key.id}", key.is_admin, key.organizer, key.scopes)


def _unauthorized(detail: str, error: str) -> Problem:
    remedy = "Please send the header `Authorization: Bearer <key>`; `invited keys create` makes a key."
    return Problem("unauthorized", detail, remedy, headers={"WWW-Authenticate": f'Bearer realm="invited"{error}'})


Caller = Annotated[Principal, Depends(caller)]


def held(caller: Caller, needed: SecurityScopes) -> None:
    """Make sure that the caller holds these scopes; raises the problem `insufficient-scope`."""
    lacking = [scope for scope in needed.scopes if scope not in caller.scopes]
    if lacking:
        told = f'Bearer realm="invited", error="insufficient_scope", scope="{needed.scope_str}"'
        remedy = f"Please use a key that holds it: `invited keys create --scope {' --scope '.join(needed.scopes)}`."
        detail = f"This needs the scope {' and '.join(lacking)}."
        raise Problem("insufficient-scope", detail, remedy, headers={"WWW-Authenticate": told})


def holding(*scopes: Scope) -> Any:
    """What a route declares among its `dependencies`: its callers hold all these scopes. None at all: any caller."""
    return Security(held, scopes=[scope.value for scope in scopes])


def admin(caller: Caller) -> Principal:
    """Who sends this request, who must be an admin."""
    if not caller.is_admin:
        remedy = "Please use an admin's key, or ask for /api/v1/organizers/{your address}/events."
        raise Problem("forbidden", "Only an admin's key sees the whole domain.", remedy)
    return caller


Admin = Annotated[Principal, Depends(admin)]


def visible(engine: Engine, caller: Principal, event_id: str) -> Event:
    """The event, if it is there and the caller may see it; raises the same problem `not-found` for either."""
    event = engine.store.event(event_id)
    if event is None or not caller.may_see(event.organizer):
        raise no_event()
    return event


def shown(address: str, caller: Principal) -> str:
    """An attendee's address as the caller may see it: whole or masked."""
    return address if caller.may_read_addresses else masked(address)
