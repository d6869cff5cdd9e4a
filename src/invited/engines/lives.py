"""The steps of an invitation as text, a JSON array a line, so that a step is added by putting a line behind."""

from __future__ import annotations

import json
from datetime import datetime

from invited.domain.receipt import Receipt
from invited.domain.step import Kind, Life, Step
from invited.engines import receipt_rows
from invited.engines.instants import from_micros, to_micros

ROOM = 24_000
"""Characters of all of an invitation's steps; a stranger to it can fill none of them."""

ROOM_FOR_ANSWERS = 16_000
"""An attendee who answers without end does not keep out what we did."""


def line(step: Step) -> str:
    """What is added for a step that is no answer."""
    return f"{_json([step.kind, to_micros(step.at), step.revision, step.sequence, step.reason, step.mail])}\n"


def longer(text: str, more: str) -> str:
    """`text` with a line more, where there is room."""
    return text + more if len(text) < ROOM else text


def answered(text: str, receipt: Receipt) -> str:
    """`text` with an answer more, where there is room and it is not known."""
    return text if len(text) >= ROOM_FOR_ANSWERS or named(receipt) in text else text + answer(receipt)


def named(receipt: Receipt) -> str:
    """The part of an answer's line by which it is known again."""
    return f",{_json([receipt.mail, receipt.recurrence_id])[1:-1]},"


def answer(receipt: Receipt) -> str:
    """What is added for an answer."""
    told = _json([receipt.partstat, receipt.sequence, to_micros(receipt.dtstamp), receipt.address, receipt.client])
    rest = _json([receipt.grade, receipt.comment, receipt.guests])
    return f'["{Kind.ANSWERED}",{to_micros(receipt.arrived)}{named(receipt)}{told[1:-1]},{rest[1:-1]}]\n'


def last(event_id: str, token: str, text: str) -> Step | None:
    """The last step, None where there is none."""
    return _step(event_id, token, text.splitlines()[-1]) if text else None


def read(event_id: str, token: str, created: datetime, text: str) -> Life:
    """The life of an invitation of that time."""
    steps = [Step(Kind.QUEUED, created), *(_step(event_id, token, each) for each in text.splitlines())]
    # A mail may be read later than what was sent after it came.
    return Life(tuple(sorted(steps, key=lambda step: step.at)), len(text) < ROOM_FOR_ANSWERS)


def _step(event_id: str, token: str, text: str) -> Step:
    kind, at, *rest = json.loads(text)
    if kind != Kind.ANSWERED:
        return Step(Kind(kind), from_micros(at), *rest)
    mail, occurrence, partstat, sequence, dtstamp, address, client, grade, comment, guests = rest
    told = (partstat, sequence, dtstamp, at, mail, address, client, grade, comment, guests)
    receipt = receipt_rows.receipt((event_id, token, occurrence, *told))
    return Step(Kind.ANSWERED, from_micros(at), mail=mail, receipt=receipt)


def _json(values: list[object]) -> str:
    # Escaped, so that no line end and nothing that looks like one stands in it.
    return json.dumps(values, separators=(",", ":"))
