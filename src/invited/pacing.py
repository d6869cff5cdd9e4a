"""Who may be mailed now, what the answers teach of the road there, and when the others are tried again.

The rules are in domain/pacing.py; what is known is shared by all worker processes, in the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from invited.domain import pacing
from invited.domain.addresses import domain_of
from invited.domain.invitation import Invitation
from invited.domain.pacing import RELAY, Pace
from invited.ports import Engine, Sent, Trouble


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the mails to one attendee: the worst of it. `due`: do not try again before."""

    invitation: Invitation
    sent: Sent
    due: datetime | None = None

    @property
    def domain(self) -> str:
        """Where the mail was to go."""
        return domain_of(self.invitation.address)


@dataclass(frozen=True, slots=True)
class Turns:
    """Who may be mailed now, and who waits; `paces` is what was known when that was decided."""

    going: tuple[Invitation, ...]
    waiting: tuple[Outcome, ...]
    paces: Mapping[str, Pace]


@dataclass(frozen=True, slots=True)
class PutOff:
    """Attendees who are tried again after so many seconds; put off `since` then, None where we only keep our pace."""

    tokens: tuple[str, ...]
    delay: float
    since: datetime | None


def turns(engine: Engine, owed: Sequence[tuple[Invitation, int]]) -> Turns:
    """Decide who of these, each owed so many mails, may be mailed now; that much is taken out of what the rates allow.

    The mails of one attendee go together, so that a rate may be exceeded by those of the last one.
    """
    now = engine.now()
    paces = engine.store.paces({RELAY, *(domain_of(invitation.address) for invitation, _ in owed)})
    held = {name: pace for name, pace in paces.items() if pace.held > now}
    waiting: list[Outcome] = []
    free = list(owed)
    if held:
        waiting = [_left_alone(invitation, held) for invitation, count in owed if count and _held_by(invitation, held)]
        free = [(invitation, count) for invitation, count in owed if not (count and _held_by(invitation, held))]
    settings = engine.settings
    free, late = _in_rate(engine, free, domain_of, settings.rate, now)
    free, later = _in_rate(engine, free, lambda _: RELAY, lambda _: settings.send_rate, now)
    return Turns(tuple(invitation for invitation, _ in free), (*waiting, *late, *later), paces)


def _held_by(invitation: Invitation, held: Mapping[str, Pace]) -> Pace | None:
    return held.get(RELAY) or held.get(domain_of(invitation.address))


def _left_alone(invitation: Invitation, held: Mapping[str, Pace]) -> Outcome:
    name = RELAY if RELAY in held else domain_of(invitation.address)
    who = f"mail to {name}" if name else "mail"
    reason = f"{who} is refused for now" + (f": {held[name].said}" if held[name].said else "")
    trouble = Trouble.RECIPIENT if name else Trouble.RELAY
    return Outcome(invitation, Sent(is_temporary=True, reason=reason, trouble=trouble), held[name].held)


def _in_rate(
    engine: Engine,
    owed: Sequence[tuple[Invitation, int]],
    name_of: Callable[[str], str],
    rate_of: Callable[[str], float],
    now: datetime,
) -> tuple[list[tuple[Invitation, int]], list[Outcome]]:
    """Those whom the rate of their address's name allows now, and the others."""
    names = {name_of(invitation.address) for invitation, count in owed if count}
    rates = {name: rate for name in names if (rate := rate_of(name))}
    if not rates:
        return list(owed), []
    wanted = dict.fromkeys(rates, 0)
    for invitation, count in owed:
        if (name := name_of(invitation.address)) in wanted:
            wanted[name] += count
    grants = engine.store.reserve(wanted, rates, now)
    left = {name: grant.count for name, grant in grants.items()}
    free: list[tuple[Invitation, int]] = []
    late: list[Outcome] = []
    for invitation, count in owed:
        name = name_of(invitation.address)
        if name not in left or not count:
            free.append((invitation, count))
        elif left[name] > 0:
            left[name] -= count
            free.append((invitation, count))
        else:
            late.append(Outcome(invitation, _ITS_TURN, grants[name].due))
    return free, late


