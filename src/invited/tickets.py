"""Tickets: how the organizer's own site says that somebody paid or registered, and may have an invite.

A ticket is a JSON Web Token (RFC 7519) signed by HMAC-SHA256 with the event's ticket secret. That is made from the
server's own secret and one of the event's keys, and is nowhere stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from invited.domain.addresses import new_id, normalised
from invited.domain.errors import Refused, Temporary
from invited.domain.event import Event
from invited.ports import Engine

MAX_AGE = timedelta(hours=24)
"""How far ahead a ticket may expire: so long it is remembered that it was used."""

KEPT = 2
"""Secrets that hold at a time: the newest, and the one before, for a site that has not yet heard."""

MAX_ID = 64

_OPTIONS: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
"""Only the signature is checked by the library: the clock is handed in, and the claims are ours."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A genuine ticket: its `id` (jti) may be used once until it `expires`."""

    id: str
    expires: datetime


def new_secret(engine: Engine, event: Event) -> str:
    """A new secret for the event's tickets; the one before goes on to hold, any older one does not.

    Raises Temporary where the event's choices were changed meanwhile.
    """
    key = new_id()
    keys = (key, *(event.door.public_ticket_keys or ()))[:KEPT]
    if not engine.store.set_choices(event.id, {"public_ticket_keys": keys}, expected=event.chosen):
        raise Temporary(f"the choices of event {event.id} have changed meanwhile")
    return secret(engine, event.id, key)


def secret(engine: Engine, event_id: str, key: str) -> str:
    """The secret that belongs to one of the event's ticket keys: 43 letters, digits, `-` and `_`."""
    digest = hmac.digest(engine.secret, f"ticket {event_id} {key}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def read(engine: Engine, event: Event, text: str, address: str) -> Ticket:
    """The ticket in `text`, if it lets `address` (normalised) have an invite to this event now; raises Refused.

    Claims: `event` its id, `email`, `exp` (seconds since 1970, at most MAX_AGE ahead), `jti` (1 to 64 characters).
    """
    claims = _claims(engine, event, text)
    expires, ticket_id = claims.get("exp"), claims.get("jti")
    if claims.get("event") != event.id:
        raise _refused("The ticket is for another event.")
    if not isinstance(ticket_id, str) or not 0 < len(ticket_id) <= MAX_ID:
        raise _refused(f"The ticket has no `jti` of 1 to {MAX_ID} characters.")
    if not _is_for(claims, address):
        raise _refused("The ticket is for another mail address.")
    if isinstance(expires, bool) or not isinstance(expires, int | float):
        raise _refused("The ticket has no `exp` in seconds since 1970.")
    left = expires - engine.now().timestamp()
    if not 0 < left <= MAX_AGE.total_seconds():
        raise _refused("The ticket has expired." if left <= 0 else "The ticket would hold for more than 24 hours.")
    return Ticket(ticket_id, datetime.fromtimestamp(expires, UTC))


def use(engine: Engine, event: Event, ticket: Ticket) -> None:
    """Use the ticket up; raises Refused where it was."""
    now = engine.now()
    name = hashlib.sha256(ticket.id.encode("utf-8", "replace")).hexdigest()
    if engine.store.hit(f"ticket:{event.id}:{name}", (ticket.expires - now).total_seconds(), now) > 1:
        raise _refused("The ticket has been used.")


def _claims(engine: Engine, event: Event, text: str) -> Mapping[str, Any]:
    # Only now: it brings along much of what no ticket needs, and every start would wait for it.
    import jwt

    for key in event.door.public_ticket_keys or ():
        try:
            return jwt.decode(text, secret(engine, event.id, key), algorithms=["HS256"], options=_OPTIONS)
        except (jwt.PyJWTError, ValueError):
            continue
    raise _refused("The ticket was not signed with the secret of this event.")


def _is_for(claims: Mapping[str, Any], address: str) -> bool:
    try:
        return normalised(str(claims.get("email"))) == address
    except ValueError:
        return False


def _refused(reason: str) -> Refused:
    return Refused(reason, "Please get a new ticket from the site of the event.")
