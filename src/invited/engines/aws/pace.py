"""A steady pace: so many a second and no burst, whoever of several threads asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """`rate` a second at most; `clock` tells seconds that never go back."""

    def __init__(
        self,
        rate: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = 1 / rate
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when it is one's turn."""
        with self._lock:
            now = self._clock()
            turn = max(self._next, now)
            self._next = turn + self._pause
        if turn > now:
            self._sleep(turn - now)
