"""The audit log: every entry stands in the list of all, of its event and of its actor, and is never changed."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice

from invited.domain.audit import Entry
from invited.engines.aws import places
from invited.engines.aws.table import NEW, Cancelled, Item, Put, Table
from invited.engines.instants import from_micros, to_micros


def add(table: Table, entry: Entry) -> None:
    """See Store.note."""
    lists = [places.audit(), places.audit(actor=entry.actor)]
    lists += [places.audit(event_id=entry.event_id)] if entry.event_id else []
    with suppress(Cancelled):
        table.transact([Put({"pk": pk} | _item(entry), NEW) for pk in lists])


def page(table: Table, event_id: str, actor: str, after: str, limit: int) -> list[Entry]:
    """See Store.audit."""
    is_both = bool(event_id and actor)
    found = table.query(
        places.audit(event_id=event_id, actor=actor),
        "#sk < :after" if after else "",
        {"after": after, "actor": actor},
        only="#actor = :actor" if is_both else "",
        is_backwards=True,
        at_a_time=None if is_both else limit,
    )
    return [_entry(item) for item in islice(found, limit)]


def _item(entry: Entry) -> Item:
    return {
        "sk": entry.id,
        "at": to_micros(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "about": entry.about,
        "event": entry.event_id,
        "detail": entry.detail,
    }


def _entry(item: Item) -> Entry:
    return Entry(
        item["sk"], from_micros(item["at"]), item["actor"], item["action"], item["about"], item["event"], item["detail"]
    )
