"""The attendee report as CSV (RFC 4180), read from the store page by page, so that any size takes the same memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain

from invited.domain.addresses import masked
from invited.domain.invitation import Invitation, Partstat
from invited.domain.receipt import Receipt
from invited.domain.reconfirmation import SILENT, Answers
from invited.domain.statistics import ANSWERS
from invited.ports import Store
from invited.tables import lines

COLUMNS = (
    "email",
    "name",
    "origin",
    "state",
    "reason",
    "sent",
    "answer",
    "answered_at",
    "client",
    "grade",
    "comment",
    "guests",
    "asked_again",
    "previous_answer",
)
"""`asked_again`: for whoever had answered before a change asked everybody again, whether they have "answered" since or
are "silent"; `previous_answer` is what they had answered, and `answer` of the silent is that, too.
"""

PAGE = 500
"""Attendees read at a time."""


def report(store: Store, event_id: str, *, is_masked: bool = False) -> Iterator[str]:
    """The lines, a page of attendees at a time; last the strangers, who answered without being invited.

    Where it `is_masked`, no address stands in it whole.
    """
    yield lines([COLUMNS])
    for rows in chain(_attendees(store, event_id), _strangers(store, event_id)):
        yield lines(map(_masked, rows) if is_masked else rows)


def _masked(row: tuple[str, ...]) -> tuple[str, ...]:
    """Without the address, which a server's words about why a mail failed may name, too."""
    return tuple(cell.replace(row[0], masked(row[0])) for cell in row)


def _attendees(store: Store, event_id: str) -> Iterator[list[tuple[str, ...]]]:
    event = store.event(event_id)
    asked, after = event.asked if event else 0, ""
    while page := store.invitations(event_id, after=after, limit=PAGE):
        after = page[-1].token
        answers = _answers(store, event_id, [invitation.token for invitation in page], asked)
        yield [_row(invitation, answers.get(invitation.token, Answers()), asked) for invitation in page]


def _answers(store: Store, event_id: str, tokens: Sequence[str], asked: int) -> dict[str, Answers]:
    """By token, the answers to the whole event; those to single occurrences are not in this table."""
    earlier = store.earlier_receipts(event_id, tokens) if asked else []
    found: dict[str, Answers] = {}
    for receipt in (*earlier, *store.receipts(event_id, tokens)):
        if not receipt.recurrence_id:
            found[receipt.token] = found.get(receipt.token, Answers()).joined(receipt)
    return found


def _row(invitation: Invitation, answers: Answers, asked: int) -> tuple[str, ...]:
    return (
        invitation.address,
        invitation.name,
        invitation.origin,
        invitation.state,
        invitation.reason,
        _time(invitation.sent),
        *_answer(answers.standing),
        *_again(answers, asked),
    )


def _strangers(store: Store, event_id: str) -> Iterator[list[tuple[str, ...]]]:
    after = ""
    while page := store.strangers(event_id, after=after, limit=PAGE):
        after = page[-1].address
        yield [(receipt.address, "", "", "stranger", "", "", *_answer(receipt), "", "") for receipt in page]


def _answer(receipt: Receipt | None) -> tuple[str, ...]:
    if receipt is None:
        return ("none", "", "", "", "", "")
    answer = "delegated" if receipt.partstat is Partstat.DELEGATED else ANSWERS.get(receipt.partstat, "none")
    guests = str(receipt.guests) if receipt.guests else ""
    return (answer, _time(receipt.arrived), receipt.client, receipt.grade, receipt.comment, guests)


def _again(answers: Answers, asked: int) -> tuple[str, str]:
    standing, before = answers.standing, answers.before(asked)
    previous = ANSWERS.get(before.partstat) if before else None
    if standing is None or previous is None:
        return ("", "")
    return ("answered" if standing.sequence >= asked else SILENT, previous)


def _time(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
