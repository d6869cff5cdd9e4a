"""Answers as an item holds them: JSON, an array of what differs, since a write costs by the kilobyte."""

from __future__ import annotations

import json
from typing import Any

from invited.domain.receipt import Receipt
from invited.domain.reconfirmation import Answers
from invited.engines import receipt_rows


def to_text(answers: Answers) -> str:
    """Answers of one guest to the event or to one occurrence, ascending."""
    rows = [row(receipt) for receipt in answers.receipts]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def from_text(event_id: str, token: str, recurrence_id: str, text: str) -> Answers:
    """What `to_text` wrote; who answered and what stands in the item's key."""
    return Answers(tuple(receipt(event_id, token, recurrence_id, found) for found in json.loads(text)))


def row(r: Receipt) -> list[Any]:
    """A receipt without what its item's key says."""
    return list(receipt_rows.row(r)[receipt_rows.KEY :])


def receipt(event_id: str, token: str, recurrence_id: str, found: list[Any]) -> Receipt:
    """The receipt of a row."""
    return receipt_rows.receipt((event_id, token, recurrence_id, *found))
