"""What a check is given, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from invited.settings import Settings

Lookup: TypeAlias = Callable[[str], list[str]]
"""The hosts of a domain's MX records, in lower case without the last dot; empty for none. Raises Temporary."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and how it is; `remedy` is what to do next, "" where all is well."""

    name: str
    state: str
    remedy: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether nothing needs to be done."""
        return not self.remedy


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack by its settings; `client` makes the boto3 client of a service, `mx` asks DNS."""

    settings: Settings
    client: Callable[[str], Any]
    mx: Lookup

    @property
    def region(self) -> str:
        """Where it stands."""
        return str(self.client("dynamodb").meta.region_name)
