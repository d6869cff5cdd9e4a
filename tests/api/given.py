"""What the API's tests agree on."""

from datetime import UTC, datetime

from fastapi.routing import APIRoute, iter_route_contexts

from invited.api.app import create_app
from invited.engines import open_engine
from invited.settings import Settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = b"0123456789abcdef"
OWNER = "owner@club.example"
OTHER = "other@club.example"

OPEN = (
    "/api/v1/sign-in",
    "/api/v1/branding",
    "/api/v1/public/events/{id}/invitations",
    "/api/v1/public/events/{id}/challenge",
)
"""What of the API needs neither key nor session."""


def routes(app):
    """Every route of the app: (method, path, route), what the app serves beside them left out."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            for method in sorted(context.original_route.methods):
                yield method, context.path, context.original_route


def described():
    """The API's description, as `invited openapi` prints it."""
    with open_engine(Settings(_env_file=None), memory=True) as engine:
        return create_app(engine.ports, lab=engine.lab, mail_in=lambda *_: None).openapi()
