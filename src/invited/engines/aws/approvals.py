"""The changes that wait; which one stands at its event, so that both change in one transaction or neither."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from pydantic import TypeAdapter

from invited.domain.approval import Approval, ApprovalState
from invited.domain.event import Event
from invited.engines.aws import events, places
from invited.engines.aws.bodies import packed, unpacked
from invited.engines.aws.table import NEW, Cancelled, Item, Put, Step, Table, Update

_APPROVAL = TypeAdapter(Approval)
_IS_WAITED_FOR = "#pending = :id"
_STORE = "SET #body = :body, #state = :state, #place = if_not_exists(#place, :place)"


def hold(table: Table, approval: Approval, instead_of: str) -> None:
    """See Store.hold."""
    event_id = approval.event_id
    steps: list[Step] = [events.must_be_at(event_id, approval.expected_revision, instead_of, approval.id)]
    if instead_of == approval.id:
        steps.append(_stored(approval))
    else:
        pk, sk = places.approval_of_event(event_id, approval.created, approval.id)
        steps += [_stored(approval, NEW), Put({"pk": pk, "sk": sk, "approval": approval.id})]
        steps += [_superseded(instead_of)] if instead_of else []
    _settle_all(table, event_id, steps)


def settle(table: Table, approval: Approval) -> bool:
    """See Store.settle."""
    values = {"id": approval.id, "none": ""}
    waits_no_more = Update(places.event(approval.event_id), "SET #pending = :none", _IS_WAITED_FOR, values)
    try:
        table.transact([waits_no_more, _stored(approval)])
    except Cancelled:
        return False
    return True


def replace_event(table: Table, event: Event, expected_revision: int, settled: Approval | None) -> None:
    """See Store.replace_event."""
    steps = events.replacement(table, event, expected_revision, settled.id if settled else "")
    steps += [_stored(settled)] if settled else []
    _settle_all(table, event.id, steps)


def pending(table: Table, event_id: str) -> Approval | None:
    """See Store.pending."""
    while (item := table.get(places.event(event_id))) and item["pending"]:
        found = by_id(table, item["pending"])
        # Settled between the two reads: the event knows of another now, or of none.
        if found and found.is_pending:
            return found
    return None


def by_id(table: Table, approval_id: str) -> Approval | None:
    """See Store.approval."""
    item = table.get(places.approval(approval_id))
    return _approval(item) if item else None


def page(table: Table, event_id: str, after: str, limit: int) -> list[Approval]:
    """See Store.approvals."""
    last = table.get(places.approval(after)) if after else None
    if after and last is None:
        return []
    listed = table.query(
        places.event(event_id)[0],
        "#sk BETWEEN :low AND :high",
        {"low": "A#", "high": last["place"] if last else "A$"},
        is_backwards=True,
        at_a_time=limit + 1,
    )
    ids = [item["approval"] for item in islice(listed, limit + 1) if item["approval"] != after][:limit]
    found = table.some(places.approval(approval_id) for approval_id in ids)
    return [_approval(found[places.approval(approval_id)]) for approval_id in ids]


def _stored(approval: Approval, condition: str = "") -> Update:
    """Its place in the list stays that of the first time, whatever the approval says later."""
    values = {
        "body": packed(_APPROVAL, approval, events=2),
        "state": approval.state,
        "place": places.approval_of_event(approval.event_id, approval.created, approval.id)[1],
    }
    return Update(places.approval(approval.id), _STORE, condition, values)


def _superseded(approval_id: str) -> Update:
    return Update(
        places.approval(approval_id), "SET #state = :superseded", "", {"superseded": ApprovalState.SUPERSEDED}
    )


def _settle_all(table: Table, event_id: str, steps: list[Step]) -> None:
    try:
        table.transact(steps)
    except Cancelled:
        raise events.changed_meanwhile(event_id) from None


def _approval(item: Item) -> Approval:
    return replace(unpacked(_APPROVAL, item["body"]), state=ApprovalState(item["state"]))
