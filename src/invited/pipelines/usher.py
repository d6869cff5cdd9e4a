"""Let somebody in without a password: mail the link to whoever asked for it, if there is anything for them to see.

The page that takes the request answers before this, so that its answer cannot tell who is known.
"""

from __future__ import annotations

from invited.domain.errors import Aside
from invited.messages import SignInRequested
from invited.notices import dispatch, sign_in
from invited.ports import Engine
from invited.sessions import may_sign_in, sign_in_link


def handle(message: SignInRequested, engine: Engine) -> None:
    """Mail it; a repeat mails another link, which is as good."""
    if not may_sign_in(engine, message.address):
        raise Aside("nobody with events here, and no admin")
    dispatch(engine, sign_in(engine, message.address, sign_in_link(engine, message.address)))
