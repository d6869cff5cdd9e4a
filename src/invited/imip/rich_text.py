"""HTML that an organizer wrote, made safe to be read by everybody, in mails, calendars and on pages.

Words and their structure stay, links too; what runs, loads, hides or asks for input goes. Images go as well: nobody's
reading of an invite is told to a third party.
"""

from __future__ import annotations

import re
from html import unescape

import nh3

MAX_LENGTH = 200_000
"""Characters, before and after."""

MAX_TAGS = 5_000
"""Tags; a long newsletter has two thousand."""

MAX_DEPTH = 250
"""Elements inside one another: the parser takes time by their square."""

_TAGS = frozenset({
    "a", "b", "blockquote", "br", "caption", "center", "code", "dd", "div", "dl", "dt", "em", "h1",
    "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "s", "small", "span", "strike",
    "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
})  # fmt: skip
_GONE_WITH_CONTENT = frozenset({
    "script", "style", "title", "noscript", "template", "textarea", "select", "button", "iframe",
    "object", "embed", "applet", "svg", "math", "xml",
})  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_SCHEMES = {"http", "https", "mailto"}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
# These end by themselves or hold nothing, so that writers may leave their ends out.
_FLAT = frozenset({
    "p", "li", "dd", "dt", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "br", "hr", "img",
    "input", "meta", "link", "col", "wbr", "area", "base",
})  # fmt: skip
_BLANK = re.compile(r"(?:<[^>]*>|&nbsp;|\s)*")
_LINE_ENDS = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^>]{0,200}>", re.IGNORECASE)


def sanitised(source: str) -> str:
    """The safe HTML; "" where `source` is built to exhaust its reader, and where no words are left."""
    if not is_readable(source):
        return ""
    safe = nh3.clean(
        source,
        tags=set(_TAGS),
        clean_content_tags=set(_GONE_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel="noopener noreferrer",
    ).strip()
    return "" if len(safe) > MAX_LENGTH or _BLANK.fullmatch(safe) else safe


def words(source: str) -> str:
    """The text of HTML that is readable, a line for each of its lines."""
    plain = unescape(nh3.clean(_LINE_ENDS.sub(lambda match: "\n" + match[0], source), tags=set()))
    return "\n".join(filter(None, (" ".join(line.split()) for line in plain.split("\n"))))


def is_readable(source: str) -> bool:
    """Whether `source` is no longer, has no more tags and none deeper inside one another than people's writing."""
    if len(source) > MAX_LENGTH or source.count("<") > MAX_TAGS:
        return False
    depth = deepest = 0
    opened: dict[str, int] = {}
    for match in _TAG.finditer(source):
        name = match[2].lower()
        if name in _FLAT:
            continue
        step = -1 if match[1] else 1
        if opened.get(name, 0) + step >= 0:
            opened[name] = opened.get(name, 0) + step
            depth += step
            deepest = max(deepest, depth)
    return deepest <= MAX_DEPTH
