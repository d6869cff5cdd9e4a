"""Answers that are not sent again to whoever has them: polling costs little (RFC 9110 §13.1.2)."""

from __future__ import annotations

import re
from typing import Any

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from invited.api.etags import etag

_TAG = re.compile(r'(?:W/)?("[^"]*")')

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The same as at `If-None-Match`"}}
"""`responses` of a route that answers so."""


def unless_known(request: Request, shown: BaseModel) -> Response:
    """`shown` as JSON with its ETag, or 304 where the caller has it."""
    told = etag(shown)
    # To be asked about each time, but it may be kept until then.
    headers = {"ETag": told, "Cache-Control": "private, no-cache"}
    if is_known(request, told):
        return Response(status_code=304, headers=headers)
    return Response(shown.model_dump_json(), media_type="application/json", headers=headers)


def is_known(request: Request, tag: str) -> bool:
    """Whether the caller has what bears this tag."""
    asked = request.headers.get("If-None-Match", "")
    return asked.strip() == "*" or tag in _TAG.findall(asked)
