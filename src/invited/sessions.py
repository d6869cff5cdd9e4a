"""Signing in without a password: the link that goes by mail, and the session that its button opens.

A session's cookie is `<session id>.<secret>`. The secret is changed now and then; the former one is good for a moment,
for requests that were under way. When it comes later still, somebody has a copy of it, and the session is over.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from invited.credentials import digest_of, is_secret
from invited.domain.addresses import new_id
from invited.domain.errors import Refused
from invited.ports import Engine, Session

LINK_AGE = timedelta(minutes=15)
"""How long a link in a mail is good."""

AGE = timedelta(days=30)
IDLE = timedelta(days=7)
"""How long a session lasts at most, and without being used."""

CHANGE = timedelta(days=1)
GRACE = timedelta(minutes=1)
"""How old a secret grows, and how long it is good after that."""

SEEN = timedelta(hours=1)
"""How exactly it is remembered when a session was last used: no write per request."""

MOST = 20
"""Sessions of one person; the oldest makes room."""


def may_sign_in(engine: Engine, address: str) -> bool:
    """Whether there is anything to see for this person (normalised address)."""
    return address in engine.settings.admins or bool(engine.store.events(organizer=address, limit=1))


def sign_in_link(engine: Engine, address: str) -> str:
    """A page whose button signs in as `address`, once."""
    secret, now = secrets.token_urlsafe(32), engine.now()
    engine.store.add_sign_in(digest_of(secret), address, now=now, until=now + LINK_AGE)
    return f"{engine.settings.url}/sign-in/{secret}"


def asked_for(engine: Engine, secret: str) -> str:
    """The address that such a link signs in, which this does not use up; raises Refused."""
    return _good(engine.store.sign_in(digest_of(secret), engine.now()))


def opened(engine: Engine, secret: str, client: str) -> tuple[Session, str]:
    """Use a link up for a new session; it, and its cookie. Raises Refused."""
    now = engine.now()
    address = _good(engine.store.take_sign_in(digest_of(secret), now))
    for old in engine.store.sessions(address)[MOST - 1 :]:
        engine.store.remove_session(old.id)
    key = secrets.token_urlsafe(32)
    session = Session(new_id(), digest_of(key), address, now, now, now, now + AGE, client=client[:200])
    engine.store.add_session(session, now)
    return session, f"{session.id}.{key}"


def _good(address: str | None) -> str:
    if address is None:
        reason = "This link is used up, has expired or is not complete."
        remedy = f"Please ask for a new one at /sign-in; it is good once, within {int(LINK_AGE.total_seconds() / 60)}"
        raise Refused(reason, f"{remedy} minutes.")
    return address


def recognised(engine: Engine, cookie: str) -> tuple[Session, str] | None:
    """The session whose cookie this is, and the cookie that takes its place, "" where it stays; None for none."""
    session_id, _, secret = cookie.partition(".")
    session, now = engine.store.session(session_id), engine.now()
    if session is None or not is_live(session, now):
        return None
    if is_secret(secret, session.digest):
        return _renewed(engine, session, now)
    if not session.former or not is_secret(secret, session.former):
        return None
    if now - session.changed > GRACE:
        engine.store.remove_session(session.id)
        return None
    return session, ""


def is_live(session: Session, now: datetime) -> bool:
    """Whether a session has not ended by its age, or because nobody used it."""
    return now < session.ends and now - session.seen < IDLE


def _renewed(engine: Engine, session: Session, now: datetime) -> tuple[Session, str]:
    if now - session.changed >= CHANGE:
        key = secrets.token_urlsafe(32)
        fresh = replace(session, digest=digest_of(key), former=session.digest, changed=now, seen=now)
        if engine.store.renew_session(fresh, session.digest):
            return fresh, f"{session.id}.{key}"
    elif now - session.seen >= SEEN:
        engine.store.renew_session(replace(session, seen=now), session.digest)
    return session, ""
