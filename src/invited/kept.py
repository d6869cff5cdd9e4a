"""What was put together lately, kept for as long as what it was made from is the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")

MOST = 8
"""Things kept; those that were used last."""


class Kept:
    """Things by name, each with its source. Any thread may use it; two that come at once may both make a thing."""

    def __init__(self) -> None:
        self._things: OrderedDict[Hashable, tuple[object, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: Hashable, source: object, make: Callable[[], T]) -> T:
        """The thing of that name if it was made from what equals `source`, else what `make` gives."""
        with self._lock:
            found = self._things.get(name)
        if found is None or found[0] != source:
            found = source, make()
        with self._lock:
            self._things[name] = found
            self._things.move_to_end(name)
            while len(self._things) > MOST:
                self._things.popitem(last=False)
        thing: T = found[1]
        return thing
