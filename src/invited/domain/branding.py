"""What a domain's mails and pages look like: its name, colour, logo and footer, and its own words and templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

USUAL = "#1d5fd1"
"""The colour where none is chosen."""

LEAST = 4.5
"""The contrast that text needs (WCAG 2.2, 1.4.3)."""

MAX_LOGO = 200_000
"""Octets of a logo."""

_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""What a logo may be that is uploaded, and how it begins. No SVG, which is a program, and no WebP: neither is shown in
every mail program.
"""

LEAST_OF_SHAPES = 1.5
"""The contrast that a button needs to be seen as one: what it says can be read on any colour."""

_CARD, _CARD_IN_DARK = GROUNDS = ("#ffffff", "#1b212b")
"""What mails are written on, light and dark."""


@dataclass(frozen=True, slots=True)
class Branding:
    """`color` is #rrggbb or "". `logo` is a picture's key in the archive, "" for none, and `logo_type` its media type.

    `wording` has phrases by mail and key. `version` counts the changes.
    """

    name: str = ""
    color: str = ""
    footer: str = ""
    logo: str = ""
    logo_type: str = ""
    wording: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """A domain's own templates of the mail `name`, "" where the usual one stands.

    `fault` tells why they could not be used since they were `changed`, "" while they can.
    """

    name: str
    text: str
    mjml: str
    changed: datetime
    fault: str = ""


def picture_type(content: bytes) -> str:
    """The media type of a picture that may be a logo, by how it begins; "" for anything else."""
    return next((name for name, begins in _PICTURES.items() if content.startswith(begins)), "")


def contrast(one: str, other: str) -> float:
    """How far two colours (#rrggbb) stand apart, 1 to 21 (WCAG 2.2, contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink(color: str) -> str:
    """What can be read on `color`."""
    return max(("#ffffff", "#000000"), key=lambda each: contrast(color, each))


def link(color: str) -> str:
    """The colour of links on white: `color`, as much darker as it takes to be read."""
    return _mixed(color, "#000000", _CARD)


def link_in_dark(color: str) -> str:
    """The colour of links on a dark ground: `color`, as much lighter as it takes to be read."""
    return _mixed(color, "#ffffff", _CARD_IN_DARK)


def _mixed(color: str, towards: str, ground: str) -> str:
    for share in range(0, 101, 5):
        mixed = _mix(color, towards, share)
        if contrast(mixed, ground) >= LEAST:
            return mixed
    raise AssertionError("black and white can be read on these grounds")


def _mix(color: str, other: str, share: int) -> str:
    parts = ((one * (100 - share) + two * share) // 100 for one, two in zip(_parts(color), _parts(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _parts(color: str) -> list[int]:
    return [int(part, 16) for part in re.findall("[0-9a-fA-F]{2}", color)]
