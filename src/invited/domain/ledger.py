"""The answers to one event worked out anew: the same rules that a store keeps, over answers that come in any order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from invited.domain import statistics
from invited.domain.invitation import Invitation
from invited.domain.receipt import Grade, Receipt


@dataclass(slots=True)
class Ledger:
    """The winning answers, by token and occurrence, those of strangers by address, and what they count."""

    receipts: dict[tuple[str, str], Receipt] = field(default_factory=dict)
    strangers: dict[str, Receipt] = field(default_factory=dict)
    counters: Counter[str] = field(default_factory=Counter)


def enter(ledger: Ledger, invitation: Invitation | None, receipt: Receipt) -> None:
    """Let `receipt` take its place, as ports.Store.record says; `invitation` is the one that its token names."""
    if not receipt.counts:
        _enter_stranger(ledger, receipt)
        return
    place = (receipt.token, receipt.recurrence_id)
    standing = ledger.receipts.get(place)
    if invitation is None or (standing and receipt.order() <= standing.order()):
        return
    ledger.receipts[place] = receipt
    ledger.counters.update(statistics.of_receipt(invitation, standing, receipt))


def _enter_stranger(ledger: Ledger, receipt: Receipt) -> None:
    standing = ledger.strangers.get(receipt.address)
    if standing and receipt.rank() <= standing.rank():
        return
    ledger.strangers[receipt.address] = receipt
    if receipt.grade is Grade.FORWARDED and not (standing and standing.grade is Grade.FORWARDED):
        ledger.counters.update(statistics.of_stranger())
