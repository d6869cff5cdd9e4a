"""Pages of a list that is searched: some work for each page, however few of the things looked at are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def searched(
    fetch: Callable[[str, int], Sequence[T]],
    name: Callable[[T], str],
    is_wanted: Callable[[T], bool],
    after: str,
    *,
    limit: int,
    look: int,
) -> tuple[list[T], str | None]:
    """The next things that are wanted, at most `limit`, of the next `look` ones; and where to go on, None at the end.

    `fetch` reads so many after a cursor, which is the `name` of the last one before.
    """
    found: list[T] = []
    while look > 0:
        size = min(look, max(limit, 1) + 1 if not found else 500, 500)
        page = fetch(after, size)
        for each in page:
            if len(found) == limit:
                return found, after
            after = name(each)
            if is_wanted(each):
                found.append(each)
        if len(page) < size:
            return found, None
        look -= size
    return found, after
