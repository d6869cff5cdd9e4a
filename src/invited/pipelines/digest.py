"""Mail the organizer what is new about an event, once a day: answers, comments, proposals, strangers."""

from __future__ import annotations

from invited.domain.errors import Aside, Temporary
from invited.messages import DigestDue
from invited.news import LAG, gathered, has_digest
from invited.notices import digest, dispatch
from invited.ports import Engine

LEASE = 300.0
"""Seconds for which whoever began a digest keeps others from mailing the same."""


def handle(message: DigestDue, engine: Engine) -> None:
    """Mail first, remember then: after a crash in between it may come twice, with the same Message-ID."""
    event = engine.store.event(message.event_id)
    if event is None or not has_digest(engine, event):
        raise Aside("the event is gone, or its organizer wants no digest")
    until = message.due - LAG
    since = engine.store.digest(event.id).told or event.created
    if since >= until:
        raise Aside("told already")
    if engine.store.hit(f"digest:{event.id}:{message.due.isoformat()}", LEASE, engine.now()) > 1:
        raise Temporary("somebody is at it")
    news = gathered(engine.store, event.id, since, until)
    if news.is_empty:
        raise Aside("nothing new")
    dispatch(engine, digest(engine, event, news, message.due))
    engine.store.tell_digest(event.id, until)
