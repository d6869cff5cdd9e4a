"""Who is invited, who may be mailed now, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from invited.domain import statistics, step, visitor
from invited.domain.invitation import FINAL, Delivery, Invitation, State, delivered
from invited.domain.step import Life
from invited.engines import lives
from invited.engines.aws import guests, jobs, places, room
from invited.engines.aws.guests import Change, Changed, Guest
from invited.engines.aws.table import Cancelled, Item, Table, Update, overtaken
from invited.engines.instants import after as instant_after
from invited.engines.instants import to_micros
from invited.ports import Admitted, Claim

AT_ONCE = 100
"""Invitations for which room is held at a time."""

_READ = 1000
"""Guests that are read at a time to find those of a job."""


def admit(table: Table, event_id: str, invitations: Sequence[Invitation], limit: int) -> Admitted:
    """See Store.admit; all of one job."""
    named = {invitation.token: invitation for invitation in invitations}
    known = guests.some(table, event_id, named, is_latest=False)
    new = [invitation for token, invitation in named.items() if token not in known]
    met, over = _add(table, event_id, new, limit)
    known |= guests.some(table, event_id, met)
    already = {token for token, guest in known.items() if guest.invitation.job != named[token].job}
    return Admitted(
        added=tuple(token for token in named if token not in over and token not in already),
        already=tuple(token for token in named if token in already),
        over=tuple(token for token in named if token in over),
    )


def _add(table: Table, event_id: str, new: Sequence[Invitation], limit: int) -> tuple[list[str], set[str]]:
    """Add as many of `new` as there is room for; the tokens of those who were there already, and of those left over."""
    met: list[str] = []
    done = 0
    for _ in overtaken():
        while done < len(new):
            few = new[done : done + AT_ONCE]
            now = few[0].created
            mark = room.hold(table, event_id, len(few), limit, now)
            if mark is None:
                few = few[: room.left(table, event_id, limit, now)]
                if not few:
                    return met, {invitation.token for invitation in new[done:]}
                mark = room.hold(table, event_id, len(few), limit, now)
            if mark is None:
                break
            met += _store(table, event_id, few, mark)
            done += len(few)
        else:
            return met, set()
    raise AssertionError


def _store(table: Table, event_id: str, few: Sequence[Invitation], mark: str) -> list[str]:
    """Store these, for whom room is held; the tokens of those who were there already."""
    is_new = table.each(lambda i: guests.add(table, i, statistics.of_invitation(i)), few)
    added = [invitation for invitation, new in zip(few, is_new, strict=True) if new]
    room_settled = room.settled(event_id, mark, len(few), len(added))
    shares = _shares(added)
    if shares:
        with suppress(Cancelled):  # done, by a request whose answer was lost
            table.transact([room_settled, *shares])
    else:
        table.change(room_settled)
    return [invitation.token for invitation, new in zip(few, is_new, strict=True) if not new]


def _shares(added: Sequence[Invitation]) -> list[Update]:
    """The steps that tell the jobs how many they have. Those of the public door, into which many come one by one and at
    the same time, would only stand in each other's way: nobody waits for such a job to be done, and the stream tells.
    """
    told = Counter(invitation.job for invitation in added if not visitor.is_public(invitation.origin))
    return [Update(places.added(job), "ADD #invitations :people", "", {"people": n}) for job, n in told.items()]


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


def _of_job(table: Table, event_id: str, job: str, after: str, limit: int) -> Iterator[Item]:
    opened = table.get(places.job(job))
    if opened and opened["origin"] in guests.INDEXED:
        yield from _indexed(table, event_id, job, after, limit)
        return
    for pk in places.shards(event_id, after):
        values = {"job": job}
        found = table.under((pk, ""), after, only="#job = :job", values=values, at_a_time=max(limit, _READ))
        yield from filter(guests.is_guest, found)


def _indexed(table: Table, event_id: str, job: str, after: str, limit: int) -> list[Item]:
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
