"""The two apps and the button, as `make web` built them: files under /app, /admin and /button.js, and nothing else."""

from __future__ import annotations

import mimetypes
import secrets
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse, Response

import invited
from invited.api.problems import Problem

router = APIRouter(include_in_schema=False)

BUILT = Path(invited.__file__).parent / "web"
"""Where the build puts its files, and where a wheel has them."""

NONCE = "__NONCE__"
"""What an app's page has where the nonce of each answer goes: its theme is a style sheet made by script."""

# What a build names by its content never changes.
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@router.get("/app")
@router.get("/app/{path:path}")
def organizers_app(path: str = "") -> Response:
    """The organizer's app."""
    return _app("app", path)


@router.get("/admin")
@router.get("/admin/{path:path}")
def admin_panel(path: str = "") -> Response:
    """The domain admin's panel."""
    return _app("admin", path)


@router.get("/button.js")
def button() -> Response:
    """The custom element <invite-button>, for pages of any site."""
    file = _file("button", "button.js")
    if file is None:
        raise _not_built()
    return FileResponse(
        file,
        media_type="text/javascript",
        headers={
            "Cache-Control": "public, max-age=3600",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Access-Control-Allow-Origin": "*",
        },
    )


def is_built(name: str) -> bool:
    """Whether the app is on this machine."""
    return _file(name, "index.html") is not None


def policy(nonce: str) -> str:
    """The Content-Security-Policy of an app's page: everything from here, and styles from here or with this nonce."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    )


def _app(name: str, path: str) -> Response:
    """A file of the app; its page for every other path, which its own router reads."""
    file = _file(name, path)
    if file is not None and path != "index.html":
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return FileResponse(file, media_type=kind, headers=_FOREVER if path.startswith("assets/") else {})
    if path.startswith("assets/"):
        raise Problem("not-found", "The app has no such file.", "Please load the page again: there is a newer app.")
    nonce = secrets.token_urlsafe(16)
    page = _page(name).replace(NONCE, nonce)
    return HTMLResponse(page, headers={"Content-Security-Policy": policy(nonce), "Cache-Control": "no-cache"})


@cache
def _page(name: str) -> str:
    file = _file(name, "index.html")
    if file is None:
        raise _not_built()
    return file.read_text(encoding="utf-8")


def _file(name: str, path: str) -> Path | None:
    """The file that was built at `path`; None where there is none, or the path leads elsewhere."""
    folder = (BUILT / name).resolve()
    file = (folder / path).resolve()
    return file if path and file.is_relative_to(folder) and file.is_file() else None


def _not_built() -> Problem:
    return Problem("not-found", "The apps are not built on this machine.", "Please run `make web` and start again.")