_ITS_TURN = Sent(is_temporary=True, reason="its turn has not come", trouble=Trouble.PACE)


def learn(engine: Engine, paces: Mapping[str, Pace], outcomes: Sequence[Outcome]) -> dict[str, Pace]:
    """Leave alone who refuses us, and trust more who takes our mail again; the paces of the former.

    A domain refuses us where nobody's mail to it was taken: of several, one is that mailbox's own matter. The relay
    does where it says so, or where connections broke and it answered nobody.
    """
    first = engine.settings.retry_seconds
    fine = {outcome.domain for outcome in outcomes if _is_fine(outcome.sent)}
    refusals = _refusals([outcome for outcome in outcomes if not _is_fine(outcome.sent)], fine)
    held = dict(engine.store.slow(refusals, engine.now(), first)) if refusals else {}
    if fine and RELAY not in refusals:
        fine.add(RELAY)
    if eased := {name for name in fine if name in paces and paces[name].wait}:
        engine.store.ease(eased, first)
    return held


def _is_fine(sent: Sent) -> bool:
    if not sent.is_temporary:
        return True
    return sent.trouble is Trouble.RECIPIENT and not pacing.is_about_domain(sent.reason)


def _refusals(late: Sequence[Outcome], fine: Collection[str]) -> dict[str, str]:
    """Who is to be left alone, and what was said."""
    said: defaultdict[Trouble, dict[str, str]] = defaultdict(dict)
    for outcome in late:
        said[outcome.sent.trouble][outcome.domain] = outcome.sent.reason
    refusals = {name: why for name, why in said[Trouble.RECIPIENT].items() if name not in fine}
    is_answered = fine or said[Trouble.RECIPIENT]
    whole = said[Trouble.RELAY] or ({} if is_answered else said[Trouble.CONNECTION])
    if whole:
        refusals[RELAY] = next(iter(whole.values()))
    return refusals


def has_lasted(engine: Engine, since: datetime | None, outcome: Outcome) -> bool:
    """Whether somebody who is put off once more has been for so long that it is given up; our own pace is no reason."""
    if since is None or not outcome.sent.is_temporary or outcome.sent.trouble is Trouble.PACE:
        return False
    return engine.now() - since >= timedelta(hours=engine.settings.give_up_hours)


def is_new(since: datetime | None, outcome: Outcome) -> bool:
    """Whether there is a reason to be told: our own pace is none, and that others are in the way is told once."""
    return outcome.sent.trouble is not Trouble.PACE and (since is None or outcome.due is None)


def put_off(engine: Engine, since: datetime | None, late: Iterable[Outcome], held: Mapping[str, Pace]) -> list[PutOff]:
    """When those are tried again who could not be mailed now, `held` being what was learnt of it."""
    now = engine.now()
    groups: defaultdict[tuple[float, datetime | None], list[str]] = defaultdict(list)
    for outcome in late:
        if outcome.sent.trouble is Trouble.PACE:
            wait = ((outcome.due or now) - now) / timedelta(seconds=1)
            groups[wait, since].append(outcome.invitation.token)
        else:
            due = _due(engine, since or now, outcome, held)
            groups[pacing.delay(due, now), since or now].append(outcome.invitation.token)
    return [PutOff(tuple(tokens), delay, began) for (delay, began), tokens in groups.items()]


def _due(engine: Engine, since: datetime, outcome: Outcome, held: Mapping[str, Pace]) -> datetime:
    """Whoever waits for others waits no longer than they do; who was refused, longer each time."""
    if outcome.due:
        return outcome.due
    now, first = engine.now(), engine.settings.retry_seconds
    if outcome.sent.trouble is Trouble.RECIPIENT:
        own = now + timedelta(seconds=pacing.retry_wait(since, now, first))
        return max(own, held[outcome.domain].held) if outcome.domain in held else own
    return held[RELAY].held if RELAY in held else now + timedelta(seconds=first)
