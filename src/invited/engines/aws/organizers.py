"""What an admin decided of each organizer, and the list of all of them by address."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from invited.domain.organizer import Organizer, Terms
from invited.engines.aws import places
from invited.engines.aws.table import Item, Put, Table, Update
from invited.engines.instants import from_micros, to_micros


def known(address: str) -> Put:
    """The step by which somebody is an organizer."""
    pk, sk = places.organizer(address)
    return Put({"pk": pk, "sk": sk})


def one(table: Table, address: str) -> Organizer:
    """See Store.organizer."""
    return _some(table, [address])[0]


def page(table: Table, after: str, limit: int) -> list[Organizer]:
    """See Store.organizers."""
    return _some(table, [item["sk"] for item in islice(table.under(places.organizer(""), after), limit)])


def change(table: Table, address: str, terms: Terms) -> None:
    """See Store.set_terms."""
    given = {name: _kept(value) for name, value in terms.items() if value is not None}
    gone = [f"#{name}" for name, value in terms.items() if value is None]
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in given) if given else ""
    expression += " REMOVE " + ", ".join(gone) if gone else ""
    changes = [Update(places.terms(address), expression, "", given)] if expression else []
    table.transact([known(address), *changes])


def _kept(value: int | str | datetime) -> int | str:
    return to_micros(value) if isinstance(value, datetime) else value


def _some(table: Table, addresses: list[str]) -> list[Organizer]:
    found = table.some(place(address) for address in addresses for place in (places.terms, places.events_of))
    return [
        _organizer(address, found.get(places.terms(address), {}), found.get(places.events_of(address), {}))
        for address in addresses
    ]


def _organizer(address: str, terms: Item, counted: Item) -> Organizer:
    return Organizer(
        address=address,
        events=counted.get("events", 0),
        event_limit=terms.get("event_limit"),
        invitation_limit=terms.get("invitation_limit"),
        may_send_lists=bool(terms.get("may_send_lists", 1)),
        suspended=from_micros(terms["suspended"]) if "suspended" in terms else None,
        reason=terms.get("reason", ""),
    )
