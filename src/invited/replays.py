"""Dead letters tried again, all of a kind."""

from __future__ import annotations

from invited.ports import DeadLetters

MOST = 1_000
"""Letters of one call. They are looked for before any is published, so that one that dies anew is not met again."""


def replay_all(dead_letters: DeadLetters, kind: str) -> tuple[int, bool]:
    """Publish the newest MOST letters of one kind again; how many there were, and whether there are more."""
    found: list[str] = []
    while len(found) <= MOST and (page := dead_letters.page(kind=kind, after=found[-1] if found else "", limit=500)):
        found += [letter.id for letter in page]
    return sum(dead_letters.replay(letter_id) for letter_id in found[:MOST]), len(found) > MOST
