"""Who calls: API keys as `Authorization: Bearer inv_<key id>_<secret>` (RFC 6750), or the session of a browser; and
what each may see and do.

Every route under /api/v1 declares once what it takes, in its decorator: `dependencies=[holding(Scope.EVENTS_READ)]`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from invited.api.cookies import session_cookie, set_cookie
from invited.api.dependencies import GivenEngine
from invited.api.forms import cross_site, is_own_page
from invited.api.problems import Problem, no_event
from invited.credentials import key_of
from invited.domain.addresses import all_masked, masked
from invited.domain.event import Event
from invited.domain.principal import ALL, Principal, Scope
from invited.ports import Engine, Session
from invited.sessions import is_live, recognised
from invited.settings import Settings
from invited.terms import is_suspended, must_be_welcome

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    bearerFormat="inv_<key id>_<secret>",
    description="An admin's key sees the whole domain, an organizer's key that organizer's own events; "
    "either does what its scopes allow.",
)
READING = ("GET", "HEAD", "OPTIONS")
"""What changes nothing (RFC 9110 §9.2.1)."""

USED = timedelta(hours=1)
"""How exactly it is remembered when a key was last used: no write per request."""

Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]


def caller(request: Request, engine: GivenEngine, credentials: Credentials) -> Principal:
    """Who sends this request; raises the problem `unauthorized` where there is neither key nor session of ours,
    `barred` where the organizer is suspended.
    """
    principal = _by_key(engine, credentials.credentials) if credentials else _by_session(request, engine)
    if principal.organizer:
        must_be_welcome(engine, principal.organizer)
    request.state.actor = principal.id if credentials else f"session {principal.address}"
    return principal


def _by_session(request: Request, engine: Engine) -> Principal:
    cookie = session_cookie(request, engine.settings)
    if not cookie:
        raise _unauthorized("The request carries no API key and no session.", "")
    return principal_of(session_of(request, engine, cookie), engine.settings)


def _by_key(engine: Engine, text: str) -> Principal:
    key, now = key_of(engine.store, text), engine.now()
    if key is None:
        raise _unauthorized("The API key is not known here.", ', error="invalid_token"')
    if key.expires and key.expires <= now:
        raise _unauthorized("The API key has expired.", ', error="invalid_token"')
    if key.used is None or now - key.used >= USED:
        engine.store.use_key(key.id, now)
    return Principal(f"key {key.id}", key.is_admin, key.organizer, key.scopes, key.organizer or "", key.expires)


def session_of(request: Request, engine: Engine, cookie: str) -> Session:
    """The session of the browser that sends this; raises `unauthorized`, and `cross-site` for what may be forged.

    A cookie goes along whoever makes the browser send the request. What changes something must therefore say that it
    comes from a page of ours: SameSite=Lax alone lets pages of sibling hosts in.
    """
    known = recognised(engine, cookie)
    if known is None:
        raise _unauthorized("The session has ended.", "")
    if request.method not in READING and not is_own_page(request):
        raise cross_site()
    session, renewed = known
    if renewed:
        set_cookie(request, engine.settings, renewed, (session.ends - engine.now()).total_seconds())
    return session


def principal_of(session: Session, settings: Settings) -> Principal:
    """What whoever signed in is today: an admin as long as the settings say so; they hold every scope."""
    is_admin = session.address in settings.admins
    organizer = None if is_admin else session.address
    return Principal(f"session {session.id}", is_admin, organizer, ALL, session.address)


def is_let_in(engine: Engine, principal: Principal) -> bool:
    """Whether whoever was let in some time ago still would be: a key may be revoked since, a session ended."""
    kind, _, id_ = principal.id.partition(" ")
    now = engine.now()
    if kind == "key":
        key = engine.store.key(id_)
        is_good = key is not None and not (key.expires and key.expires <= now)
    else:
        session = engine.store.session(id_)
        is_good = session is not None and is_live(session, now)
    return is_good and not (principal.organizer and is_suspended(engine, principal.organizer))


def _unauthorized(detail: str, error: str) -> Problem:
    remedy = "Please send `Authorization: Bearer <key>` (`invited keys create` makes one), or sign in at /sign-in."
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


def shown_text(text: str, caller: Principal) -> str:
    """Any text as the caller may see it: the addresses in it whole or masked."""
    return text if caller.may_read_addresses else all_masked(text)
