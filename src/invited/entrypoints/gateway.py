"""A request as API Gateway hands it over, made into the one that the browser sent: CloudFront stands between the two.

CloudFront appends the viewer's address to X-Forwarded-For and API Gateway the one of CloudFront, which it also takes
for the client's; the Host is API Gateway's own. (Amazon CloudFront and API Gateway developer guides.)
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from invited.settings import Settings


def as_sent(event: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The request with the viewer's address and our own host; unchanged where the key is not the one of CloudFront.

    What anybody else says of themselves is not believed.
    """
    context = event.get("requestContext", {})
    identity = context.get("identity", {})
    if not settings.aws_web_key or identity.get("apiKeyId") != settings.aws_web_key:
        return event
    hops = [hop.strip() for hop in _header(event, "x-forwarded-for").split(",")]
    viewer = hops[-2] if len(hops) > 1 else identity.get("sourceIp", "")
    changed = {"Host": urlsplit(settings.url).netloc, "X-Forwarded-For": viewer}
    return {
        **event,
        "headers": _without(event.get("headers"), changed) | changed,
        "multiValueHeaders": _without(event.get("multiValueHeaders"), changed)
        | {name: [value] for name, value in changed.items()},
        "requestContext": {**context, "identity": {**identity, "sourceIp": viewer}},
    }


def _header(event: dict[str, Any], name: str) -> str:
    told = event.get("multiValueHeaders") or {}
    return ",".join(value for key, values in told.items() if key.lower() == name for value in values)


def _without(headers: dict[str, Any] | None, names: dict[str, str]) -> dict[str, Any]:
    lower = {name.lower() for name in names}
    return {name: value for name, value in (headers or {}).items() if name.lower() not in lower}
