"""The text that goes with a meeting: plain, from compressed RTF or from HTML, whichever the mail has."""

from __future__ import annotations

import re
from contextlib import suppress
from html import unescape

import nh3

from invited.domain.errors import Refused
from invited.imip.tnef.rtf import MAX_TEXT, text_of
from invited.imip.tnef.stream import Properties, clean, codec_of

MAX_HTML = 200_000
"""Bytes; longer HTML is left out, the words of the plain text or the RTF stay."""

MAX_TAGS = 10_000
"""Tags of HTML; sanitising tags within tags takes time by their number squared."""

_BODY, _RTF, _HTML, _HTML_CODEPAGE = 0x1000, 0x1009, 0x1013, 0x3FDE
_LINE_ENDS = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^>]{0,200}>", re.IGNORECASE)


def description(properties: Properties) -> str:
    """The words, at most MAX_TEXT characters; a body that cannot be read has none, the meeting is worth more."""
    if plain := properties.text(_BODY):
        return plain[:MAX_TEXT]
    if rtf := properties.binary(_RTF):
        with suppress(Refused):
            return text_of(rtf)
    source = _LINE_ENDS.sub(lambda match: "\n" + match[0], html(properties))
    words = clean(unescape(nh3.clean(source, tags=set())))
    return "\n".join(filter(None, (" ".join(line.split()) for line in words.split("\n"))))[:MAX_TEXT]


def html(properties: Properties) -> str:
    """The HTML as it came, "" where there is none or it is beyond the limits."""
    raw = properties.binary(_HTML) or b""
    codec = codec_of(properties.number(_HTML_CODEPAGE) or 0)
    is_sane = len(raw) <= MAX_HTML and raw.count(b"<") <= MAX_TAGS
    return clean(raw.decode(codec, "replace")) if is_sane else ""
