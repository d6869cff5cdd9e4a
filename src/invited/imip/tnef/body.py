"""The text that goes with a meeting: plain, from compressed RTF or from HTML, whichever the mail has."""

from __future__ import annotations

from contextlib import suppress

from invited.domain.errors import Refused
from invited.imip.rich_text import MAX_LENGTH, is_readable, words
from invited.imip.tnef.rtf import MAX_TEXT, text_of
from invited.imip.tnef.stream import Properties, clean, codec_of

_BODY, _RTF, _HTML, _HTML_CODEPAGE = 0x1000, 0x1009, 0x1013, 0x3FDE


def description(properties: Properties) -> str:
    """The words, at most MAX_TEXT characters; a body that cannot be read has none, the meeting is worth more."""
    if plain := properties.text(_BODY):
        return plain[:MAX_TEXT]
    if rtf := properties.binary(_RTF):
        with suppress(Refused):
            return text_of(rtf)
    return clean(words(html(properties)))[:MAX_TEXT]


def html(properties: Properties) -> str:
    """The HTML as it came, "" where there is none or it is beyond the limits."""
    raw = properties.binary(_HTML) or b""
    codec = codec_of(properties.number(_HTML_CODEPAGE) or 0)
    source = clean(raw.decode(codec, "replace")) if len(raw) <= 4 * MAX_LENGTH else ""
    return source if is_readable(source) else ""
