"""The latest other time that each attendee asked for, of the whole event or one occurrence."""

from __future__ import annotations

from itertools import islice

from pydantic import TypeAdapter

from invited.domain.proposal import Proposal
from invited.engines.aws import events, places
from invited.engines.aws.table import Table
from invited.engines.instants import to_micros

_PROPOSAL = TypeAdapter(Proposal)


def propose(table: Table, proposal: Proposal) -> bool:
    """See Store.propose."""
    pk, sk = places.proposal(proposal.event_id, proposal.key)
    order = _order(proposal)
    item = {"pk": pk, "sk": sk, "rank": order, "body": _PROPOSAL.dump_json(proposal).decode()}
    is_greater = "attribute_not_exists(#rank) OR #rank < :rank"
    return events.is_there(table, proposal.event_id) and table.put(item, is_greater, {"rank": order})


def page(table: Table, event_id: str, after: str, limit: int) -> list[Proposal]:
    """See Store.proposals."""
    items = table.under(places.proposal(event_id, ""), after, at_a_time=limit)
    return [_PROPOSAL.validate_json(item["body"]) for item in islice(items, limit)]


def _order(proposal: Proposal) -> str:
    """`Proposal.order` as text that sorts as it does."""
    sequence, dtstamp, arrived, mail = proposal.order()
    return f"{sequence:010} {to_micros(dtstamp):020} {to_micros(arrived):020} {mail}"
