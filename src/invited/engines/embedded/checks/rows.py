"""Whether the rows fit together: each belongs to something that is there, and what stands twice is the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from invited.domain.finding import Finding, Level, summed

REPLAY = "Compare with the archive: invited replay --all; and put it right: invited replay --all --apply."
RESTORE = "Nothing of ours writes this: restore a backup, or ask for help with this line."


@dataclass(frozen=True, slots=True)
class Rule:
    """A query that finds what breaks an invariant: a name first, and whatever tells more of it."""

    text: str
    query: str
    remedy: str


RULES = (
    Rule(
        "an invitation belongs to no job of its event",
        """
        SELECT event_id, token, job FROM invitation
        WHERE job NOT IN (SELECT id FROM job WHERE job.event_id = invitation.event_id)
        """,
        RESTORE,
    ),
    Rule(
        "an invitation does not stand as its winning answer",
        """
        SELECT event_id, token, i.partstat, r.partstat FROM receipt r JOIN invitation i USING (event_id, token)
        WHERE recurrence_id = '' AND (i.partstat <> r.partstat OR i.answered_sequence <> r.sequence)
        """,
        REPLAY,
    ),
    Rule(
        "an invitation is answered, and there is no answer",
        """
        SELECT event_id, token, partstat FROM invitation i WHERE partstat <> 'NEEDS-ACTION' AND NOT EXISTS (
            SELECT 1 FROM receipt r WHERE r.event_id = i.event_id AND r.token = i.token AND recurrence_id = ''
        )
        """,
        REPLAY,
    ),
    Rule(
        "answers are not in the order of their SEQUENCEs",
        """
        SELECT event_id, token FROM receipt, json_each(earlier) AS e
        WHERE json_extract(e.value, '$.sequence') >= receipt.sequence
        UNION SELECT event_id, token FROM receipt, json_each(earlier) AS a JOIN json_each(earlier) AS b
        WHERE a.key < b.key AND json_extract(a.value, '$.sequence') >= json_extract(b.value, '$.sequence')
        """,
        REPLAY,
    ),
    Rule(
        "an event's columns do not say what the event says",
        """
        SELECT id FROM event WHERE id <> json_extract(body, '$.id') OR revision <> json_extract(body, '$.revision')
        OR organizer <> json_extract(body, '$.organizer') OR domain <> json_extract(body, '$.domain')
        OR origin_uid <> json_extract(body, '$.origin_uid')
        """,
        RESTORE,
    ),
    Rule(
        "an event is not kept as it was last sent",
        """
        SELECT id FROM event WHERE revision IS NOT (SELECT max(revision) FROM event_version WHERE event_id = event.id)
        """,
        RESTORE,
    ),
    Rule(
        "an attendee holds a version that there never was",
        """
        SELECT i.event_id, token, sent_revision FROM invitation i JOIN event ON event.id = i.event_id
        WHERE sent_revision > revision OR sent_sequence > json_extract(body, '$.sequence')
        """,
        RESTORE,
    ),
    Rule(
        "an event waits for an approval that is not pending",
        """
        SELECT id, pending FROM event WHERE pending <> '' AND pending NOT IN (
            SELECT id FROM approval WHERE event_id = event.id AND json_extract(body, '$.state') = 'pending'
        )
        """,
        RESTORE,
    ),
    Rule(
        "there is something of an event that is not there",
        """
        SELECT event_id, 'taken' FROM taken WHERE event_id NOT IN (SELECT id FROM event)
        UNION SELECT event_id, 'digest' FROM digest WHERE event_id NOT IN (SELECT id FROM event)
        """,
        RESTORE,
    ),
)

SHOWN = 3
"""Rows named of each rule; the others are counted."""


def check(connection: sqlite3.Connection, now: datetime) -> Iterable[Finding]:
    """See CHECKS."""
    del now
    return summed("rows", "each belongs to something, and all agree", _faults(connection))


def _faults(connection: sqlite3.Connection) -> Iterator[Finding]:
    orphans = connection.execute("PRAGMA main.foreign_key_check").fetchall()
    if orphans:
        table, row, parent, _ = orphans[0]
        text = f"{len(orphans)} belong to nothing, such as row {row} of {table}, whose {parent} is not there"
        yield Finding(Level.WRONG, "rows", text, RESTORE)
    for rule in RULES:
        broken = connection.execute(rule.query).fetchmany(1000)
        if broken:
            named = ", ".join(" ".join(map(str, row)) for row in broken[:SHOWN])
            count = f"{len(broken)}{' or more' if len(broken) == 1000 else ''}"
            yield Finding(Level.WRONG, "rows", f"{rule.text}: {named} ({count} in all)", rule.remedy)
