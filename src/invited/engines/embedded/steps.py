"""The steps of an invitation as text, a JSON array a line: added to its row by the statement that changes it anyway."""

from __future__ import annotations

import json
import sqlite3

from invited.domain.invitation import Partstat
from invited.domain.receipt import Grade, Receipt
from invited.domain.step import Kind, Life, Step
from invited.engines.embedded.instants import from_micros, to_micros

ROOM = 24_000
"""Characters of all of an invitation's steps; a stranger to it can fill none of them."""

ROOM_FOR_ANSWERS = 16_000
"""An attendee who answers without end does not keep out what we did."""

MORE = f"steps = CASE WHEN length(steps) < {ROOM} THEN steps || ? ELSE steps END"
"""Part of an UPDATE of invitations: adds a line, or nothing where that is ""."""

_ANSWER = """
UPDATE invitation SET steps = steps || ?
WHERE event_id = ? AND token = ? AND length(steps) < ? AND instr(steps, ?) = 0
"""
_ONE = "SELECT created, steps FROM invitation WHERE event_id = ? AND token = ?"
_SOME = "SELECT token, steps FROM invitation WHERE event_id = ? AND token IN (SELECT value FROM json_each(?))"


def line(step: Step) -> str:
    """What is added for a step that is no answer."""
    return f"{_json([step.kind, to_micros(step.at), step.revision, step.sequence, step.reason, step.mail])}\n"


def answered(connection: sqlite3.Connection, receipt: Receipt) -> None:
    """Add an answer, once."""
    named = _json([receipt.mail, receipt.recurrence_id])[1:-1]
    told = _json([receipt.partstat, receipt.sequence, to_micros(receipt.dtstamp), receipt.address, receipt.client])
    rest = _json([receipt.grade, receipt.comment, receipt.guests])
    text = f'["{Kind.ANSWERED}",{to_micros(receipt.arrived)},{named},{told[1:-1]},{rest[1:-1]}]\n'
    connection.execute(_ANSWER, (text, receipt.event_id, receipt.token, ROOM_FOR_ANSWERS, f",{named},"))


def last(connection: sqlite3.Connection, event_id: str, tokens: list[str]) -> dict[str, Step]:
    """The last step of each of these that has any."""
    rows = connection.execute(_SOME, (event_id, json.dumps(tokens))).fetchall()
    return {token: _step(event_id, token, text.splitlines()[-1]) for token, text in rows if text}


def life(connection: sqlite3.Connection, event_id: str, token: str) -> Life:
    """See Store.life."""
    row = connection.execute(_ONE, (event_id, token)).fetchone()
    if row is None:
        return Life(())
    created, text = row
    steps = [Step(Kind.QUEUED, from_micros(created)), *(_step(event_id, token, each) for each in text.splitlines())]
    # A mail may be read later than what was sent after it came.
    return Life(tuple(sorted(steps, key=lambda step: step.at)), len(text) < ROOM_FOR_ANSWERS)


def _step(event_id: str, token: str, text: str) -> Step:
    kind, at, *rest = json.loads(text)
    if kind != Kind.ANSWERED:
        return Step(Kind(kind), from_micros(at), *rest)
    mail, occurrence, partstat, sequence, dtstamp, address, client, grade, comment, guests = rest
    receipt = Receipt(
        event_id,
        token,
        occurrence,
        Partstat(partstat),
        sequence,
        from_micros(dtstamp),
        from_micros(at),
        mail,
        address,
        client,
        Grade(grade),
        comment,
        guests,
    )
    return Step(Kind.ANSWERED, from_micros(at), mail=mail, receipt=receipt)


def _json(values: list[object]) -> str:
    # Escaped, so that no line end and nothing that looks like one stands in it.
    return json.dumps(values, separators=(",", ":"))
