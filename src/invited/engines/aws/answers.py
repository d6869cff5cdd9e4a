"""Answers as an item holds them: JSON, an array of what differs, since a write costs by the kilobyte."""

from __future__ import annotations

import json
from typing import Any

from invited.domain.invitation import Partstat
from invited.domain.receipt import Grade, Receipt
from invited.domain.reconfirmation import Answers
from invited.engines.instants import from_micros, to_micros


def to_text(answers: Answers) -> str:
    """Answers of one guest to the event or to one occurrence, ascending."""
    rows = [row(receipt) for receipt in answers.receipts]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def from_text(event_id: str, token: str, recurrence_id: str, text: str) -> Answers:
    """What `to_text` wrote; who answered and what stands in the item's key."""
    return Answers(tuple(receipt(event_id, token, recurrence_id, found) for found in json.loads(text)))


def row(r: Receipt) -> list[Any]:
    """A receipt without what its item's key says."""
    instants = (to_micros(r.dtstamp), to_micros(r.arrived))
    return [r.partstat, r.sequence, *instants, r.mail, r.address, r.client, r.grade, r.comment, r.guests]


def receipt(event_id: str, token: str, recurrence_id: str, found: list[Any]) -> Receipt:
    """The receipt of a row."""
    partstat, sequence, dtstamp, arrived, mail, address, client, grade, comment, guests = found
    return Receipt(
        event_id,
        token,
        recurrence_id,
        Partstat(partstat),
        sequence,
        from_micros(dtstamp),
        from_micros(arrived),
        mail,
        address,
        client,
        Grade(grade),
        comment,
        guests,
    )
