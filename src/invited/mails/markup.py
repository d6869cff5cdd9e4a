"""Mails written in MJML (https://mjml.io), made into HTML that every mail program shows, Outlook's tables and all.

The values of a mail stand in `{{ }}` and are filled in later, so each template is translated once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Final

KNOWN: Final = frozenset(
    {"mjml", "mj-head", "mj-body", "mj-title", "mj-preview", "mj-raw", "mj-attributes", "mj-all", "mj-class"}
    | {"mj-style", "mj-breakpoint", "mj-section", "mj-column", "mj-group", "mj-wrapper", "mj-text", "mj-table"}
    | {"mj-button", "mj-divider", "mj-spacer", "mj-image", "mj-include"}
)
"""The elements that may stand in a template: none that loads anything by itself, such as fonts or social icons."""

_EMPTY: Final = frozenset({"mj-all", "mj-class", "mj-include", "mj-divider", "mj-spacer", "mj-image", "mj-breakpoint"})

_INCLUDE: Final = re.compile(r'<mj-include path="([^"]*)"\s*/>')
_DEPTH: Final = 4

_JINJA: Final = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


class Unreadable(ValueError):
    """What is wrong with a template, and in which of its lines, from 1; 0 where that cannot be told."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.reason = reason
        self.line = line


def html(source: str, included: Callable[[str], str]) -> str:
    """The HTML of a whole MJML document; `included` gives the text that <mj-include path="…" /> names, or raises
    KeyError. Raises Unreadable.
    """
    # Quick to load, but only those who write a mail need it.
    from mjml import mjml2html

    try:
        made = mjml2html(_whole(source, included), fonts={})
    except ValueError as fault:
        raise fault if isinstance(fault, Unreadable) else Unreadable(f"it is no MJML: {fault}") from None
    return made.replace("<![endif]--><!--[if mso | IE]>", "")


def _whole(source: str, included: Callable[[str], str], depth: int = 0) -> str:
    """With all that is included, as if it had been written there."""
    check(source)
    if depth > _DEPTH:
        raise Unreadable("it includes itself")

    def part(named: re.Match[str]) -> str:
        try:
            return _whole(included(named[1]), included, depth + 1)
        except KeyError:
            line = source.count("\n", 0, named.start()) + 1
            raise Unreadable(f"there is no {named[1]}.mjml to be included", line) from None

    return _INCLUDE.sub(part, source)


def check(source: str) -> None:
    """Make sure that the elements of MJML in `source` are known and closed, in order; raises Unreadable."""
    inside = _JINJA.search(source)
    while inside:
        if set(inside[0]) & set("<>"):
            line = source.count("\n", 0, inside.start()) + 1
            raise Unreadable("< and > cannot stand within {{ }} or {% %}; write lt, gt, le or ge", line)
        inside = _JINJA.search(source, inside.end())
    parser = _Elements()
    parser.feed(source)
    parser.close()
    if parser.open:
        name, line = parser.open[-1]
        raise Unreadable(f"<{name}> is not closed", line)


class _Elements(HTMLParser):
    """Holds the elements of MJML against one another; those of HTML within are nobody's concern."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._meet(tag)
        if _is_mjml(tag) and tag not in _EMPTY:
            self.open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._meet(tag)

    def handle_endtag(self, tag: str) -> None:
        if not _is_mjml(tag) or tag in _EMPTY:
            return
        if not self.open or self.open[-1][0] != tag:
            raise Unreadable(f"</{tag}> closes nothing", self.getpos()[0])
        self.open.pop()

    def _meet(self, tag: str) -> None:
        if _is_mjml(tag) and tag not in KNOWN:
            raise Unreadable(f"<{tag}> is not known here", self.getpos()[0])


def _is_mjml(tag: str) -> bool:
    return tag == "mjml" or tag.startswith("mj-")
