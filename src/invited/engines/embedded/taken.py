"""How answers were taken when they came: one row for each answer of each mail, whether it won or not."""

from __future__ import annotations

import sqlite3

from invited.domain.receipt import Grade, Receipt, Taken

_REMEMBER = """
INSERT INTO taken (event_id, mail, token, recurrence_id, address, sequence, grade) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET sequence = excluded.sequence, grade = excluded.grade WHERE excluded.sequence > sequence
"""
_OF_MAIL = "SELECT token, recurrence_id, address, sequence, grade FROM taken WHERE event_id = ? AND mail = ?"


def remember(connection: sqlite3.Connection, r: Receipt) -> None:
    """Keep how `r` was taken."""
    connection.execute(_REMEMBER, (r.event_id, r.mail, r.token, r.recurrence_id, r.address, r.sequence, r.grade))


def of_mail(connection: sqlite3.Connection, event_id: str, mail: str) -> list[Taken]:
    """See Store.taken."""
    rows = connection.execute(_OF_MAIL, (event_id, mail)).fetchall()
    return [
        Taken(token, occurrence, address, sequence, Grade(grade))
        for token, occurrence, address, sequence, grade in rows
    ]
