"""The description as the mail's own HTML, where the calendar holds only its words.

Exchange and Outlook for Mac send the formatted description as the body of the mail and no X-ALT-DESC. Others put their
own words there: Google its buttons for the guest, Domino and old Exchange a summary that the next update makes wrong.
So a body counts where it says what the DESCRIPTION says, and never stands in for one that is absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from invited.domain.event import Component
from invited.imip.rich_text import sanitised, words

# Exchange writes the target of a link, or of a picture, behind its words.
_TARGETS = re.compile(r"<(?:https?|mailto|tel):[^<>]{0,4000}>|\[cid:[^\]]{0,200}\]", re.IGNORECASE)


def formatted(components: Iterable[Component], body: str) -> tuple[Component, ...]:
    """`components`, each with the mail's HTML `body`, as it came, where that is its description."""
    found = tuple(components)
    if not body.strip() or not any(_is_plain(component) for component in found):
        return found
    html = sanitised(body)
    said = _letters(words(html)) if html else ""
    return tuple(
        replace(component, html=html) if said and _is_plain(component) and _said(component) == said else component
        for component in found
    )


def _is_plain(component: Component) -> bool:
    return bool(component.description.strip()) and not component.html


def _said(component: Component) -> str:
    return _letters(_TARGETS.sub(" ", component.description))


def _letters(text: str) -> str:
    """What tells texts apart however they were wrapped: letters and digits."""
    return "".join(filter(str.isalnum, text.casefold()))
