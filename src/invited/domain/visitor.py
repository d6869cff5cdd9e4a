"""What a stranger says of themself at the public door, made harmless: a name fit for a mail, a channel that exists."""

from __future__ import annotations

import unicodedata
from collections.abc import Container

MAX_NAME = 80
"""Characters kept of a name."""

MAX_MARKS = 4
"""Combining marks in a row that a script may need; more only pile up."""

REFUSED = "said that it was not they who asked"
"""Why an address is suppressed for an organizer; unlike those who unsubscribed, they are not asked again."""

OTHER = "link:other"
"""Every link that has no name of its own."""

CHANNELS = ("button", "page")
"""The origins that are no link."""

_JOINERS = "\u200c\u200d"
"""What holds letters together or apart in Persian and Indic scripts: a name reads on without it."""
_HYPHENS = "-\u2010\u2011"
_APOSTROPHES = "'\u2019"


def clean_name(text: str) -> str:
    """A name of letters, marks, spaces, hyphens, apostrophes and the dots of abbreviations; whatever else goes.

    It holds no link and no markup for any program that looks for some: no digit, no sign, no dot within a word (a space
    follows each) and no "www". Cleaning it again changes nothing.
    """
    plain = unicodedata.normalize("NFKC", text[: 4 * MAX_NAME])
    kept: list[str] = []
    for character in plain:
        kept += _kept(character, kept)
    words = [word for word in "".join(kept).split() if _is_word(word)]
    name = unicodedata.normalize("NFC", " ".join(words))
    return name if len(name) <= MAX_NAME else _cut(name)


def _kept(character: str, before: list[str]) -> str:
    """What becomes of one character after those `before`."""
    kind = unicodedata.category(character)[0]
    previous = before[-1] if before else " "
    is_within = unicodedata.category(previous)[0] in "LM"
    if kind == "L":
        return character
    if kind == "M":
        is_piled = all(unicodedata.category(c)[0] == "M" for c in before[-MAX_MARKS:])
        return character if is_within and not is_piled else ""
    if character in _JOINERS:
        return ""
    if character in _HYPHENS:
        return "-" if is_within else " "
    if character in _APOSTROPHES:
        return character if is_within or previous == " " else " "
    return ". " if character == "." and is_within else " "


def _is_word(word: str) -> bool:
    return word.rstrip(".").casefold() != "www" and any(unicodedata.category(c)[0] == "L" for c in word)


def _cut(name: str) -> str:
    """What fits of a name, in whole words where it has several."""
    words = name[: MAX_NAME + 1].split(" ")
    return " ".join(words[:-1]) if len(words) > 1 else clean_name(name[:MAX_NAME])


def origin(text: str, links: Container[str], default: str) -> str:
    """The channel somebody came by: `button`, `page`, or `link:<name>` for one of `links`, written with or without
    `link:`, else OTHER; `default` for nothing. A stranger cannot add a channel, for each is counted by itself.
    """
    text = text.strip().lower()
    if not text:
        return default
    if text in CHANNELS:
        return text
    name = text.removeprefix("link:")
    return f"link:{name}" if name in links else OTHER
