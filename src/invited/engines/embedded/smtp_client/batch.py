"""The letters of one `send`: those that wait, and what became of each."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence

from invited.domain.addresses import domain_of
from invited.ports import Letter, Sent

MAX_ATTEMPTS = 2
"""How often a letter is begun when its session breaks before its body was sent."""


class Batch:
    """Letters by their place in the batch. A letter is taken by one session, then settled or put back.

    `shares` says for some recipient domains how many sessions may carry letters to them at a time; others are free.
    """

    def __init__(self, letters: Sequence[Letter], shares: Mapping[str, int] | None = None) -> None:
        self._letters = letters
        self._shares = shares or {}
        self._carriers: defaultdict[str, Counter[object]] = defaultdict(Counter)
        self._carried: dict[int, tuple[str, object]] = {}
        self._waiting = deque(range(len(letters)))
        self._results: list[Sent | None] = [None] * len(letters)
        self._attempts: dict[int, int] = {}
        self.open = len(letters)
        """How many are not settled."""

    @property
    def is_waiting(self) -> bool:
        """Whether there is a letter to take."""
        return bool(self._waiting)

    def take(self, carrier: object) -> tuple[int, Letter] | None:
        """The next letter that this session may carry, and its place, if one waits."""
        if not self._shares:
            place = self._waiting.popleft() if self._waiting else None
        else:
            place = next((place for place in self._waiting if self._may_carry(carrier, place)), None)
            if place is not None:
                self._waiting.remove(place)
                self._carry(carrier, place)
        return None if place is None else (place, self._letters[place])

    def _may_carry(self, carrier: object, place: int) -> bool:
        domain = domain_of(self._letters[place].to)
        carriers = self._carriers[domain]
        return domain not in self._shares or carrier in carriers or len(carriers) < self._shares[domain]

    def _carry(self, carrier: object, place: int) -> None:
        domain = domain_of(self._letters[place].to)
        self._carried[place] = domain, carrier
        self._carriers[domain][carrier] += 1

    def _set_down(self, place: int) -> None:
        if place in self._carried:
            domain, carrier = self._carried.pop(place)
            self._carriers[domain][carrier] -= 1
            self._carriers[domain] += Counter()

    def settle(self, place: int, sent: Sent) -> None:
        """Remember the outcome of a taken letter."""
        self._set_down(place)
        self._results[place] = sent
        self.open -= 1

    def put_back(self, place: int, why: Sent, *, counts: bool) -> None:
        """A session broke before it sent the body of a letter: it may be tried again, unless that `counts` too often.

        `counts`: the server was at this very letter, and not at the one before it. `why` it broke.
        """
        self._set_down(place)
        attempts = self._attempts.get(place, 0) + counts
        if attempts >= MAX_ATTEMPTS:
            self.settle(place, why)
            return
        self._attempts[place] = attempts
        self._waiting.appendleft(place)

    def give_up(self, why: Sent) -> None:
        """Settle all that wait so."""
        while self._waiting:
            self.settle(self._waiting.popleft(), why)

    def results(self) -> list[Sent]:
        """The outcomes in the letters' order, once none is open."""
        return [sent for sent in self._results if sent is not None]
