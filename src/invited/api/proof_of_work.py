"""Proofs of work: a challenge that costs a browser about a second, and whoever asks by the thousand as many.

ALTCHA's second format, which its widgets solve (docs/decisions/0017). A challenge is signed and kept nowhere; only that
one was used is remembered until it expires.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from altcha import Payload, create_challenge, verify_solution

from invited.domain.event import Event
from invited.ports import Engine

AGE = timedelta(minutes=10)

MAX_PAYLOAD = 4096
"""Characters of a solution."""


def challenge(engine: Engine, event: Event) -> dict[str, Any]:
    """A new challenge, as its JSON; good for one request about this event within AGE."""
    expires = int((engine.now() + AGE).timestamp())
    made = create_challenge(
        "PBKDF2/SHA-256",
        engine.settings.public_challenge_cost,
        # Not the library's own `expires_at`, which is held against the machine's clock.
        data={"event": event.id, "expires": expires},
        hmac_secret=_secret(engine),
    )
    return made.to_dict()


def is_proof(engine: Engine, event: Event, text: str) -> bool:
    """Whether `text` solves a challenge for this event, in time and for the first time."""
    try:
        payload = Payload.from_base64(text[:MAX_PAYLOAD])
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    if not verify_solution(payload, _secret(engine)).verified:
        return False
    parameters, now = payload.challenge.parameters, engine.now()
    told = parameters.data or {}
    if told.get("event") != event.id or told.get("expires", 0) < now.timestamp():
        return False
    return engine.store.hit(f"challenge:{parameters.nonce}", AGE.total_seconds(), now) == 1


def _secret(engine: Engine) -> bytes:
    return hmac.digest(engine.secret, b"proof of work", hashlib.sha256)
