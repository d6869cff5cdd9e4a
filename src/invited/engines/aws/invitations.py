"""Who is invited, who may be mailed now, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from invited.domain import statistics, step
from invited.domain.invitation import FINAL, Delivery, Invitation, State, delivered
from invited.domain.step import Life
from invited.engines import lives
from invited.engines.aws import guests, jobs, places
from invited.engines.aws.guests import Change, Changed, Guest
from invited.engines.aws.table import Cancelled, Item, Step, Table, Update, overtaken
from invited.engines.instants import after as instant_after
from invited.engines.instants import to_micros
from invited.ports import Admitted, Claim

AT_ONCE = 98
"""Invitations that are added in one step: a transaction has 100, one takes the room and one tells the job."""

_ROOM = "#invitations <= :most"


def admit(table: Table, event_id: str, invitations: Sequence[Invitation], limit: int) -> Admitted:
    """See Store.admit; all of one job. They are added together with the room that they take, some at a time."""
    named = {invitation.token: invitation for invitation in invitations}
    for _ in overtaken():
        known = guests.some(table, event_id, named)
        new = [invitation for token, invitation in named.items() if token not in known]
        added = _add_first(table, event_id, new, limit)
        if added is not None:
            over = {invitation.token for invitation in new[added:]}
            break
    already = {token for token, guest in known.items() if guest.invitation.job != named[token].job}
    return Admitted(
        added=tuple(token for token in named if token not in over and token not in already),
        already=tuple(token for token in named if token in already),
        over=tuple(token for token in named if token in over),
    )


def _add_first(table: Table, event_id: str, new: Sequence[Invitation], limit: int) -> int | None:
    """Add as many of `new` as there is room for and tell how many; None where others were at it, too."""
    added = 0
    while added < len(new):
        taken = (table.get(places.room(event_id)) or {"invitations": 0})["invitations"]
        few = new[added : added + min(AT_ONCE, max(0, limit - taken))]
        if not few:
            break
        try:
            table.transact([_take_room(event_id, len(few), limit), *_jobs_share(few), *map(_added, few)])
        except Cancelled:
            return None
        added += len(few)
    return added


def _take_room(event_id: str, people: int, limit: int) -> Update:
    values = {"people": people, "most": limit - people}
    return Update(places.room(event_id), "ADD #invitations :people", _ROOM, values)


def _jobs_share(invitations: Sequence[Invitation]) -> Iterable[Update]:
    shares = Counter(invitation.job for invitation in invitations)
    return (Update(places.added(job), "ADD #invitations :people", "", {"people": n}) for job, n in shares.items())


def _added(invitation: Invitation) -> Step:
    return guests.added(invitation, statistics.of_invitation(invitation))


def one(table: Table, event_id: str, token: str) -> Invitation | None:
    """See Store.invitation."""
    guest = guests.one(table, event_id, token)
    return guest.invitation if guest else None


def life(table: Table, event_id: str, token: str) -> Life:
    """See Store.life."""
    guest = guests.one(table, event_id, token)
    return lives.read(event_id, token, guest.invitation.created, guest.life) if guest else Life(())


def page(table: Table, event_id: str, after: str, limit: int, job: str | None) -> list[Invitation]:
    """See Store.invitations."""
    found = _all(table, event_id, after, limit) if job is None else _of_job(table, event_id, job, after, limit)
    return [guests.of_item(item).invitation for item in islice(found, limit)]


def _all(table: Table, event_id: str, after: str, limit: int) -> Iterator[Item]:
    for pk in places.shards(event_id, after):
        yield from filter(guests.is_guest, table.under((pk, ""), after, at_a_time=limit))


def _of_job(table: Table, event_id: str, job: str, after: str, limit: int) -> list[Item]:
    keys: list[tuple[str, str]] = []
    for pk in places.shards(event_id, after):
        listed = table.in_order((pk, places.job_key(job, "")), after, at_a_time=limit)
        keys += [(item["pk"], item["sk"]) for item in islice(listed, limit - len(keys))]
        if len(keys) == limit:
            break
    found = table.some(keys)
    return [found[key] for key in keys]


def claim(table: Table, event_id: str, tokens: Iterable[str], revision: int, *, now: datetime, lease: float) -> Claim:
    """See Store.claim."""

    def lacks(guest: Guest) -> bool:
        return guest.invitation.sent_revision < revision and guest.invitation.state not in FINAL

    return claim_where(table, event_id, tokens, lacks, now=now, lease=lease)


def claim_where(
    table: Table, event_id: str, tokens: Iterable[str], is_due: Callable[[Guest], bool], *, now: datetime, lease: float
) -> Claim:
    """Claim those of `tokens` that are due and that nobody else has claimed."""
    moment, until = to_micros(now), instant_after(now, lease)

    def claimed(guest: Guest) -> Change | None:
        if not is_due(guest) or guest.claimed_until > moment:
            return None
        return Change(replace(guest, claimed_until=until))

    changed = guests.change(table, event_id, tokens, claimed)
    return Claim(
        claimed=tuple(one.before.invitation for one in changed if one.change),
        busy=tuple(one.before.invitation.token for one in changed if not one.change and is_due(one.before)),
    )


def mark(table: Table, event_id: str, deliveries: Sequence[Delivery], release: Sequence[str]) -> None:
    """See Store.mark."""
    told: dict[str, list[Delivery]] = {token: [] for token in release}
    for delivery in deliveries:
        told.setdefault(delivery.token, []).append(delivery)
    changed = guests.change(table, event_id, told, lambda guest: _marked(guest, told[guest.invitation.token]))
    jobs.touch(table, _latest(changed).items())


@dataclass(frozen=True, slots=True)
class Marked(Change):
    """A change by deliveries; `first` is when the first mail of all went out or failed, None where none did."""

    first: datetime | None = None


def _marked(guest: Guest, deliveries: Iterable[Delivery]) -> Marked | None:
    invitation, life, first = guest.invitation, guest.life, None
    counts: Counter[str] = Counter()
    for delivery in deliveries:
        told = step.of_delivery(delivery)
        after = delivered(invitation, delivery)
        if after is not None:
            counts.update(statistics.of_delivery(invitation, delivery))
            if invitation.sent_revision < 0 and delivery.state in (State.SENT, State.FAILED):
                first = delivery.at
            invitation = after
        else:
            is_news = _is_put_off(invitation, life, delivery)
            if invitation.state is delivery.state is State.QUEUED:
                invitation = replace(invitation, reason=delivery.reason)
            if not is_news:
                continue
        life = lives.longer(life, lives.line(told))
    marked = replace(guest, invitation=invitation, life=life, claimed_until=0)
    return None if marked == guest else Marked(marked, counts, first=first)


def _is_put_off(invitation: Invitation, life: str, delivery: Delivery) -> bool:
    """Whether a delivery says that a mail they lack was put off, and the last step does not say the same."""
    if delivery.state is not State.QUEUED or delivery.revision <= invitation.sent_revision:
        return False
    return not step.repeats(lives.last(invitation.event_id, invitation.token, life), step.of_delivery(delivery))


def _latest(changed: Iterable[Changed]) -> dict[str, datetime]:
    latest: dict[str, datetime] = {}
    for one in changed:
        if isinstance(one.change, Marked) and one.change.first:
            job = one.before.invitation.job
            latest[job] = max(one.change.first, latest.get(job, one.change.first))
    return latest


def requeue(table: Table, event_id: str, tokens: Iterable[str]) -> None:
    """See Store.requeue."""
    guests.change(table, event_id, tokens, _requeued)


def _requeued(guest: Guest) -> Change | None:
    if guest.invitation.state is not State.FAILED:
        return None
    again = replace(guest.invitation, state=State.QUEUED, reason="")
    return Change(replace(guest, invitation=again), statistics.of_requeue(guest.invitation))
