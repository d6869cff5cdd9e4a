"""What a check of the data or of its surroundings found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """Worth a look; nothing is lost."""
    WRONG = "wrong"


Statement: TypeAlias = tuple[str, tuple[object, ...]]
"""SQL and its values."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line for the operator: what was looked at, what it is like and, unless it is well, the next step.

    `mend`: what puts it right without losing anything, () where a person must decide.
    """

    level: Level
    what: str
    text: str
    remedy: str = ""
    mend: tuple[Statement, ...] = ()


def summed(what: str, well: str, faults: Iterable[Finding]) -> Iterable[Finding]:
    """The faults, or where there are none one line that says that all is well."""
    found = False
    for fault in faults:
        found = True
        yield fault
    if not found:
        yield Finding(Level.OK, what, well)
