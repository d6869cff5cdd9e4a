"""How answers were taken when they came: one item for each answer of each mail, whether it won or not."""

from __future__ import annotations

from invited.domain.receipt import Grade, Receipt, Taken
from invited.engines.aws import places
from invited.engines.aws.table import Item, Table

_IS_GREATER = "attribute_not_exists(#sequence) OR #sequence < :sequence"


def remember(table: Table, r: Receipt) -> None:
    """Keep how `r` was taken."""
    item = {
        "pk": places.taken(r.event_id, r.mail),
        "sk": f"{r.token}#{r.recurrence_id}#{r.address}",
        "sequence": r.sequence,
        "grade": r.grade,
    }
    table.put(item, _IS_GREATER, {"sequence": r.sequence})


def of_mail(table: Table, event_id: str, mail: str) -> list[Taken]:
    """See Store.taken."""
    return [_taken(item) for item in table.query(places.taken(event_id, mail))]


def _taken(item: Item) -> Taken:
    token, recurrence_id, address = item["sk"].split("#", 2)
    return Taken(token, recurrence_id, address, item["sequence"], Grade(item["grade"]))
