"""The letters of one `send`: those that wait, and what became of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from invited.ports import Letter, Sent

MAX_ATTEMPTS = 2
"""How often a letter is begun when its session breaks before its body was sent."""


class Batch:
    """Letters by their place in the batch. A letter is taken by one session, then settled or put back."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        self._letters = letters
        self._waiting = deque(range(len(letters)))
        self._results: list[Sent | None] = [None] * len(letters)
        self._attempts: dict[int, int] = {}
        self.open = len(letters)
        """How many are not settled."""

    @property
    def is_waiting(self) -> bool:
        """Whether there is a letter to take."""
        return bool(self._waiting)

    def take(self) -> tuple[int, Letter] | None:
        """The next letter and its place, if one waits."""
        if not self._waiting:
            return None
        place = self._waiting.popleft()
        return place, self._letters[place]

    def settle(self, place: int, sent: Sent) -> None:
        """Remember the outcome of a taken letter."""
        self._results[place] = sent
        self.open -= 1

    def put_back(self, place: int, reason: str, *, counts: bool) -> None:
        """A session broke before it sent the body of a letter: it may be tried again, unless that `counts` too often.

        `counts`: the server was at this very letter, and not at the one before it.
        """
        attempts = self._attempts.get(place, 0) + counts
        if attempts >= MAX_ATTEMPTS:
            self.settle(place, Sent(is_temporary=True, reason=reason))
            return
        self._attempts[place] = attempts
        self._waiting.appendleft(place)

    def give_up(self, reason: str) -> None:
        """Settle all that wait as temporary failures."""
        while self._waiting:
            self.settle(self._waiting.popleft(), Sent(is_temporary=True, reason=reason))

    def results(self) -> list[Sent]:
        """The outcomes in the letters' order, once none is open."""
        return [sent for sent in self._results if sent is not None]
