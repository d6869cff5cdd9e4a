"""What the kept figures must be, worked out anew from the facts that they count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from invited.domain import statistics
from invited.domain.invitation import Invitation, State
from invited.domain.receipt import Receipt

_DATED = frozenset({"invitations", *statistics.ANSWERS.values()})


def of_guest(invitation: Invitation, standing: Sequence[Receipt]) -> Counter[str]:
    """What one invitation and its winning answers, to the event and to occurrences, make of the figures.

    Of days and hours that is the invitation and the answers alone: no fact tells of every mail when it went.
    """
    change = statistics.of_invitation(replace(invitation, state=State.QUEUED))
    change.update(statistics.of_state(invitation))
    change["nudges"] += invitation.nudges
    for receipt in standing:
        change.update(statistics.of_receipt(invitation, None, receipt))
    return change


def is_recountable(name: str) -> bool:
    """Whether the counter `name`, of an event, follows from the rows as they are."""
    kind, _, rest = name.partition(":")
    return kind not in ("day", "hour") or rest.rpartition(":")[2] in _DATED
