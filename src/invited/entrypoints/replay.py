"""Work the answers out anew from the archived mail, compare them with what is stored and, if asked to, put that right.

The pipelines themselves run once more, on an engine whose queue and store only listen; nothing is sent and no name is
looked up. The server may go on meanwhile: an event's answers are exchanged in one step, and what came since we began is
recorded once more after it, which changes nothing where it was recorded already. So it can be broken off and repeated.

It reads the whole archive, and holds the winning answers of all the events it is asked for in memory: about 1 KB each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from invited.domain import statistics
from invited.domain.errors import Aside, Temporary
from invited.domain.event import Event
from invited.domain.invitation import Invitation
from invited.domain.ledger import Ledger, enter
from invited.domain.organizer import Organizer
from invited.domain.receipt import Receipt, as_taken
from invited.domain.statistics import Statistics
from invited.messages import Mail, MailArrived, Message, ReplyArrived
from invited.pipelines import collect, receive
from invited.ports import Engine, Store

PAGE = 500

OVERLAP = timedelta(minutes=10)
"""How long before the beginning a mail may have come that was not to be seen in the archive then."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One event's figures that answers make, as stored and worked out anew, and how many answers differ."""

    event: Event
    before: dict[str, int]
    after: dict[str, int]
    differing: int

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return self.before == self.after and not self.differing


def replay(
    engine: Engine, events: Sequence[Event], warn: Callable[[str], None], *, is_applied: bool
) -> list[Comparison]:
    """Compare the answers to `events`, and with `is_applied` store what the archive says instead.

    `warn` is told of each mail that cannot be handled; it is passed over, as it is among the dead letters.
    """
    wanted = {event.id: event for event in events}
    ledgers = {event.id: Ledger() for event in events}
    started, last = engine.now(), ""
    for mail in _mails(engine):
        for invitation, receipt in _answers(engine, wanted, mail, warn):
            enter(ledgers[receipt.event_id], invitation, receipt)
        if mail.received < started - OVERLAP:
            last = mail.key
    comparisons = [_compared(engine.store, event, ledgers[event.id]) for event in events]
    if is_applied:
        wrong = {found.event.id: found.event for found in comparisons if not found.is_same}
        for event_id in wrong:
            ledger = ledgers[event_id]
            engine.store.replace_answers(event_id, [*ledger.receipts.values(), *ledger.strangers.values()])
        if wrong:
            for mail in _mails(engine, last):
                engine.store.record([receipt for _, receipt in _answers(engine, wanted, mail, warn)])
    return comparisons


def every_event(store: Store) -> Iterator[Event]:
    """All events, page by page."""
    after = ""
    while page := store.events(after=after, limit=PAGE):
        after = page[-1].id
        yield from page


def _mails(engine: Engine, after: str = "") -> Iterator[Mail]:
    while page := engine.archive.mails(after=after, limit=PAGE):
        after = page[-1].key
        yield from page


class _Listener:
    """In the place of a queue: hears what is published."""

    def __init__(self) -> None:
        self._heard: list[Message] = []

    def publish(self, messages: Sequence[Message], delay: float = 0) -> None:  # noqa: ARG002 - the port's own
        self._heard += messages

    def told(self) -> list[Message]:
        """What was published since this was asked for last."""
        heard, self._heard = self._heard, []
        return heard


class _Witness:
    """In the place of a verifier: has nothing to say, for who was believed is told by how an answer was taken."""

    def is_authenticated(self, mail: Mail, raw: bytes, address: str) -> bool:  # noqa: ARG002 - the port's own
        return False


class _Books:
    """In the place of a store: what receive and collect read, of the wanted events alone."""

    def __init__(self, store: Store, wanted: dict[str, Event]) -> None:
        self._store = store
        self._wanted = wanted

    def event(self, event_id: str) -> Event | None:
        return self._wanted.get(event_id)

    def event_by_origin(self, organizer: str, origin_uid: str) -> Event | None:  # noqa: ARG002 - nobody's answer
        return None

    def organizer(self, address: str) -> Organizer:
        return Organizer(address)

    def invitation(self, event_id: str, token: str) -> Invitation | None:
        return self._store.invitation(event_id, token)


