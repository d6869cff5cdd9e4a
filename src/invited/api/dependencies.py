"""What a route is given: the engine, the templates, the lab and the way in for its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Path, Request
from jinja2 import Environment
from starlette.responses import HTMLResponse

from invited.api.lab_mail import Lab
from invited.branding import seen
from invited.ports import Engine

MailIn = Callable[[str, str, bytes], None]
"""Mails `raw` from an envelope sender to a recipient by the server's own SMTP port; raises OSError."""


@dataclass(frozen=True, slots=True)
class Given:
    """What `create_app` was given, on `app.state.given`."""

    engine: Engine
    lab: Lab | None
    mail_in: MailIn
    templates: Environment


async def given_of(request: Request) -> Given:
    """What this app runs on."""
    given: Given = request.app.state.given
    return given


async def engine_of(request: Request) -> Engine:
    """The engine that this app runs on."""
    return (await given_of(request)).engine


GivenAll = Annotated[Given, Depends(given_of)]
GivenEngine = Annotated[Engine, Depends(engine_of)]
Id = Annotated[str, Path(max_length=64)]


def page(
    request: Request,
    name: str,
    values: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The template `pages/<name>`, filled with `values`, in the first domain's brand, as an answer."""
    given: Given = request.app.state.given
    settings = given.engine.settings
    brand = seen(given.engine, settings.domain[0])
    html = given.templates.get_template(f"pages/{name}").render(values, settings=settings, brand=brand, request=request)
    return HTMLResponse(html, status, dict(headers or {}))
