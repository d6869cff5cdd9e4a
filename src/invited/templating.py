"""The templates of mails and pages: the operator's own first, else those that come with the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    select_autoescape,
)

from invited.settings import Settings


def environment(settings: Settings) -> Environment:
    """Where templates are found by a name such as `pages/event.html`; a file of that name in TEMPLATES_DIR wins.

    Everything is escaped for HTML except in `.txt`. A name that a template misspells raises UndefinedError. Made once,
    so that each template is compiled once.
    """
    return _environment(settings.templates_dir)


@cache
def _environment(overrides: Path | None) -> Environment:
    loaders: list[BaseLoader] = [PackageLoader("invited", "templates")]
    if overrides is not None:
        loaders.insert(0, FileSystemLoader(overrides))
    return Environment(
        loader=ChoiceLoader(loaders),
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
