"""The web application, put together: routes, errors, and what surrounds them."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response

from invited.api import (
    account,
    approval_pages,
    approvals,
    apps,
    attendee_pages,
    attendees,
    audit,
    branding,
    choices,
    comments,
    dead_letters,
    event_editing,
    events,
    health,
    invitations,
    invite_pages,
    invite_preview,
    job_pages,
    jobs,
    keys,
    lab,
    lab_organizer,
    lint,
    list_preview,
    lists,
    live,
    mail_templates,
    newcomers,
    nudges,
    organizers,
    pages,
    problems,
    proposals,
    public,
    report,
    schedule_pages,
    schedules,
    sessions,
    sign_in,
    statistics,
    strangers,
    suppression,
    tickets,
    unsubscribe,
    webhooks,
)
from invited.api.cookies import SetCookie
from invited.api.cors import PublicCors
from invited.api.dependencies import Given, MailIn
from invited.api.feeds import Feeds
from invited.api.lab_mail import Lab
from invited.api.limits import SAFE_HEADERS, BodyLimit, SafeHeaders
from invited.api.openapi import document
from invited.domain.errors import Barred, Temporary
from invited.ports import Engine
from invited.templating import environment

DESCRIPTION = "A calendar invite server: mail in an invite, send it to anybody, count the answers."


def create_app(engine: Engine, *, lab: Lab | None, mail_in: MailIn) -> FastAPI:
    """The application on `engine`; `lab` is None where mail goes to a relay, `mail_in` takes what the lab answers."""
    app = FastAPI(
        title="invited",
        version=version("invited"),
        description=DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        # Both would load scripts from another site.
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(SafeHeaders),
            Middleware(SetCookie),
            Middleware(PublicCors),
            Middleware(BodyLimit, engine.settings.list_max_bytes),
        ],
        exception_handlers={
            HTTPException: problems.on_http,
            RequestValidationError: problems.on_invalid,
            Barred: problems.on_barred,
            Temporary: problems.on_temporary,
            Exception: _on_fault,
        },
    )
    for router in _ROUTERS:
        app.include_router(router)
    app.openapi = partial(document, app)  # type: ignore[method-assign]
    run_on(app, engine, lab=lab, mail_in=mail_in)
    return app


def run_on(app: FastAPI, engine: Engine, *, lab: Lab | None, mail_in: MailIn) -> None:
    """Have the application run on `engine`, with the same limit of a list's size as the engine it was made for.

    The routes are built with an app's first request, which takes a hundred times as long as any other.
    """
    app.state.given = Given(engine, lab, mail_in, environment(engine.settings))
    app.state.feeds = Feeds()


_ROUTERS = (
    events.router,
    event_editing.router,
    statistics.router,
    live.router,
    attendees.router,
    report.router,
    lists.router,
    list_preview.router,
    jobs.router,
    nudges.router,
    webhooks.router,
    branding.router,
    mail_templates.router,
    approvals.router,
    proposals.router,
    newcomers.router,
    comments.router,
    invite_preview.router,
    choices.router,
    schedules.router,
    keys.router,
    sessions.router,
    audit.router,
    suppression.router,
    organizers.router,
    dead_letters.router,
    invitations.router,
    public.router,
    tickets.router,
    health.router,
    lint.router,
    pages.router,
    sign_in.router,
    account.router,
    invite_pages.router,
    report.pages,
    approval_pages.router,
    job_pages.router,
    schedule_pages.router,
    strangers.router,
    unsubscribe.router,
    attendee_pages.router,
    # Before the lab, one of whose mails is called by any other word.
    lab_organizer.router,
    lab.router,
    apps.router,
)


async def _on_fault(request: Request, _error: Exception) -> Response:
    """Our own fault: whoever runs the app logs the traceback, the answer tells nothing of it."""
    response = problems.answer(request, problems.internal())
    # This answer is made outside of SafeHeaders.
    response.headers.update(SAFE_HEADERS)
    return response
