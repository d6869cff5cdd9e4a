"""What several people follow live is looked at once a second for all of them, off the event loop."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.sse import ServerSentEvent
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from invited.api.auth import Caller, is_let_in
from invited.api.dependencies import GivenEngine
from invited.api.etags import etag
from invited.api.problems import Problem
from invited.domain.errors import Temporary

SECONDS = 1.0
"""Between two looks."""

LIFETIME = 900.0
"""Seconds after which a stream ends, so that its caller shows their key anew; a browser connects again by itself."""

RETRY = 2_000
"""Milliseconds after which it does."""

MOST = 1_000
MOST_EACH = 20
"""Streams at a time, of all callers and of each."""

Read = Callable[[], BaseModel | None]
"""Looks at what is followed; None once it is gone."""


@dataclass(eq=False, frozen=True, slots=True)
class _Listener:
    is_let_in: Callable[[], bool]


@dataclass(eq=False, slots=True)
class _Feed:
    read: Read
    listeners: set[_Listener] = field(default_factory=set)
    latest: BaseModel | None = None
    is_over: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)
    poll: asyncio.Task[None] | None = None

    def look(self) -> tuple[BaseModel | None, list[_Listener]]:
        """What is seen now, and, where that is news, who must not hear them any more."""
        found = self.read()
        if found is None or found == self.latest:
            return found, []
        return found, [each for each in tuple(self.listeners) if not each.is_let_in()]

    def tell(self) -> None:
        self.news.set()
        self.news = asyncio.Event()


class Feeds:
    """All that is followed at present; of one event loop."""

    def __init__(self) -> None:
        self._feeds: dict[str, _Feed] = {}
        self._streams: Counter[str] = Counter()

    @contextmanager
    def stream(self, caller: str) -> Iterator[None]:
        """One more stream of this caller while it lasts; raises the problem `too-many-streams`."""
        if self._streams[caller] >= MOST_EACH or self._streams.total() >= MOST:
            raise Problem(
                "too-many-streams",
                "Too many streams are open.",
                "Please close some, or ask for the same without `/live` again and again, with `If-None-Match`.",
                headers={"Retry-After": "10"},
            )
        self._streams[caller] += 1
        try:
            yield
        finally:
            self._streams[caller] -= 1
            if not self._streams[caller]:
                del self._streams[caller]

    async def follow(
        self, name: str, read: Read, is_last: Callable[[Any], bool], is_let_in: Callable[[], bool]
    ) -> AsyncGenerator[BaseModel]:
        """What `read` says, at once and whenever it says something else, up to what is the last, and as long as whoever
        asked is let in; `name` is the same for the same thing.
        """
        feed = self._feeds.setdefault(name, _Feed(read))
        listener = _Listener(is_let_in)
        feed.listeners.add(listener)
        feed.poll = feed.poll or asyncio.create_task(_poll(feed))
        ends = asyncio.get_running_loop().time() + LIFETIME
        shown: BaseModel | None = None
        try:
            while listener in feed.listeners and (shown is None or not is_last(shown)):
                news = feed.news
                if feed.latest is not shown and feed.latest is not None:
                    shown = feed.latest
                    yield shown
                elif feed.is_over or not await _is_told(news, ends):
                    return
        finally:
            self._leave(name, feed, listener)

    def _leave(self, name: str, feed: _Feed, listener: _Listener) -> None:
        feed.listeners.discard(listener)
        if feed.poll and not feed.listeners:
            feed.poll.cancel()
            self._feeds.pop(name, None)


async def _is_told(news: asyncio.Event, ends: float) -> bool:
    """Whether there are news before the time, by the loop's clock, at which it ends."""
    try:
        async with asyncio.timeout_at(ends):
            await news.wait()
    except TimeoutError:
        return False
    return True


async def _poll(feed: _Feed) -> None:
    try:
        while True:
            with suppress(Temporary):
                found, barred = await run_in_threadpool(feed.look)
                if found is None:
                    return
                feed.listeners.difference_update(barred)
                if found != feed.latest:
                    feed.latest = found
                    feed.tell()
            await asyncio.sleep(SECONDS)
    finally:
        feed.is_over = True
        feed.tell()


async def _stream(request: Request, caller: Caller) -> AsyncIterator[None]:
    with _feeds(request).stream(caller.id):
        yield


STREAM = Depends(_stream)
"""What a live route declares among its `dependencies`: one more stream of its caller, if that is not too many."""


@dataclass(frozen=True, slots=True)
class Follower:
    """Whoever asks for a stream, and what they know already."""

    feeds: Feeds
    known: str
    is_let_in: Callable[[], bool]

    async def events(
        self, kind: str, name: str, read: Read, is_last: Callable[[Any], bool] = lambda _: False
    ) -> AsyncIterator[ServerSentEvent]:
        """What is followed as server-sent events of this kind, as long as its caller is let in."""
        known = self.known
        async with aclosing(self.feeds.follow(f"{kind} {name}", read, is_last, self.is_let_in)) as found:
            async for each in found:
                if (told := etag(each).strip('"')) != known:
                    known = told
                    yield ServerSentEvent(data=each, event=kind, id=known, retry=RETRY)


async def _follower(
    request: Request,
    engine: GivenEngine,
    caller: Caller,
    known: Annotated[
        str, Header(alias="Last-Event-ID", max_length=64, description="What is known, as a browser sends it by itself.")
    ] = "",
) -> Follower:
    return Follower(_feeds(request), known, lambda: is_let_in(engine, caller))


Following = Annotated[Follower, Depends(_follower)]


def _feeds(request: Request) -> Feeds:
    feeds: Feeds = request.app.state.feeds
    return feeds
