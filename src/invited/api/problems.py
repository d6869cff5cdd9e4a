"""Errors as problem details (RFC 9457): what went wrong, and in `remedy` what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from invited.api.dependencies import page
from invited.domain.errors import Barred, Temporary

MEDIA_TYPE = "application/problem+json"

MAX_FAULTS = 100
"""Faults of one request that are named."""


class Kind(NamedTuple):
    """A kind of problem: its HTTP status and its title, which never varies."""

    status: int
    title: str


KINDS = {
    "malformed": Kind(400, "The request cannot be read"),
    "unauthorized": Kind(401, "A valid API key or session is needed"),
    "insufficient-scope": Kind(403, "The caller lacks a scope"),
    "forbidden": Kind(403, "The caller may not do that"),
    "barred": Kind(403, "An admin does not allow that"),
    "cross-site": Kind(403, "The request was sent from another site"),
    "link-not-valid": Kind(403, "The link is not valid"),
    "not-public": Kind(403, "Nobody can ask for an invite here"),
    "site-not-allowed": Kind(403, "This site may not ask for invites"),
    "ticket-needed": Kind(403, "A valid ticket is needed"),
    "challenge-needed": Kind(403, "A proof of work is needed"),
    "not-found": Kind(404, "There is nothing here"),
    "no-lab": Kind(404, "The mail lab is closed"),
    "method-not-allowed": Kind(405, "The method is not allowed here"),
    "event-cancelled": Kind(409, "The event is cancelled"),
    "event-exists": Kind(409, "The event is there already"),
    "slug-taken": Kind(409, "The name of the schedule is taken"),
    "limit-reached": Kind(409, "A limit is reached"),
    "not-answered": Kind(409, "The answer was not taken"),
    "event-over": Kind(409, "The event is over"),
    "already-decided": Kind(409, "The change is decided already"),
    "confirmation-needed": Kind(409, "That must be meant"),
    "webhook-disabled": Kind(409, "The webhook is disabled"),
    "job-over": Kind(409, "The job is over"),
    "no-invite": Kind(409, "The mail is no invite"),
    "no-address": Kind(409, "The caller has no address"),
    "too-many-keys": Kind(409, "There are too many keys"),
    "request-under-way": Kind(409, "The same request is being worked on"),
    "precondition-failed": Kind(412, "It has changed meanwhile"),
    "too-large": Kind(413, "The request is too large"),
    "invalid": Kind(422, "The request has faults"),
    "key-used-otherwise": Kind(422, "The Idempotency-Key was used for another request"),
    "too-many-requests": Kind(429, "Too many requests"),
    "too-many-streams": Kind(429, "Too many streams are open"),
    "internal": Kind(500, "Something went wrong here"),
    "no-streams": Kind(501, "There are no live streams"),
    "mail-not-taken": Kind(502, "The mail was not taken"),
    "unavailable": Kind(503, "The server cannot answer now"),
}
"""Every kind by the last part of its type URI, `/problems/<name>`."""

_BY_STATUS = {400: "malformed", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}


class Problem(HTTPException):
    """Answered as the problem `name` of KINDS; `detail` and `remedy` are whole sentences for a person."""

    def __init__(
        self,
        name: str,
        detail: str,
        remedy: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, str]] = (),
    ) -> None:
        super().__init__(KINDS[name].status, detail, dict(headers or {}))
        self.name = name
        self.remedy = remedy
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """The members of RFC 9457 §3.1, and our own `remedy` and `errors`."""
        kind = KINDS[self.name]
        members = {"type": f"/problems/{self.name}", "title": kind.title, "status": kind.status, "detail": self.detail}
        return members | {"remedy": self.remedy} | ({"errors": list(self.errors)} if self.errors else {})

    def json(self) -> Response:
        """The answer for a program."""
        return JSONResponse(self.body(), self.status_code, self.headers, MEDIA_TYPE)


def no_event() -> Problem:
    """There is no such event, or it is another organizer's: nobody can tell which."""
    return Problem("not-found", "There is no event with this id.", "Please check the id: it has 16 letters and digits.")


def answer(request: Request, problem: Problem) -> Response:
    """The problem as a page where a browser asked for one, else as JSON."""
    is_page = not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")
    if not is_page:
        return problem.json()
    return page(request, "problem.html", {"problem": problem.body()}, problem.status_code, problem.headers)


async def on_http(request: Request, error: Exception) -> Response:
    """What Starlette, FastAPI and our own routes raise."""
    if not isinstance(error, Problem):
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
        error = _foreign(error)
    return answer(request, error)


def _foreign(error: HTTPException) -> Problem:
    name = _BY_STATUS.get(error.status_code, "malformed" if error.status_code < 500 else "internal")
    details = {
        "not-found": ("There is nothing at this address.", "Please check the path; /api/v1/openapi.json lists all."),
        "method-not-allowed": ("This address does not take that method.", "Please see /api/v1/openapi.json."),
    }
    detail, remedy = details.get(name, ("The request could not be read.", "Please check its form and try again."))
    return Problem(name, detail, remedy, headers=error.headers)


async def on_invalid(request: Request, error: Exception) -> Response:
    """What does not fit a route's description."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    faults = [_fault(fault) for fault in error.errors()[:MAX_FAULTS]]
    remedy = "Please mend what `errors` names and send the request again."
    if any(fault["type"] == "too_long" for fault in error.errors()):
        remedy = "Please send fewer items at a time, in several requests."
    count = f"{len(error.errors())} faults were" if len(error.errors()) > 1 else "One fault was"
    return answer(request, Problem("invalid", f"{count} found in the request.", remedy, errors=faults))


def _fault(fault: Mapping[str, Any]) -> dict[str, str]:
    place, *rest = fault["loc"]
    if place == "body" and fault["type"] != "json_invalid":
        return {"pointer": _pointer(rest), "detail": fault["msg"]}
    if place == "body":
        return {"pointer": "#", "detail": f"The body is not JSON: {fault['ctx']['error']} at character {rest[0]}"}
    return {"parameter": ".".join(str(part) for part in rest), "detail": fault["msg"]}


def _pointer(parts: Iterable[str | int]) -> str:
    """RFC 6901 §6, as a fragment."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


async def on_barred(request: Request, error: Exception) -> Response:
    """What an admin decided of the organizer."""
    assert isinstance(error, Barred)  # noqa: S101 - registered for nothing else
    return answer(request, Problem("barred", error.reason, error.remedy))


async def on_temporary(request: Request, error: Exception) -> Response:
    """Our own trouble that time may cure."""
    assert isinstance(error, Temporary)  # noqa: S101 - registered for nothing else
    return answer(request, unavailable())


def unavailable() -> Problem:
    """The store does not answer."""
    return Problem(
        "unavailable", "The server is busy.", "Please try again in a few seconds.", headers={"Retry-After": "5"}
    )


def internal() -> Problem:
    """Our own fault."""
    remedy = "Please try again; if it stays, tell the operator when it happened."
    return Problem("internal", "The server met an error of its own.", remedy)
