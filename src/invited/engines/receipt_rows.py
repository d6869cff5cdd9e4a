"""A receipt as every engine keeps it: its fields in order, instants in microseconds since 1970 UTC."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from invited.domain.invitation import Partstat
from invited.domain.receipt import Grade, Receipt
from invited.engines.instants import from_micros, to_micros

KEY = 3
"""How many fields, the first ones, tell what the receipt is about: event, token and occurrence."""


def row(receipt: Receipt) -> tuple[Any, ...]:
    """All its fields."""
    return (
        receipt.event_id,
        receipt.token,
        receipt.recurrence_id,
        receipt.partstat,
        receipt.sequence,
        to_micros(receipt.dtstamp),
        to_micros(receipt.arrived),
        receipt.mail,
        receipt.address,
        receipt.client,
        receipt.grade,
        receipt.comment,
        receipt.guests,
    )


def receipt(kept: Sequence[Any]) -> Receipt:
    """The receipt whose `row` was kept."""
    event_id, token, recurrence_id, partstat, sequence, dtstamp, arrived, *rest = kept
    mail, address, client, grade, comment, guests = rest
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
