"""The schema of each database: as a new one is made, and the steps that bring an older one there.

`<name>.sql` is the whole schema. Whoever changes it adds the next `upgrades/<name>-<version>.sql`, which makes of the
version before what a new database has; a test compares them, for every version that was ever released.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Schema:
    """`whole` makes a new database of the newest version; the n-th of `upgrades` leads from version n to n + 1."""

    whole: str
    upgrades: tuple[str, ...] = ()

    @property
    def version(self) -> int:
        """What PRAGMA user_version says of a database that is up to date."""
        return 1 + len(self.upgrades)


@cache
def schema(name: str) -> Schema:
    """The schema of that name, such as `archive`."""
    found: list[str] = []
    while (path := _HERE / "upgrades" / f"{name}-{len(found) + 2}.sql").exists():
        found.append(path.read_text(encoding="utf-8"))
    return Schema((_HERE / f"{name}.sql").read_text(encoding="utf-8"), tuple(found))


DATABASES = MappingProxyType({"invited.db": schema("schema"), "archive.db": schema("archive"), "lab.db": schema("lab")})
"""By the names of their files in the data folder."""