def _answers(
    engine: Engine, wanted: dict[str, Event], mail: Mail, warn: Callable[[str], None]
) -> list[tuple[Invitation | None, Receipt]]:
    """The answers in a mail, each with the invitation that its token names, as they were taken when it came."""
    queue, books = _Listener(), _Books(engine.store, wanted)
    listening = replace(engine, queue=queue, store=cast("Store", books), verifier=_Witness())
    found = []
    try:
        receive.handle(MailArrived(mail), listening)
        for message in queue.told():
            if isinstance(message, ReplyArrived):
                found += _answer(engine.store, listening, message)
    except Temporary:
        raise
    except Aside:
        pass
    except Exception as error:  # noqa: BLE001 - whatever makes a message a dead letter
        warn(f"mail {mail.key} cannot be handled: {error!r}")
    return found


def _answer(store: Store, listening: Engine, message: ReplyArrived) -> list[tuple[Invitation | None, Receipt]]:
    try:
        _, _, receipt = collect.answer(message, listening)
    except Aside:
        return []
    taken = store.taken(receipt.event_id, receipt.mail)
    if not receipt.counts and all(then.address != receipt.address for then in taken):
        # A stranger who was never recorded was one too many on that day.
        return []
    return [(store.invitation(receipt.event_id, receipt.token), as_taken(receipt, taken))]


def _compared(store: Store, event: Event, ledger: Ledger) -> Comparison:
    before, after = _figures(store.statistics(event.id)), _figures(statistics.read(ledger.counters))
    return Comparison(event, before, after, _differing(store, event.id, ledger))


def _figures(counted: Statistics) -> dict[str, int]:
    """Those that answers make, by name, none of them zero."""
    figures = {name: getattr(counted, name) for name in (*statistics.ANSWERS.values(), "strangers")}
    for table in ("by_origin", "by_client", "by_day", "by_hour", "by_occurrence"):
        for key, row in getattr(counted, table).items():
            figures |= {f"{table} {key} {what}": n for what, n in row.items() if what in statistics.ANSWERS.values()}
    return {name: number for name, number in figures.items() if number}


def _differing(store: Store, event_id: str, ledger: Ledger) -> int:
    """How many answers are stored otherwise, not at all, or for no reason that a mail gives."""
    expected = ledger.receipts | {("", address): receipt for address, receipt in ledger.strangers.items()}
    return sum(expected.pop(place, None) != receipt for place, receipt in _stored(store, event_id)) + len(expected)


def _stored(store: Store, event_id: str) -> Iterator[tuple[tuple[str, str], Receipt]]:
    after = ""
    while invited := store.invitations(event_id, after=after, limit=PAGE):
        after = invited[-1].token
        for receipt in store.receipts(event_id, [invitation.token for invitation in invited]):
            yield (receipt.token, receipt.recurrence_id), receipt
    after = ""
    while strangers := store.strangers(event_id, after=after, limit=PAGE):
        after = strangers[-1].address
        for receipt in strangers:
            yield ("", receipt.address), receipt


def told(comparison: Comparison) -> Iterator[str]:
    """A comparison in lines for a person."""
    event, before, after = comparison.event, comparison.before, comparison.after
    answers = ", ".join(f"{name} {after.get(name, 0)}" for name in (*statistics.ANSWERS.values(), "strangers"))
    verdict = "same" if comparison.is_same else "DIFFERENT"
    yield f"{event.id}  {event.head.summary}: {answers}: {verdict}"
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield f"    {name}: {before.get(name, 0)} → {after.get(name, 0)}"
    if comparison.differing:
        yield f"    answers that differ: {comparison.differing}"
