"""The guests' answers: of several the winning one is kept, and counted, in one step with the guest who gave it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice

from invited.domain import reconfirmation, statistics
from invited.domain.invitation import Invitation, Partstat, most_willing
from invited.domain.receipt import Grade, Receipt
from invited.domain.reconfirmation import Answers
from invited.engines import lives
from invited.engines.aws import guests, places, strangers, taken
from invited.engines.aws.answers import from_text
from invited.engines.aws.guests import Change, Guest
from invited.engines.aws.table import Cancelled, Delete, Item, Put, Step, Table, overtaken
from invited.engines.instants import to_micros


def record(table: Table, receipts: Sequence[Receipt]) -> list[bool]:
    """See Store.record."""
    return [_record(table, receipt) if receipt.counts else strangers.record(table, receipt) for receipt in receipts]


def _record(table: Table, receipt: Receipt) -> bool:
    for _ in overtaken():
        guest = guests.one(table, receipt.event_id, receipt.token)
        if guest is None:
            return False
        if receipt.grade is Grade.ADMITTED:
            strangers.forget(table, receipt.event_id, receipt.address)
        taken.remember(table, receipt)
        known = _known(table, guest, receipt.recurrence_id)
        after = known.joined(receipt)
        told = replace(guest, life=lives.answered(guest.life, receipt))
        is_kept = told == guest and after is known
        if is_kept or _set(table, (guest, told), receipt.recurrence_id, known, after):
            return after is not known and after.standing is receipt
    raise AssertionError


def of_some(table: Table, event_id: str, tokens: Sequence[str]) -> list[Receipt]:
    """See Store.receipts."""
    found = chain.from_iterable(_answers_of(table, event_id, tokens))
    return [answers.standing for answers in found if answers.standing]


def earlier(table: Table, event_id: str, tokens: Sequence[str]) -> list[Receipt]:
    """See Store.earlier_receipts."""
    found = chain.from_iterable(_answers_of(table, event_id, tokens))
    return [receipt for answers in found for receipt in answers.receipts[:-1]]


def since(table: Table, event_id: str, instant: datetime, after: tuple[str, str], limit: int) -> list[Receipt]:
    """See Store.answers. A guest's item goes before those of their occurrences, so that keys are in the right order."""
    token, recurrence_id = after
    values = {"since": to_micros(instant)}
    last = places.occurrence(event_id, token, recurrence_id)[1]
    items = chain.from_iterable(
        table.under((pk, ""), last, only="#arrived > :since", values=values) for pk in places.shards(event_id, token)
    )
    return [receipt for item in islice(items, limit) if (receipt := _of_item(item).standing)]


def replace_all(table: Table, event_id: str, receipts: Sequence[Receipt]) -> None:
    """See Store.replace_answers: guest by guest, each in one step; what is not to change is not touched."""
    wanted: dict[str, dict[str, Answers]] = {}
    for receipt in receipts:
        if receipt.counts:
            answers = wanted.setdefault(receipt.token, {})
            answers[receipt.recurrence_id] = answers.get(receipt.recurrence_id, Answers()).joined(receipt)
    tokens = sorted(wanted.keys() | set(_answered(table, event_id)))
    table.each(lambda token: _replace(table, event_id, token, wanted.get(token, {})), tokens)
    strangers.replace_all(table, event_id, [receipt for receipt in receipts if not receipt.counts])


def _answered(table: Table, event_id: str) -> Iterator[str]:
    """The tokens of all who have answered; some are told twice."""
    for pk in places.shards(event_id):
        yield from (item["sk"].partition("#")[0] for item in table.query(pk, only="attribute_exists(#answers)"))


def _replace(table: Table, event_id: str, token: str, wanted: dict[str, Answers]) -> None:
    """Make `wanted`, by recurrence id, all the answers of one guest; one after the other."""
    guest = guests.one(table, event_id, token)
    if guest:
        for recurrence_id in sorted({"", *_parts(table, guest), *wanted}):
            _exchange(table, (event_id, token), recurrence_id, wanted.get(recurrence_id, Answers()))


def _exchange(table: Table, who: tuple[str, str], recurrence_id: str, wanted: Answers) -> None:
    for _ in overtaken():
        guest = guests.one(table, *who)
        if guest is None:
            return
        known = _known(table, guest, recurrence_id)
        if known == wanted or _set(table, (guest, guest), recurrence_id, known, wanted):
            return


def _set(table: Table, both: tuple[Guest, Guest], recurrence_id: str, known: Answers, after: Answers) -> bool:
    """Put `after` in the place of what is `known`; the guest stands as the first of two and is to be as the second
    besides. False where somebody else has changed them meanwhile.
    """
    guest, told = both
    if not recurrence_id:
        answered = replace(told, invitation=_answered_by(guest.invitation, after.standing), answers=after)
        return guests.write(table, guest, _change(guest.invitation, answered, known, after))
    parts = _parts(table, guest) | {recurrence_id: after}
    given = [answers.standing.partstat for answers in parts.values() if answers.standing]
    invitation = replace(guest.invitation, parts=most_willing(given))
    answered = replace(told, invitation=invitation, has_parts=bool(given))
    changed = guests.written(guest, _change(guest.invitation, answered, known, after))
    try:
        table.transact([changed, _kept(guest.invitation, recurrence_id, after)])
    except Cancelled:
        return False
    return True


def _answered_by(invitation: Invitation, standing: Receipt | None) -> Invitation:
    if standing is None:
        return replace(invitation, partstat=Partstat.NEEDS_ACTION, answered_sequence=-1)
    return replace(invitation, partstat=standing.partstat, answered_sequence=standing.sequence)


def _change(invitation: Invitation, answered: Guest, known: Answers, after: Answers) -> Change:
    counts: Counter[str] = Counter()
    if known.standing != after.standing:
        if after.standing:
            counts.update(statistics.of_receipt(invitation, None, after.standing))
        if known.standing:
            counts.subtract(statistics.of_receipt(invitation, None, known.standing))
    return Change(answered, counts, again=reconfirmation.of_answers(known, after))


def _kept(invitation: Invitation, recurrence_id: str, answers: Answers) -> Step:
    key = places.occurrence(invitation.event_id, invitation.token, recurrence_id)
    return Put({"pk": key[0], "sk": key[1], **guests.standing(answers)}) if answers.standing else Delete(key)


def _answers_of(table: Table, event_id: str, tokens: Iterable[str]) -> list[list[Answers]]:
    """All answers of each of these guests: to the whole event, then by recurrence id."""
    found = guests.some(table, event_id, tokens).values()
    return table.each(lambda guest: [guest.answers, *_parts(table, guest).values()], found)


def _known(table: Table, guest: Guest, recurrence_id: str) -> Answers:
    if not recurrence_id:
        return guest.answers
    i = guest.invitation
    item = table.get(places.occurrence(i.event_id, i.token, recurrence_id)) if guest.has_parts else None
    return _of_item(item) if item else Answers()


def _parts(table: Table, guest: Guest) -> dict[str, Answers]:
    """A guest's answers to occurrences, by recurrence id, in its order."""
    if not guest.has_parts:
        return {}
    pk, sk = places.guest(guest.invitation.event_id, guest.invitation.token)
    return {item["sk"].partition("#")[2]: _of_item(item) for item in table.under((pk, f"{sk}#"))}


def _of_item(item: Item) -> Answers:
    """The answers in a guest's item, or in that of one occurrence."""
    token, _, recurrence_id = item["sk"].partition("#")
    return from_text(item["pk"].split("#")[1], token, recurrence_id, item["answers"])
