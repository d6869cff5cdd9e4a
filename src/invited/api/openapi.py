"""The OpenAPI 3.1 document: FastAPI's own, with every error described as problem details."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from invited.api.problems import KINDS, MEDIA_TYPE

PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457, with `remedy`: what to do next.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "remedy"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "enum": [f"/problems/{name}" for name in KINDS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "remedy": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Each fault of an invalid request, by JSON pointer in its body or by parameter.",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {name: {"type": "string"} for name in ("pointer", "parameter", "detail")},
            },
        },
    },
}

SESSION = {
    "type": "apiKey",
    "in": "cookie",
    "name": "__Host-invited-session",
    "description": "Who signed in at /sign-in. What changes something must come from a page of this server, by "
    "`Sec-Fetch-Site` or `Origin`. Over plain HTTP the name is `invited-session`.",
}


def errors(*names: str) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route that may answer these kinds of problem, besides those that any route has."""
    return open_errors("unauthorized", "insufficient-scope", "invalid", *names)


def open_errors(*names: str) -> dict[int | str, dict[str, Any]]:
    """As `errors`, for a route that takes no key."""
    kinds = [KINDS[name] for name in ("unavailable", *names)]
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {kind.status: {"description": kind.title, "content": content} for kind in kinds}


_BODY = open_errors("malformed", "too-large")


def document(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
        )
        shapes = schema["components"]["schemas"]
        for unused in ("HTTPValidationError", "ValidationError"):
            shapes.pop(unused, None)
        shapes["Problem"] = PROBLEM
        schema["components"]["securitySchemes"]["session"] = SESSION
        for operation in (o for path in schema["paths"].values() for o in path.values()):
            # Either will do; whoever signed in holds every scope.
            if "security" in operation:
                operation["security"].append({"session": []})
            if "requestBody" in operation:
                # A body may be unreadable, or longer than any may be, before the route looks at it.
                responses = operation["responses"]
                responses |= {str(status): told for status, told in _BODY.items() if str(status) not in responses}
        app.openapi_schema = schema
    return app.openapi_schema
