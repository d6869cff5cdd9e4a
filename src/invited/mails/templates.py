"""The templates of the mails that people read: each has a text, whose first line is the subject, and a layout in MJML.

An operator's files under `mail/` of TEMPLATES_DIR go before those that come with the package, one by one; phrases
(`words.toml`) key by key. Whoever brings templates by the API is held to `rules`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from invited.mails import markup
from invited.mails.rules import bounded, checked

BUILT_IN = Path(__file__).parents[1] / "templates" / "mail"

PARTS = ("layout", "header", "footer", "what", "changes")
"""What several mails include; `content` stands for the mail's own."""

MAX_MAIL = 300_000
"""Characters of a mail that a template brought here makes."""

MAX_TEMPLATE = 32_000
"""Characters of such a template."""

MAX_PHRASE = 1_000

_PREVIEW = 120


@dataclass(frozen=True, slots=True)
class Source:
    """One mail's templates as somebody wrote them. `mjml` is a layout's content, a whole MJML document, or HTML.

    `is_brought`: by the API, and so held to the rules for that.
    """

    text: str
    mjml: str
    is_brought: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """A mail's words."""

    subject: str
    text: str
    html: str


def names() -> list[str]:
    """Every mail that has templates, in alphabetical order."""
    return sorted(usual_phrases())


def usual_phrases() -> Mapping[str, Mapping[str, str]]:
    """What each mail says, by key, before anybody changes it."""
    return _phrases(None)


def source(overrides: Path | None, name: str) -> Source:
    """The templates of a mail: the operator's own, else ours."""
    html = _own(overrides, f"{name}.html")
    return Source(_read(overrides, f"{name}.txt"), _read(overrides, f"{name}.mjml") if html is None else html)


def own_files(overrides: Path | None, name: str) -> list[str]:
    """The operator's own files for a mail."""
    files = (f"{name}.{kind}" for kind in ("txt", "mjml", "html"))
    return [file for file in files if _own(overrides, file) is not None]


def phrases(overrides: Path | None, name: str) -> Mapping[str, str]:
    """What a mail says, by key: the operator's own words over ours."""
    return _phrases(overrides)[name]


def fill(
    overrides: Path | None,
    written: Source,
    usual: Mapping[str, str],
    own: Mapping[str, str],
    values: Mapping[str, Any],
) -> Filled:
    """The mail's words from its templates, the `usual` phrases and somebody's `own` instead; one of those that cannot
    be filled in gives way to the usual one. Raises Unreadable, jinja2's TemplateError and whatever else a template
    may meet with.
    """
    told = {**values, "words": {key: _phrase(own.get(key), phrase, values) for key, phrase in usual.items()}}
    kind = {"is_brought": written.is_brought}
    subject, _, text = _compiled(written.text, is_html=False, **kind).render(told).partition("\n")
    text = re.sub(r"\n{3,}", "\n\n", f"{text.strip()}\n\n{values['brand'].footer}").strip() + "\n"
    subject = " ".join(subject.split())
    preview = text.partition("\n")[0][:_PREVIEW]
    template = _compiled(_html(overrides, written.mjml), is_html=True, **kind)
    html = template.render(told, subject=subject, preview=preview)
    if written.is_brought and len(text) + len(html) > MAX_MAIL:
        raise ValueError(f"the mail has more than {MAX_MAIL:,} characters")
    return Filled(subject, text, html)


def phrase(own: str, values: Mapping[str, Any]) -> str:
    """Somebody's own phrase, filled in; raises as `fill` does."""
    return _compiled(own, is_html=False, is_brought=True, is_phrase=True).render(values)


def _phrase(own: str | None, usual: str, values: Mapping[str, Any]) -> str:
    if own is not None:
        # Whatever is wrong with it, the mail goes on.
        with suppress(Exception):
            return phrase(own, values)
    return _compiled(usual, is_html=False).render(values)


def parse(text: str) -> None:
    """Read an operator's template; raises jinja2's TemplateSyntaxError."""
    _environment(is_html=False).parse(text)


@lru_cache(maxsize=256)
def _html(overrides: Path | None, written: str) -> str:
    """The HTML of a template, what is in {{ }} left as it is."""
    if written.lstrip().lower().startswith(("<!doctype", "<html")):
        return written
    is_whole = written.lstrip().startswith("<mjml")
    return markup.html(written if is_whole else _read(overrides, "layout.mjml"), _included(overrides, written))


def _included(overrides: Path | None, content: str) -> Callable[[str], str]:
    def part(name: str) -> str:
        if name == "content":
            return content
        if name not in PARTS:
            raise KeyError(name)
        return _read(overrides, f"{name}.mjml")

    return part


@lru_cache(maxsize=1024)
def _compiled(text: str, *, is_html: bool, is_brought: bool = False, is_phrase: bool = False) -> Template:
    environment = _environment(is_html=is_html)
    if not is_brought:
        return environment.from_string(text)
    return environment.from_string(checked(environment, text, is_phrase=is_phrase))


@cache
def _environment(*, is_html: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=is_html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "bounded": bounded,
        "line": _line,
        "lines": str.splitlines,
        "number": _number,
        "utc": _utc,
    }
    return environment


def _line(value: str) -> str:
    return " ".join(value.split())


def _number(value: float) -> str:
    return f"{value:,}"


def _utc(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC"


def _read(overrides: Path | None, file: str) -> str:
    own = _own(overrides, file)
    return _text(BUILT_IN / file) if own is None else own


def _own(overrides: Path | None, file: str) -> str | None:
    path = overrides / "mail" / file if overrides else None
    return _text(path) if path and path.is_file() else None


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _phrases(overrides: Path | None) -> Mapping[str, Mapping[str, str]]:
    ours: dict[str, dict[str, str]] = tomllib.loads(_text(BUILT_IN / "words.toml"))
    written = _own(overrides, "words.toml")
    theirs: dict[str, dict[str, str]] = tomllib.loads(written) if written else {}
    return {name: {**usual, **theirs.get(name, {})} for name, usual in ours.items()}
