"""Idempotency-Key: a request that is sent again, since its answer was lost, is not done again (IETF httpapi draft)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import Response

from invited.api.auth import Caller
from invited.api.dependencies import GivenEngine
from invited.api.problems import Problem
from invited.domain.addresses import new_id, token
from invited.ports import Engine

LEASE = 60.0
"""Seconds after which a request whose server died may be taken up again."""

KEEP = 86_400.0
"""Seconds for which an answer is known."""

MAX_ANSWER = 100_000
"""Characters of an answer that is kept. A longer one is worked out again, from a job that has all its people."""

REPEATABLE = ("request-under-way", "key-used-otherwise")
"""What a route that takes the key may answer, beside what else it may."""

Answer = TypeVar("Answer", bound=BaseModel)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Any text of your own, such as a UUID: for 24 hours, the same request with the same key is done "
        "once and answered alike.",
    ),
]


@dataclass(frozen=True, slots=True)
class Once:
    """One request of one caller, with the key that they gave it or without."""

    engine: Engine
    place: str
    name: str

    def job(self) -> str:
        """The id of the job that the request opens: the same whenever it is repeated, so that nobody is added twice."""
        return token(self.engine.secret, "job", self.name) if self.name else new_id()

    def same(self, asked: str) -> str:
        """An id that is the same whenever the same is `asked` once more; without a key always another."""
        return token(self.engine.secret, f"same {self.name}", asked) if self.name else new_id()

    def answer(self, asked: str, work: Callable[[], Answer], status: int = 202) -> Answer | Response:
        """What `work` gives, or gave when the same was `asked` before.

        Raises the problems `key-used-otherwise` and `request-under-way`. Where `work` fails, the key is free again.
        """
        if not self.name:
            return work()
        fingerprint = hashlib.sha256(f"{self.place}\n{asked}".encode("utf-8", "replace")).hexdigest()
        known = self.engine.store.ask(self.name, fingerprint, now=self.engine.now(), lease=LEASE, keep=KEEP)
        if known is None:
            return _told(self._worked(work), status)
        if known.fingerprint != fingerprint:
            remedy = "Please give every new request a key of its own."
            raise Problem("key-used-otherwise", "This Idempotency-Key was used for something else.", remedy)
        if not known.answer:
            remedy = "Please send it again in a few seconds, with the same key."
            detail = "The same request is being worked on."
            raise Problem("request-under-way", detail, remedy, headers={"Retry-After": "5"})
        return _told(known.answer, status, {"Idempotency-Replayed": "true"})

    def _worked(self, work: Callable[[], Answer]) -> str:
        answer = ""
        try:
            answer = work().model_dump_json()
        finally:
            self.engine.store.answer(self.name, answer if len(answer) <= MAX_ANSWER else "")
        return answer


def _told(answer: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(answer, status, headers, "application/json")


def once(request: Request, engine: GivenEngine, caller: Caller, key: IdempotencyKey = None) -> Once:
    """The request, by the key that it bears; one caller's keys are nobody else's."""
    place = f"{request.method} {request.url.path}?{request.url.query}"
    return Once(engine, place, hashlib.sha256(f"{caller.id}\n{key}".encode()).hexdigest() if key else "")


GivenOnce = Annotated[Once, Depends(once)]
