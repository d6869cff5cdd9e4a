"""The id under which everything that comes of one mail or request is logged, from the door to the receipt."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

_current: ContextVar[str] = ContextVar("correlation", default="")


def current() -> str:
    """The id of what is being worked on, a new one where there is none yet."""
    return _current.get() or secrets.token_hex(8)


@contextmanager
def correlated(identity: str) -> Iterator[None]:
    """Work on something that has this id, or gets one: logged, and handed on with every message."""
    token = _current.set(identity or secrets.token_hex(8))
    try:
        with structlog.contextvars.bound_contextvars(correlation=_current.get()):
            yield
    finally:
        _current.reset(token)
